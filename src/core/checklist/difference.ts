import type { TextChange } from './changes.ts';

/** Compared at once: strings compare much faster than a loop over their characters. */
const STRIDE = 4096;

/**
 * The one stretch in which two texts differ: what is equal at the beginning and at the end is left out. However many
 * edits lie between them, so the parser can keep all that stands before and after.
 */
export function differenceOf(before: string, after: string): TextChange {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from + STRIDE <= shorter && before.slice(from, from + STRIDE) === after.slice(from, from + STRIDE)) {
    from += STRIDE;
  }
  while (from < shorter && before.charCodeAt(from) === after.charCodeAt(from)) from++;
  let end = 0;
  while (end + STRIDE <= shorter - from && partFromEnd(before, end) === partFromEnd(after, end)) end += STRIDE;
  while (end < shorter - from && before.at(-1 - end) === after.at(-1 - end)) end++;
  return { from, to: before.length - end, insertLength: after.length - end - from };
}

function partFromEnd(text: string, end: number): string {
  return text.slice(text.length - end - STRIDE, text.length - end);
}
