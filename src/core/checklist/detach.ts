/**
 * The same text, in memory of its own. A part of a long string keeps the whole of it alive; what is remembered across
 * edits would keep every version of the document.
 */
export function detach(part: string): string {
  return `\u0000${part}`.slice(1);
}
