import { formatDuration } from '../format.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import { partOfHistogram } from '../metrics/selector.ts';
import type { Part } from './monitorParts.ts';
import type { Reading } from './reading.ts';

/** A metric the environment names, as a selector. */
export interface WantedMetric {
  /** `Hits` */
  readonly label: string;
  /** As configured, a histogram by its count: `tool_run_seconds_count{cached="true"}`. */
  readonly selector: string;
}

export type MetricAge = number;

/** Without a scrape interval to go by, a sample older than this is not fresh. */
const oldMs = 120_000;

/** From what age on a sample is not fresh. */
export function oldAfterMs(scrapeIntervalMs: number | undefined): number {
  return Math.max(scrapeIntervalMs === undefined ? oldMs : 3 * scrapeIntervalMs, 60_000);
}

/** The configured counters; that of errors is left out, because most have no series before the first error. */
export function wantedMetrics({ metrics }: EnvironmentSettings): readonly WantedMetric[] {
  if (!metrics) return [];
  const { hits, misses, latency, requests } = metrics;
  const all: readonly (readonly [string, string | undefined])[] = [
    ['Hits', hits],
    ['Misses', misses],
    ['Latency', latency && partOfHistogram(latency, '_count')],
    ['Requests', requests],
  ];
  return all.flatMap(([label, selector]) => (selector === undefined ? [] : [{ label, selector }]));
}

/** One reading for each wanted metric: present and how old, or since when not. */
export function metricReadings(
  agesSeconds: ReadonlyMap<number, MetricAge>,
  seenLately: Part<ReadonlySet<number>>,
  wanted: readonly WantedMetric[],
  scrapeIntervalMs: number | undefined,
): readonly Reading[] {
  return wanted.map(({ label, selector }, index) => {
    const base = { id: `metric/${label.toLowerCase()}`, label: `Metric ${label.toLowerCase()}` };
    const ageSeconds = agesSeconds.get(index);
    if (ageSeconds === undefined) return { ...base, ...absent(selector, index, seenLately) };
    const ageMs = Math.max(0, ageSeconds * 1000);
    const limitMs = oldAfterMs(scrapeIntervalMs);
    const value = `${selector}, ${formatDuration(ageMs)} old`;
    return ageMs <= limitMs
      ? { ...base, value, state: 'healthy', detail: `Newest sample; fresh up to ${formatDuration(limitMs)}.` }
      : { ...base, value, state: 'degraded', detail: `The newest sample is older than ${formatDuration(limitMs)}.` };
  });
}

function absent(
  selector: string,
  index: number,
  seenLately: Part<ReadonlySet<number>>,
): Pick<Reading, 'value' | 'state' | 'detail'> {
  if (seenLately.kind !== 'value')
    return { value: `${selector}: no data`, state: 'degraded', detail: 'There is no current sample.' };
  return seenLately.value.has(index)
    ? {
        value: `${selector}: no data now`,
        state: 'degraded',
        detail:
          'There were samples in the last day, but none is current: the target is down, or it no longer exposes it.',
      }
    : {
        value: `${selector}: no such series`,
        state: 'degraded',
        detail:
          'No sample in the last day. The name may be wrong, the target not scraped, or the counter appears only with its first event.',
      };
}
