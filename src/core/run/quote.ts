/** The text as one word that every shell reads literally. It must not hold NUL. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
