import type { Draft } from './draft.ts';
import type { StageDraft } from './outline.ts';

export type DraftNode = StageDraft | Draft;

/** What stands right below a draft, in the order of the document. */
export function childrenOf(node: DraftNode): readonly DraftNode[] {
  if ('kind' in node) return node.children.map(({ draft }) => draft);
  const children: DraftNode[] = [];
  for (const { placed } of node.groups) for (const { draft } of placed) children.push(draft);
  for (const stage of node.stages) children.push(stage);
  return children;
}

/** No index of a list. */
const NONE = -1;

/**
 * For each of `now` the index of what it was among its siblings before, and -1 for what is new. Undefined where each is
 * what it was, in the same place and called the same.
 *
 * What is called the same is the same. Where something else stands between the same neighbours as something that is
 * gone, and is like it, it was renamed.
 */
export function matchSiblings(was: readonly DraftNode[], now: readonly DraftNode[]): readonly number[] | undefined {
  const most = Math.min(was.length, now.length);
  let start = 0;
  while (start < most && isCalledTheSame(was[start], now[start])) start++;
  if (start === was.length && start === now.length) return undefined;
  let end = 0;
  while (end < most - start && isCalledTheSame(was.at(-1 - end), now.at(-1 - end))) end++;
  const middle = { start, wasEnd: was.length - end, nowEnd: now.length - end };
  const moved = was.length - now.length;
  const matches = now.map((_, index) => (index < start ? index : index < middle.nowEnd ? NONE : index + moved));
  matchByName(was, now, middle, matches);
  matchRenamed(was, now, middle, matches);
  return matches;
}

/** Where two lists differ: from `start` to one end in the one, and to the other in the other. */
interface Middle {
  readonly start: number;
  readonly wasEnd: number;
  readonly nowEnd: number;
}

function isCalledTheSame(was: DraftNode | undefined, now: DraftNode | undefined): boolean {
  if (was === undefined || now === undefined) return false;
  return was === now || (was.slug === now.slug && kindOf(was) === kindOf(now));
}

function kindOf(node: DraftNode): string {
  return 'kind' in node ? node.kind : 'stage';
}

/** The first of a name is the first that was called so, the second the second. */
function matchByName(
  was: readonly DraftNode[],
  now: readonly DraftNode[],
  { start, wasEnd, nowEnd }: Middle,
  matches: number[],
): void {
  const places = new Map<string, number[]>();
  for (let index = wasEnd - 1; index >= start; index--) {
    const name = nameOf(was[index]);
    const others = places.get(name);
    if (others === undefined) places.set(name, [index]);
    else others.push(index);
  }
  for (let index = start; index < nowEnd; index++) matches[index] = places.get(nameOf(now[index]))?.pop() ?? NONE;
}

function nameOf(node: DraftNode | undefined): string {
  return node === undefined ? '' : `${kindOf(node)} ${node.slug}`;
}

/** As many that are new as are gone, between the same neighbours, are those in the same order, if each is alike. */
function matchRenamed(
  was: readonly DraftNode[],
  now: readonly DraftNode[],
  { start, nowEnd }: Middle,
  matches: number[],
): void {
  const found = new Set(matches);
  for (let from = start, to = start; from < nowEnd; from = to + 1) {
    for (to = from; to < nowEnd && matches[to] === NONE;) to++;
    const first = from === 0 ? 0 : (matches[from - 1] ?? NONE) + 1;
    const last = to === now.length ? was.length : (matches[to] ?? NONE);
    if (last - first !== to - from) continue;
    for (let index = from; index < to; index++) {
      const old = first + index - from;
      if (!found.has(old) && isAlike(was[old], now[index], to - from === 1)) matches[index] = old;
    }
  }
}

/** Whether it says much the same below; where there is nothing below, `isOnly` one can be meant. */
function isAlike(was: DraftNode | undefined, now: DraftNode | undefined, isOnly: boolean): boolean {
  if (was === undefined || now === undefined || kindOf(was) !== kindOf(now)) return false;
  if (!('kind' in was) && !('kind' in now) && was.level !== now.level) return false;
  const before = childrenOf(was);
  const after = childrenOf(now);
  if (before.length === 0 && after.length === 0) return isOnly;
  const names = new Set(before.map(nameOf));
  return 2 * after.filter((child) => names.has(nameOf(child))).length >= Math.max(before.length, after.length);
}
