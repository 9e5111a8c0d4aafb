import type { Checklist, ChecklistNode, CommandBlock, Range } from '../checklist/model.ts';
import type { BlockMeaning, CommandPart, InlineCommand, Meaning } from '../checklist/meaning/types.ts';
import { nodesOf } from '../checklist/walk.ts';
import { AnchorIndex } from './anchorIndex.ts';
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

/**
 * The same for a block of a version that is not understood yet, from one that is: where the block reads as it did, its
 * commands are those it had, at their new place. Undefined where it does not.
 */
export function commandsMovedTo(
  block: CommandBlock,
  text: string,
  before: { readonly meaning: Meaning; readonly text: string; readonly plan: EvidencePlan },
): readonly AnchoredCommand[] | undefined {
  const meaning = before.meaning.blocks.get(block.id);
  const code = before.plan.code.get(block.id);
  if (!meaning || !code || before.plan.anchors.get(block.id)?.content !== contentOf(block, text)) return undefined;
  const by = block.code.start - code.start;
  const lines = block.code.line - code.line;
  return commandsOfBlock(meaning, before.text).map(({ anchor, part }) => {
    const { start, end, line } = part.range;
    return { anchor, part: { ...part, range: { start: start + by, end: end + by, line: line + lines } } };
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

/** What of one version of a document can have evidence, and where it stands. */
export interface EvidencePlan {
  /** Items, blocks, and each of their commands. */
  readonly anchors: AnchorIndex;
  /** By the id of an item or block that can be run or checked: the ids its verdict is made of. */
  readonly parts: ReadonlyMap<string, readonly string[]>;
  /** By id of what evidence is recorded for: where its mark stands. */
  readonly places: ReadonlyMap<string, Range>;
  /** By id of a block: its code. */
  readonly code: ReadonlyMap<string, Range>;
}

/** In steps, none of them long, for a document that is large. `text` is what checklist and meaning were read from. */
export function* planInSteps(checklist: Checklist, meaning: Meaning, text: string): Generator<undefined, EvidencePlan> {
  const anchors = new AnchorIndex();
  const parts = new Map<string, readonly string[]>();
  const places = new Map<string, Range>();
  const code = new Map<string, Range>();
  for (const node of nodesOf(checklist.stages)) {
    yield;
    if (node.kind === 'stage') continue;
    anchors.add({ id: node.id, content: contentOf(node, text) });
    if (node.kind === 'block') code.set(node.id, node.code);
    const block = meaning.blocks.get(node.id);
    const item = meaning.items.get(node.id);
    const [criterion] = item?.criteria ?? [];
    if (criterion) places.set(node.id, criterion.range);
    const own = [
      ...(block ? commandsOfBlock(block, text).map(({ anchor, part: { range } }) => ({ anchor, range })) : []),
      ...(item
        ? commandsOfItem(item.id, item.commands).map(({ anchor, command: { range } }) => ({ anchor, range }))
        : []),
    ];
    for (const { anchor, range } of own) {
      anchors.add(anchor);
      places.set(anchor.id, range);
    }
    const ids = partsOf(node, meaning, text);
    if (ids.length > 0) parts.set(node.id, ids);
  }
  return { anchors, parts, places, code };
}

/**
 * What the verdict of an item or block is made of: of a block its commands; of an item the commands in its text, the
 * blocks right below it and, where it holds a criterion, what was recorded for itself.
 */
export function partsOf(node: ChecklistNode, meaning: Meaning, text: string): readonly string[] {
  if (node.kind === 'stage') return [];
  if (node.kind === 'block') {
    const block = meaning.blocks.get(node.id);
    return block?.isShell ? commandsOfBlock(block, text).map(({ anchor }) => anchor.id) : [];
  }
  const item = meaning.items.get(node.id);
  const own = item && item.criteria.length > 0 ? [node.id] : [];
  const inline = item ? commandsOfItem(item.id, item.commands).map(({ anchor }) => anchor.id) : [];
  const blocks = node.children.flatMap((child) => (child.kind === 'block' ? partsOf(child, meaning, text) : []));
  return [...own, ...inline, ...blocks];
}

/** What an item or block says, without the tick: ticking an item is no reason to doubt what is known of it. */
export function contentOf(node: Exclude<ChecklistNode, { kind: 'stage' }>, text: string): string {
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
