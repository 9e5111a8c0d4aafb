import { createHash } from 'node:crypto';

/** Length of the vectors of {@link embed}. */
export const EMBEDDING_SIZE = 64;

const GRAM_LENGTH = 3;
/** A whole word says more than one of its parts. */
const WORD_WEIGHT = 2;

const STOP_WORDS = new Set(
  (
    'a an and about are at be can could did do does following for from get give has have how i in into is it just kindly ' +
    'know like me my need of on or our please quickly say show tell that the there this to us want was we were what ' +
    'which will with would you your'
  ).split(' '),
);

/**
 * A small deterministic embedding: character trigrams and words, hashed with a sign into 64 dimensions, length 1.
 * Texts that say the same in another order, politeness or inflection come out close (cosine); it knows no synonyms.
 */
export function embed(text: string): readonly number[] {
  const vector = Array.from({ length: EMBEDDING_SIZE }, () => 0);
  for (const word of contentWords(text)) {
    add(vector, `word:${word}`, WORD_WEIGHT);
    const padded = `^${word}$`;
    for (let at = 0; at + GRAM_LENGTH <= padded.length; at += 1) add(vector, padded.slice(at, at + GRAM_LENGTH), 1);
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector.with(0, 1) : vector.map((value) => value / length);
}

/** Of two vectors of length 1. */
export function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function contentWords(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !STOP_WORDS.has(word)));
}

function add(vector: number[], feature: string, weight: number): void {
  const hash = createHash('md5').update(feature).digest();
  const at = hash.readUInt32LE(0) % EMBEDDING_SIZE;
  const sign = (hash[4] ?? 0) % 2 === 0 ? 1 : -1;
  vector[at] = (vector[at] ?? 0) + sign * weight;
}
