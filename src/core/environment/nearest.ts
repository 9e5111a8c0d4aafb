/** The candidate that `word` is most likely a slip of: case and separators do not count, then the fewest edits. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const plain = fold(word);
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(plain, fold(candidate)) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  const allowed = Math.max(1, Math.floor(plain.length / 3));
  return best !== undefined && best.distance <= allowed ? best.candidate : undefined;
}

function fold(word: string): string {
  return word
    .slice(0, 40)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let twoBack: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (twoBack[j - 2] ?? 0) + 1 : Infinity;
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replace, swap));
    }
    [twoBack, previous] = [previous, row];
  }
  return previous[b.length] ?? 0;
}
