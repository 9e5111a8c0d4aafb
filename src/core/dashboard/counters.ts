import type { Grid } from './range.ts';
import type { Points, Values } from './series.ts';

/** Where counters were read further apart than this, what happened between is not known. */
export const longestPauseMs = 15 * 60_000;

/**
 * The increase a second of a counter that was read now and then, at each moment over the `windowMs` before it. A value
 * below the last is a restart: what was counted since is the value itself. Null without two readings in the window, or
 * none for longer than `longestPauseMs`.
 */
export function rateOf({ atMs, values }: Points, { fromMs, stepMs, count }: Grid, windowMs: number): Values {
  let first = 0;
  let last = -1;
  return Array.from({ length: count }, (_, index) => {
    const endMs = fromMs + index * stepMs;
    while (last + 1 < atMs.length && (atMs[last + 1] ?? 0) <= endMs) last += 1;
    while (first <= last && (atMs[first] ?? 0) < endMs - windowMs) first += 1;
    if (last <= first) return null;
    let increase = 0;
    for (let at = first + 1; at <= last; at += 1) {
      if ((atMs[at] ?? 0) - (atMs[at - 1] ?? 0) > longestPauseMs) return null;
      const [before = 0, after = 0] = [values[at - 1], values[at]];
      increase += after < before ? after : after - before;
    }
    const seconds = ((atMs[last] ?? 0) - (atMs[first] ?? 0)) / 1000;
    return seconds > 0 ? increase / seconds : null;
  });
}

/**
 * A gauge on the grid: the mean of what was read in the step up to each moment. Where readings are further apart than
 * steps, the last one stands for `holdMs`, and after that nothing does.
 */
export function gaugeOf({ atMs, values }: Points, { fromMs, stepMs, count }: Grid, holdMs: number): Values {
  let next = 0;
  return Array.from({ length: count }, (_, index) => {
    const endMs = fromMs + index * stepMs;
    let sum = 0;
    let found = 0;
    while (next < atMs.length && (atMs[next] ?? 0) <= endMs) {
      if ((atMs[next] ?? 0) > endMs - stepMs) {
        sum += values[next] ?? 0;
        found += 1;
      }
      next += 1;
    }
    if (found > 0) return sum / found;
    const heldMs = endMs - (atMs[next - 1] ?? Number.NEGATIVE_INFINITY);
    return heldMs <= holdMs ? (values[next - 1] ?? null) : null;
  });
}

/** How far apart readings usually are; 0 of fewer than two. */
export function spacingOf({ atMs }: Points): number {
  const gaps = atMs.slice(1).map((at, index) => at - (atMs[index] ?? at));
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
}
