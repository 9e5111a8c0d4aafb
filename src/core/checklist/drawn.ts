import { detach } from './detach.ts';
import type { DraftItem, Placed } from './draft.ts';
import { repairText } from './encoding.ts';
import { slugOf } from './label.ts';

interface Entry {
  readonly at: number;
  readonly end: number;
  readonly column: number;
  readonly text: string;
}

interface DrawnTree {
  /** The line above the first branch. */
  readonly root: Entry | undefined;
  readonly entries: readonly Entry[];
}

/** Of box-drawing characters, as they are and double-encoded. */
const MAYBE_DRAWN = /[├└]|â”[œ”]|‚î[úî]/;
const BRANCH = /^([\s│|>]*)[├└](?:─{2,}\s*|─\s+)(\S.*)$/;
const TRUNK = /^[\s│|>]*│/;
/** Deeper than anyone draws, longer than anyone reads: bounds for broken input. */
const COLUMN_LIMIT = 400;
const LINE_LIMIT = 2000;
const DRAWING = /[─-╿]/;

/**
 * The lists of requirements that are drawn as trees (`├──`, `└──`, `│`) in a piece of code, nested as drawn.
 *
 * A directory listing looks the same; what tells them apart is what stands at the branches. A name is a single word,
 * possibly with a remark behind it (`config/`, `main.py  # entry point`); a requirement is a phrase or `Key: value`.
 * A tree is a list of requirements when more than half of its branches are not names. A drawing of boxes has no
 * branches: what follows `├──` there is more drawing.
 */
export function findDrawn(code: string): Placed<DraftItem>[] {
  if (!MAYBE_DRAWN.test(code)) return [];
  const trees = readTrees(code).filter(isRequirements);
  if (trees.length < 2) return trees.flatMap(({ entries }) => nest(entries));
  return trees.flatMap(({ root, entries }) =>
    nest(root === undefined ? entries : [{ ...root, column: -1 }, ...entries]),
  );
}

function readTrees(code: string): DrawnTree[] {
  const trees: DrawnTree[] = [];
  let open: Entry[] | undefined;
  let above: Entry | undefined;
  let at = 0;
  for (const raw of code.split('\n')) {
    const line = repairText(detach(raw.slice(0, LINE_LIMIT)));
    const entry = readBranch(line, at, raw.trimEnd().length);
    if (entry !== undefined) {
      if (open === undefined) trees.push({ root: above, entries: (open = []) });
      open.push(entry);
    } else if (open === undefined || !TRUNK.test(line)) {
      open = undefined;
      const text = line.trim();
      above = text === '' || DRAWING.test(text) ? undefined : { at, end: at + raw.trimEnd().length, column: 0, text };
    }
    at += raw.length + 1;
  }
  return trees;
}

function readBranch(line: string, at: number, length: number): Entry | undefined {
  const match = BRANCH.exec(line);
  const text = match?.[2]?.trimEnd() ?? '';
  if (match === null || DRAWING.test(text)) return undefined;
  return { at, end: at + length, column: Math.min(match[1]?.length ?? 0, COLUMN_LIMIT), text };
}

function isRequirements({ entries }: DrawnTree): boolean {
  const names = entries.filter(({ text }) => isName(text)).length;
  return names * 2 < entries.length;
}

/** A file, directory or other name, once the remark behind it is cut off. */
function isName(text: string): boolean {
  if (text.endsWith(':')) return false;
  const name = text.replace(/(?:\s{2,}|\s+(?:#|\/\/|<-|←|->|→|-|–|—)\s|\s+\().*$/, '');
  const first = /^\S+/.exec(name)?.[0] ?? '';
  return first === name || /(?:\/|\.[a-z\d]{1,5})$/i.test(first);
}

function nest(entries: readonly Entry[]): Placed<DraftItem>[] {
  const result: Placed<DraftItem>[] = [];
  for (let index = 0; index < entries.length;) {
    const entry = entries[index];
    if (entry === undefined) break;
    let next = index + 1;
    while ((entries[next]?.column ?? -1) > entry.column) next++;
    result.push({ at: entry.at, draft: draftOf(entry, entries.slice(index + 1, next)) });
    index = next;
  }
  return result;
}

function draftOf(entry: Entry, below: readonly Entry[]): DraftItem {
  const text = entry.text.replace(/\s*:$/, '');
  return {
    kind: 'item',
    form: 'drawn',
    slug: slugOf(text, 'item'),
    text,
    box: undefined,
    length: (below.at(-1) ?? entry).end - entry.at,
    children: nest(below).map(({ at, draft }) => ({ at: at - entry.at, draft })),
    notes: [],
  };
}
