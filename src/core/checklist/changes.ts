import type { Source } from './source.ts';

/** A stretch of a text, as offsets, that was replaced by `insertLength` characters. */
export interface TextChange {
  readonly from: number;
  readonly to: number;
  readonly insertLength: number;
}

/** A change as the parser wants it: before (A) and after (B) all changes, relative to where the Markdown starts. */
export interface BodyChange {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

/** The changes to the Markdown between two versions; undefined when they do not tell how one became the other. */
export function bodyChanges(
  before: Source,
  after: Source,
  changes: readonly TextChange[],
): readonly BodyChange[] | undefined {
  const ordered = changes.toSorted((a, b) => a.from - b.from || a.to - b.to);
  if (!fit(before.text.length, after.text.length, ordered)) return undefined;
  const inBody = ordered.filter(({ from }) => from >= before.base);
  const inFront = ordered.filter(({ from }) => from < before.base);
  const straddles = inFront.some(({ to }) => to > before.base);
  if (straddles || after.base !== before.base + growth(inFront)) return undefined;
  return relativeTo(before, inBody);
}

function fit(lengthBefore: number, lengthAfter: number, ordered: readonly TextChange[]): boolean {
  let end = 0;
  for (const { from, to, insertLength } of ordered) {
    if (from < end || to < from || insertLength < 0) return false;
    end = to;
  }
  return end <= lengthBefore && lengthAfter === lengthBefore + growth(ordered);
}

function growth(changes: readonly TextChange[]): number {
  return changes.reduce((sum, { from, to, insertLength }) => sum + insertLength - (to - from), 0);
}

function relativeTo({ text, base }: Source, ordered: readonly TextChange[]): readonly BodyChange[] {
  const result: BodyChange[] = [];
  let moved = 0;
  for (const change of ordered) {
    // One more on either side: a return and a newline that meet change what stands beside the edit, and the parser
    // would keep the rest of a line whose beginning is gone.
    const fromA = Math.max(change.from - 1, base) - base;
    const toA = Math.min(change.to + 1, text.length) - base;
    const fromB = fromA + moved;
    moved += growth([change]);
    const last = result.at(-1);
    if (last !== undefined && fromA <= last.toA) {
      result[result.length - 1] = { fromA: last.fromA, fromB: last.fromB, toA, toB: toA + moved };
    } else {
      result.push({ fromA, toA, fromB, toB: toA + moved });
    }
  }
  return result;
}
