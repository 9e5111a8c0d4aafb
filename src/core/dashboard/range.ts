/** What a page shows: the last while up to now, or a stretch that stays. Wall clock, ms since 1970. */
export type Range =
  | { readonly kind: 'live'; readonly spanMs: number }
  | { readonly kind: 'fixed'; readonly fromMs: number; readonly toMs: number };

/** The moments at which every series of a view has a value or none: `fromMs`, `fromMs + stepMs`, … */
export interface Grid {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly count: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The ranges offered by name, shortest first. */
export const presets = [
  { label: '15 min', words: 'last 15 minutes', spanMs: 15 * minuteMs },
  { label: '1 h', words: 'last hour', spanMs: hourMs },
  { label: '6 h', words: 'last 6 hours', spanMs: 6 * hourMs },
  { label: '24 h', words: 'last 24 hours', spanMs: dayMs },
  { label: '7 d', words: 'last 7 days', spanMs: 7 * dayMs },
  { label: '30 d', words: 'last 30 days', spanMs: 30 * dayMs },
] as const;

export const shortestSpanMs = minuteMs;
export const longestSpanMs = 31 * dayMs;
export const usualRange: Range = { kind: 'live', spanMs: hourMs };

// Every rate looks back over minutes: values closer than ten seconds would say the same.
const steps = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);

/** Prometheus answers at most 11,000 points of a series. */
const mostPoints = 10_000;

/**
 * The smallest usual step at which the widest chart gets at most one point a pixel, and the others, at half its width, at
 * most two. Moments are whole multiples of the step, so that a live view moves on without its points changing.
 */
export function gridOf(range: Range, nowMs: number, widthPx: number): Grid {
  const [fromMs, toMs] = range.kind === 'live' ? [nowMs - range.spanMs, nowMs] : [range.fromMs, range.toMs];
  const spanMs = Math.min(longestSpanMs, Math.max(shortestSpanMs, toMs - fromMs));
  const points = Math.min(mostPoints, Math.max(100, widthPx));
  const stepMs = steps.find((step) => spanMs / step <= points) ?? dayMs;
  const last = Math.floor(toMs / stepMs) * stepMs;
  const first = Math.ceil((toMs - spanMs) / stepMs) * stepMs;
  return { fromMs: first, stepMs, count: Math.round((last - first) / stepMs) + 1 };
}

export function endOf({ fromMs, stepMs, count }: Grid): number {
  return fromMs + (count - 1) * stepMs;
}

export function timesOf({ fromMs, stepMs, count }: Grid): readonly number[] {
  return Array.from({ length: count }, (_, index) => fromMs + index * stepMs);
}

/** A rate is taken over at least two minutes, so that a scrape that was missed makes no gap, and over no less than a step. */
export function rateWindowMs({ stepMs }: Pick<Grid, 'stepMs'>): number {
  return Math.max(2 * minuteMs, stepMs);
}

/** The same grid as the clock on the wall stood `days` earlier: over a change to summer time, a day has 23 hours. */
export function earlier(grid: Grid, days: number): Grid {
  return { ...grid, fromMs: daysBefore(grid.fromMs, days) };
}

/** The moment with the same local time of day, `days` days before. */
export function daysBefore(atMs: number, days: number): number {
  const at = new Date(atMs);
  at.setDate(at.getDate() - days);
  return at.getTime();
}

/** How often a live view is read again: no sooner than there is something new. */
export function refreshMs({ stepMs }: Pick<Grid, 'stepMs'>): number {
  return Math.min(5 * minuteMs, Math.max(10_000, stepMs));
}

/** What a changed value is held against: the day before, and for more than two days the week before. */
export function comparisonDays({ stepMs, count }: Grid): 1 | 7 {
  return stepMs * (count - 1) > 2 * dayMs ? 7 : 1;
}
