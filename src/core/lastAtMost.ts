/**
 * Index of the last of the ascending `starts` that is not behind `offset`: the line an offset is in, where they are the
 * starts of lines. 0 when all are behind it.
 */
export function lastAtMost(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
