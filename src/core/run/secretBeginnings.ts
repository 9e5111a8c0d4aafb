/** Secrets shorter than this are replaced only as words of their own, so what follows them decides. */
const shortest = 4;

/** Length of the longest text that `redact` would take for the secret, or more. */
export function longestForm(secret: string): number {
  return Array.from(secret).reduce(
    (sum, character) => sum + Math.max(...formsOf(character).map((form) => form.length)),
    0,
  );
}

/**
 * The earliest index, at `from` or after, from which the rest of the text may be the beginning of the secret, plain or encoded in any way
 * that `redact` knows; the text's length if there is none.
 */
export function whereSecretMayBegin(text: string, secret: string, from: number): number {
  const characters = Array.from(secret).map(formsOf);
  const longest = longestForm(secret);
  for (let index = Math.max(from, text.length - longest); index < text.length; index++)
    if (endsInside(text, index, characters, secret.length < shortest)) return index;
  return text.length;
}

/** Whether the text from `index` on is used up before the secret is, or with it if `orWithIt`. */
function endsInside(
  text: string,
  index: number,
  characters: readonly (readonly string[])[],
  orWithIt: boolean,
): boolean {
  let positions: ReadonlySet<number> = new Set([index]);
  for (const forms of characters) {
    if (positions.has(text.length)) return true;
    const next = new Set<number>();
    for (const position of positions)
      for (const form of forms) {
        if (text.startsWith(form, position)) next.add(position + form.length);
        else if (form.startsWith(text.slice(position))) return true;
      }
    if (next.size === 0) return false;
    positions = next;
  }
  return orWithIt && positions.has(text.length);
}

/** One character as it is, percent-encoded in either case, escaped in JSON, or as a space in a form. */
function formsOf(character: string): readonly string[] {
  const wellFormed = /^[\uD800-\uDFFF]$/.test(character) ? '\uFFFD' : character;
  const bytes = [...new TextEncoder().encode(wellFormed)];
  const percent = bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const escaped = JSON.stringify(character).slice(1, -1);
  return [...new Set([character, percent, percent.toUpperCase(), escaped, ...(character === ' ' ? ['+'] : [])])];
}
