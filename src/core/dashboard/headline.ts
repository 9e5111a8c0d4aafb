import { formatDuration, formatRatio, formatTime } from '../format.ts';
import type { HitRateLimits } from '../health/hitRateLimits.ts';
import { missesMissing } from '../metrics/sourcedHitRate.ts';
import type { Rates } from './load.ts';
import type { Headline, Marker } from './model.ts';
import { endOf } from './range.ts';
import type { Grid } from './range.ts';
import { currentOf, isEmpty, lastOf, oldSteps, shareOf, sumOf, totalOf } from './series.ts';
import type { Values } from './series.ts';

export interface HeadlineInput {
  readonly grid: Grid;
  readonly rates: Rates;
  readonly limits: HitRateLimits | undefined;
  readonly resets: readonly number[];
  readonly markers: readonly Marker[];
  /** Services that are known not to work now. */
  readonly troubles: readonly string[];
  readonly counted: 'application' | 'keyspace';
  readonly nowMs: number;
}

/** What happened within this of the moment at which the rate fell may be the reason. */
const nearMs = 15 * 60_000;

/** Is the cache paying off, since when not, and what may be why: in one sentence, and a few more where it is not. */
export function headlineOf(input: HeadlineInput): Headline {
  const { grid, rates, limits, counted } = input;
  const values = shareOf(rates.hits, rates.misses);
  const last = lastOf(values);
  const name = counted === 'keyspace' ? 'keyspace hit rate' : 'hit rate';
  const lookups = sumOf([rates.hits, rates.misses]);
  const unread = unreadWords(lookups, grid);
  if (!last)
    return isEmpty(lookups)
      ? unknown('No data in this range: nothing can be said of the hit rate.')
      : unknown('No traffic in this range: there is no hit rate.', unread);
  if (rates.missesUnknown)
    return unknown(`At most ${formatRatio(last.value)} ${name}: misses unknown.`, [missesMissing]);
  if (!currentOf(values)) {
    const none = currentOf(lookups) ? 'No traffic' : 'No data';
    return unknown(
      `${none} ${sinceWords(last.index, input)}: until then the ${name} was ${formatRatio(last.value)}.`,
      reasons(input, undefined),
    );
  }
  const now = `${formatRatio(last.value)} ${name}`;
  const limit = limitOf(last.value, limits);
  if (!limit) return unknown(`${now}; no target is set (limits.hitRate).`, unread);
  const from = crossing(values, last.index, limit.value, limit.tone === 'good');
  const since = sinceWords(from, input);
  if (limit.tone === 'good')
    return { tone: 'good', text: `${now}: above the ${formatRatio(limit.value)} target ${since}.`, details: unread };
  return {
    tone: limit.tone,
    text: `${now}: below the ${limit.tone === 'critical' ? 'critical ' : ''}${formatRatio(limit.value)} ${limit.tone === 'critical' ? 'limit' : 'target'} ${since}.`,
    details: [...reasons(input, from === undefined ? undefined : grid.fromMs + from * grid.stepMs), ...unread],
  };
}

function unknown(text: string, details: readonly string[] = []): Headline {
  return { tone: 'unknown', text, details };
}

/** How much of the range was never read, where that is more than a scrape or two that was missed. */
function unreadWords(lookups: Values, { stepMs }: Grid): readonly string[] {
  const count = lookups.filter((value) => value === null).length;
  return count > oldSteps && count > lookups.length / 50
    ? [`There is no data of ${formatDuration(count * stepMs)} of this range.`]
    : [];
}

function limitOf(value: number, limits: HitRateLimits | undefined) {
  const { warning, critical } = limits ?? {};
  if (critical !== undefined && value < critical) return { tone: 'critical', value: critical } as const;
  if (warning !== undefined && value < warning) return { tone: 'warning', value: warning } as const;
  const target = warning ?? critical;
  return target === undefined ? undefined : ({ tone: 'good', value: target } as const);
}

/** The index from which all values lie on the same side of the limit; undefined: all of the range. */
function crossing(values: Values, lastIndex: number, limit: number, above: boolean): number | undefined {
  let from = lastIndex;
  for (let index = lastIndex; index >= 0; index -= 1) {
    const value = values[index] ?? null;
    if (value === null) continue;
    if (value >= limit !== above) return from;
    from = index;
  }
  return undefined;
}

function sinceWords(from: number | undefined, { grid, nowMs }: HeadlineInput): string {
  if (from === undefined) return 'all through this range';
  const atMs = grid.fromMs + from * grid.stepMs;
  return `since ${formatTime(atMs, nowMs).replace(/:\d\d$/, '')} (${formatDuration(endOf(grid) - atMs)})`;
}

function reasons(
  { rates, resets, markers, troubles, nowMs }: HeadlineInput,
  fellMs: number | undefined,
): readonly string[] {
  const near = (atMs: number): boolean => fellMs !== undefined && Math.abs(atMs - fellMs) <= nearMs;
  const reset = resets.find(near);
  const happened = markers.filter(({ atMs, tone }) => tone !== 'alert' && near(atMs)).map(({ label }) => label);
  const misses = rates.namespaces
    .map((one) => ({ name: one.name, misses: totalOf(one.misses) }))
    .toSorted((a, b) => b.misses - a.misses);
  const all = misses.reduce((sum, one) => sum + one.misses, 0);
  const [worst] = misses;
  return [
    ...(troubles.length === 0 ? [] : [`Not working now: ${troubles.join('; ')}.`]),
    ...(reset === undefined
      ? []
      : [`Counters began anew at ${formatTime(reset, nowMs)}: the application was started again.`]),
    ...(happened.length === 0 ? [] : [`About then: ${happened.join(', ')}.`]),
    ...(worst && misses.length > 1 && all > 0
      ? [`${worst.name} has ${formatRatio(worst.misses / all)} of the misses in this range.`]
      : []),
  ];
}
