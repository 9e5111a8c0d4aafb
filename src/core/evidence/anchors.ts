import type { Checklist, ChecklistNode } from '../checklist/model.ts';
import type { BlockMeaning, CommandPart, InlineCommand, Meaning } from '../checklist/meaning/types.ts';
import { nodesOf } from '../checklist/walk.ts';
import type { Anchor } from './evidence.ts';

/** A command of a block with the id under which its evidence is kept. */
export interface AnchoredCommand {
  readonly anchor: Anchor;
  readonly part: CommandPart;
}

/** The commands of a block: named by what they say, so that lines inserted above change nothing. */
export function commandsOfBlock(meaning: BlockMeaning, text: string): readonly AnchoredCommand[] {
  const seen = new Map<string, number>();
  return meaning.parts.flatMap((part): AnchoredCommand[] => {
    if (part.kind !== 'command') return [];
    const content = text.slice(part.range.start, part.range.end);
    return [{ part, anchor: { id: idBelow(meaning.id, content, seen), content } }];
  });
}

/** The commands in an item's text, likewise. */
export function commandsOfItem(
  itemId: string,
  commands: readonly InlineCommand[],
): readonly { readonly anchor: Anchor; readonly command: InlineCommand }[] {
  const seen = new Map<string, number>();
  return commands.map((command) => ({
    command,
    anchor: { id: idBelow(itemId, command.code, seen), content: command.code },
  }));
}

/** Everything in a document that can have evidence: items, blocks, and each of their commands. */
export function anchorsOf(checklist: Checklist, meaning: Meaning, text: string): readonly Anchor[] {
  const anchors: Anchor[] = [];
  for (const node of nodesOf(checklist.stages)) {
    if (node.kind === 'stage') continue;
    anchors.push({ id: node.id, content: contentOf(node, text) });
    const block = meaning.blocks.get(node.id);
    if (block) anchors.push(...commandsOfBlock(block, text).map(({ anchor }) => anchor));
    const item = meaning.items.get(node.id);
    if (item) anchors.push(...commandsOfItem(item.id, item.commands).map(({ anchor }) => anchor));
  }
  return anchors;
}

/** Without the tick: ticking an item is no reason to doubt what is known of it. */
function contentOf(node: Exclude<ChecklistNode, { kind: 'stage' }>, text: string): string {
  return node.kind === 'item' ? node.text : text.slice(node.code.start, node.code.end).replaceAll(/\[[ xX]\]/g, '[ ]');
}

function idBelow(parent: string, content: string, seen: Map<string, number>): string {
  const name = `$${hashOf(content)}`;
  const ordinal = (seen.get(name) ?? 0) + 1;
  seen.set(name, ordinal);
  return `${parent}/${name}${ordinal === 1 ? '' : `~${ordinal}`}`;
}

/** FNV-1a, 32 bits: names a command among those of one block; the whole content is compared besides. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}
