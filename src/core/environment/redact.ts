import { literalPattern } from '../literalPattern.ts';

const mark = '•••';

/** Below this, a secret is replaced only where it stands alone. */
const shortest = 4;

/**
 * The text with every known secret replaced by `•••`, also where it is URL-encoded or escaped in JSON. Secrets of fewer
 * than four characters are replaced only as a word of their own: replaced everywhere, they would leave no readable text,
 * and the gaps would tell them.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.filter((secret) => secret !== '').flatMap(formsOf));
  if (forms.size === 0) return text;
  // The longest first, so that a secret that begins like another leaves no tail.
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length);
  return text.replace(new RegExp(longestFirst.map(patternOf).join('|'), 'gu'), mark);
}

function formsOf(secret: string): readonly string[] {
  const wellFormed = secret.replace(
    /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
    '\uFFFD',
  );
  const encoded = encodeURIComponent(wellFormed);
  // As in the user part of an address, which encodes less than encodeURIComponent does, and more.
  const inUrl = encoded.replace(/[!'()*~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  const lowerHex = [encoded, inUrl].map((form) => form.replace(/%[\dA-F]{2}/g, (one) => one.toLowerCase()));
  const asForm = inUrl.replaceAll('%20', '+');
  return [secret, encoded, inUrl, ...lowerHex, asForm, encodeURI(wellFormed), JSON.stringify(secret).slice(1, -1)];
}

function patternOf(form: string): string {
  const escaped = literalPattern(form);
  return form.length < shortest ? `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])` : escaped;
}
