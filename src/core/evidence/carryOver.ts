import type { Checklist, ChecklistNode } from '../checklist/model.ts';
import { nodesOf } from '../checklist/walk.ts';
import { withoutOrdinals } from './anchorIndex.ts';
import { contentOf } from './anchors.ts';
import type { Overview } from './overview.ts';
import { nothingKnown, talliesOf } from './overview.ts';

/** One version of a document. */
export interface Version {
  readonly checklist: Checklist;
  readonly text: string;
}

/**
 * What is known of a document right after an edit, before it has been understood anew: all that was known of items and
 * blocks that say the same as before, where as many say it as before. What could belong to another item by now is left
 * out.
 */
export function carryOver(
  before: Version & { readonly overview: Overview },
  now: Version,
  changedAtMs: number | undefined,
): Overview {
  const { overview } = before;
  const owners = new Set([...overview.nodes.keys(), ...[...overview.evidence.keys()].map(ownerOf)]);
  if (owners.size === 0) return nothingKnown;
  const was = sayingsOf(before, owners);
  const is = sayingsOf(now, owners);
  const isSame = (id: string): boolean => {
    const content = was.contents.get(id);
    return content !== undefined && is.contents.get(id) === content && countOf(was, id) === countOf(is, id);
  };
  const nodes = new Map([...overview.nodes].filter(([id]) => isSame(id)));
  const evidence = new Map([...overview.evidence].filter(([id]) => isSame(ownerOf(id))));
  return { nodes, evidence, tallies: talliesOf(now.checklist, nodes, changedAtMs) };
}

/** The item or block that a command stands in; an item's own evidence is kept under its own id. */
function ownerOf(id: string): string {
  const slash = id.lastIndexOf('/');
  return id.startsWith('/$', slash) ? id.slice(0, slash) : id;
}

interface Sayings {
  /** Of those asked for, by id. */
  readonly contents: ReadonlyMap<string, string>;
  /** How many nodes there are of a path without its ordinals. */
  readonly counts: ReadonlyMap<string, number>;
}

function sayingsOf({ checklist, text }: Version, ids: ReadonlySet<string>): Sayings {
  const contents = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const node of nodesOf(checklist.stages)) {
    const path = withoutOrdinals(node.id);
    counts.set(path, (counts.get(path) ?? 0) + 1);
    if (node.kind !== 'stage' && ids.has(node.id)) contents.set(node.id, wholeOf(node, text));
  }
  return { contents, counts };
}

function countOf({ counts }: Sayings, id: string): number {
  return counts.get(withoutOrdinals(id)) ?? 0;
}

/** An item with the blocks right below it, which its verdict is made of too. */
function wholeOf(node: Exclude<ChecklistNode, { kind: 'stage' }>, text: string): string {
  const blocks = node.kind === 'item' ? node.children.filter((child) => child.kind === 'block') : [];
  return [node, ...blocks].map((one) => contentOf(one, text)).join('\n');
}
