import type { Bound, ConfigurationLimit, Scalar } from './configuration.ts';

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const BETWEEN = new RegExp(String.raw`^(?:between|from)\s+(${NUMBER})\s+(?:and|to)\s+(${NUMBER})\b`, 'i');
const SPAN = new RegExp(String.raw`^(${NUMBER})\s*(?:-|–|—|\.\.+|to)\s*(${NUMBER})(?![\w.])`);
const COMPARED = new RegExp(
  String.raw`^(<=|>=|≤|≥|<|>|at least|at most|no more than|no less than|more than|less than|above|below)\s*(${NUMBER})(?![\w.])`,
  'i',
);
const WORD = /^(?:"([^"]*)"|'([^']*)'|`([^`]*)`|([\w./:+-]+))(?=\s*(?:$|[(,;#]|—|–|\s-\s))/;

/** What the words behind a key say of its value: `0.65 (tuned)`, `between 0 and 1`, `>= 10`. Undefined: nothing certain. */
export function readLimit(path: string, words: string): ConfigurationLimit | undefined {
  const text = words.trim();
  const range = BETWEEN.exec(text) ?? SPAN.exec(text);
  if (range !== null) return { kind: 'between', path, low: bound(range[1]), high: bound(range[2]) };
  const compared = COMPARED.exec(text);
  if (compared !== null) return comparedLimit(path, compared[1] ?? '', compared[2]);
  const word = WORD.exec(text);
  const value = word === null ? undefined : (word[1] ?? word[2] ?? word[3]);
  if (value !== undefined) return { kind: 'value', path, value };
  return word?.[4] === undefined ? undefined : { kind: 'value', path, value: scalarOf(word[4]) };
}

/** `0.0 <= x < 1.0` in a program's text. */
export function betweenOf(
  path: string,
  low: string,
  lowSign: string,
  highSign: string,
  high: string,
): ConfigurationLimit {
  return { kind: 'between', path, low: bound(low, lowSign === '<='), high: bound(high, highSign === '<=') };
}

function comparedLimit(path: string, words: string, number: string | undefined): ConfigurationLimit {
  const sign = words.toLowerCase();
  const inclusive = /^(?:<=|>=|≤|≥|at |no )/.test(sign);
  const isLow = /^(?:>|≥|at least|no less|more|above)/.test(sign);
  const limit = bound(number, inclusive);
  return { kind: 'between', path, low: isLow ? limit : undefined, high: isLow ? undefined : limit };
}

function bound(number: string | undefined, inclusive = true): Bound {
  return { value: Number(number), inclusive };
}

function scalarOf(text: string): Scalar {
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
