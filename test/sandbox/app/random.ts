/** Numbers from 0 to 1 (excluded), always the same for a seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws positions from 0 to `size` - 1 by Zipf's law: position k is drawn in proportion to 1 / (k + 1)^exponent, so a
 * few are asked for all the time and most hardly ever.
 */
export function createZipf(size: number, exponent: number, random: () => number): () => number {
  const cumulative: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= size; rank += 1) {
    total += rank ** -exponent;
    cumulative.push(total);
  }
  return () => {
    const drawn = random() * total;
    const position = cumulative.findIndex((bound) => drawn < bound);
    return position === -1 ? size - 1 : position;
  };
}

/** The same items in an order that depends on the random numbers alone (Fisher and Yates). */
export function shuffle<T>(items: readonly T[], random: () => number): readonly T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [shuffled[last], shuffled[other]];
    if (a !== undefined && b !== undefined) [shuffled[last], shuffled[other]] = [b, a];
  }
  return shuffled;
}

/** One of the items, each in proportion to its weight. */
export function drawWeighted<T>(weighted: readonly (readonly [T, number])[], random: () => number): T {
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * total;
  for (const [item, weight] of weighted) {
    left -= weight;
    if (left < 0) return item;
  }
  const last = weighted.at(-1);
  if (last === undefined) throw new Error('There is nothing to draw from.');
  return last[0];
}
