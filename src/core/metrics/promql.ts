import type { EnvironmentSettings } from '../environment/schema.ts';
import { equals, narrow, partOfHistogram } from './selector.ts';

// The one place where questions about the application's cache are put into PromQL. Every expression serves an instant
// query, a range query and an alert rule alike. They are made of rate() and increase(), which allow for counters that
// begin anew; a ratio of totals would show an incident of today only weeks later.

/** What an environment says of its application's metrics. */
export interface CacheMetrics {
  readonly metrics: NonNullable<EnvironmentSettings['metrics']>;
  /** The scrape job that all of them belong to; undefined: whichever has them. */
  readonly job: string | undefined;
}

/** Undefined where the environment does not say which metrics count its hits and misses. */
export function cacheMetricsOf({
  metrics,
  prometheus,
}: Pick<EnvironmentSettings, 'metrics' | 'prometheus'>): CacheMetrics | undefined {
  return metrics && { metrics, job: prometheus?.job };
}

/** Milliseconds, or Grafana's variable for a window that fits what is drawn. */
export type Window = number | '$__rate_interval';

export interface Scope {
  readonly window: Window;
  /** A label that splits the result into a series for each of its values, such as `metrics.by`; else it is one series. */
  readonly by?: string | undefined;
  /** Label values to narrow to: `{ namespace: 'search' }`. */
  readonly only?: Readonly<Record<string, string>> | undefined;
}

export type HitKind = 'exact' | 'semantic';

/** The window of one step of a range query: never so short that it holds fewer than two scrapes. */
export function windowOfStep(stepMs: number, scrapeIntervalMs = 60_000): number {
  return Math.max(stepMs, 4 * scrapeIntervalMs);
}

/** `300s` */
export function windowText(window: Window): string {
  return typeof window === 'number' ? `${Math.max(1, Math.round(window / 1000))}s` : window;
}

/** Hits in the window. 0 where there are only misses; no value where the metrics have no data. */
export function hitCount(cache: CacheMetrics, scope: Scope): string {
  return orNothing(hitsAlone('increase', cache, scope), missesAlone('increase', cache, scope));
}

/** Misses in the window. 0 where there are only hits; no value where the metrics have no data. */
export function missCount(cache: CacheMetrics, scope: Scope): string {
  return orNothing(missesAlone('increase', cache, scope), hitsAlone('increase', cache, scope));
}

/** Hits per second. 0 where there are only misses; no value where the metrics have no data. */
export function hitsPerSecond(cache: CacheMetrics, scope: Scope): string {
  return orNothing(hitsAlone('rate', cache, scope), missesAlone('rate', cache, scope));
}

/** Misses per second. 0 where there are only hits; no value where the metrics have no data. */
export function missesPerSecond(cache: CacheMetrics, scope: Scope): string {
  return orNothing(missesAlone('rate', cache, scope), hitsAlone('rate', cache, scope));
}

/** What is put into the cache per second; no value where the metric has no data. Undefined without `metrics.writes`. */
export function writesPerSecond(cache: CacheMetrics, scope: Scope): string | undefined {
  const { writes } = cache.metrics;
  return writes && counted('rate', writes, cache, scope);
}

/** Look-ups per second: 0 tells no traffic, no value tells no data. */
export function lookupsPerSecond(cache: CacheMetrics, scope: Scope): string {
  return `(${hitsPerSecond(cache, scope)} + ${missesPerSecond(cache, scope)})`;
}

/**
 * The share of all look-ups that were hits, 0 to 1. A missing series counts as none. No value where there was no traffic
 * and where there is no data, never NaN; {@link lookupsPerSecond} tells the two apart.
 */
export function hitRate(cache: CacheMetrics, scope: Scope): string {
  return `${hitsPerSecond(cache, scope)} / (${lookupsPerSecond(cache, scope)} > 0)`;
}

/**
 * The share of all look-ups that were hits of that kind, 0 to 1; those of both kinds add up to the hit rate. Undefined
 * where the settings do not tell the kinds apart (`metrics.kind`).
 */
export function hitRateOfKind(cache: CacheMetrics, kind: HitKind, scope: Scope): string | undefined {
  const hits = hitsOfKind('rate', cache, kind, scope);
  if (hits === undefined) return undefined;
  const lookups = lookupsPerSecond(cache, scope);
  return `${orNothing(hits, lookups)} / (${lookups} > 0)`;
}

/** Hits of one kind in the window; no value where it has no series. Undefined without `metrics.kind`. */
export function hitCountOfKind(cache: CacheMetrics, kind: HitKind, scope: Scope): string | undefined {
  return hitsOfKind('increase', cache, kind, scope);
}

export interface LatencyScope extends Scope {
  /** Answers from the cache, or all others; needs `metrics.cached`. */
  readonly answered?: 'cached' | 'uncached' | undefined;
}

/**
 * A quantile (0 to 1) of the latency in seconds; NaN where nothing was measured in the window. Undefined without
 * `metrics.latency`, and without `metrics.cached` where the cached are to be told from the others.
 */
export function latencyQuantile(cache: CacheMetrics, quantile: number, scope: LatencyScope): string | undefined {
  const buckets = latencyPart(cache, '_bucket', scope, ['le']);
  return buckets && `histogram_quantile(${quantile}, ${buckets})`;
}

/** The mean latency in seconds; no value where nothing was measured. Undefined as {@link latencyQuantile} is. */
export function latencyMean(cache: CacheMetrics, scope: LatencyScope): string | undefined {
  const [sum, count] = [latencyPart(cache, '_sum', scope), latencyPart(cache, '_count', scope)];
  return sum && count && `${sum} / (${count} > 0)`;
}

/** Requests per second. Undefined without `metrics.requests`. */
export function requestsPerSecond(cache: CacheMetrics, scope: Scope): string | undefined {
  const { requests } = cache.metrics;
  return requests && counted('rate', requests, cache, scope);
}

/**
 * The share of requests that failed, 0 to 1; a missing series of errors counts as none. No value where there was no
 * request. Undefined without `metrics.errors` and `metrics.requests`.
 */
export function errorRate(cache: CacheMetrics, scope: Scope): string | undefined {
  const { errors } = cache.metrics;
  const requests = requestsPerSecond(cache, scope);
  if (errors === undefined || requests === undefined) return undefined;
  return `${orNothing(counted('rate', errors, cache, scope), requests)} / (${requests} > 0)`;
}

/** The environment's selector, narrowed to its job and to what the scope asks for. */
export function selectorOf(metric: string, { job }: CacheMetrics, only: Scope['only'] = {}): string {
  const matchers = Object.entries({ ...only, ...(job === undefined ? {} : { job }) });
  return narrow(
    metric,
    matchers.map(([label, value]) => equals(label, value)),
  );
}

/** The label's matcher that picks the hits of one kind. Undefined without `metrics.kind`. */
export function kindMatcher({ metrics: { kind } }: CacheMetrics, which: HitKind): Record<string, string> | undefined {
  return kind && { [kind.label]: kind[which] };
}

function hitsOfKind(how: Counting, cache: CacheMetrics, kind: HitKind, scope: Scope): string | undefined {
  const matcher = kindMatcher(cache, kind);
  return matcher && counted(how, cache.metrics.hits, cache, { ...scope, only: { ...scope.only, ...matcher } });
}

/** Per second, or in all. */
export type Counting = 'rate' | 'increase';

function counted(how: Counting, metric: string, cache: CacheMetrics, { window, by, only }: Scope): string {
  return `${sumBy([by])}(${how}(${selectorOf(metric, cache, only)}[${windowText(window)}]))`;
}

/** Hits as they stand there; no value where nobody counted one, even where there are misses. */
export function hitsAlone(how: Counting, cache: CacheMetrics, scope: Scope): string {
  return counted(how, cache.metrics.hits, cache, scope);
}

/** Misses as they stand there; no value where nobody counted one, even where there are hits. */
export function missesAlone(how: Counting, cache: CacheMetrics, scope: Scope): string {
  return counted(how, cache.metrics.misses, cache, scope);
}

/** `first`; nothing, as a number, for whatever only the other has: that a series is missing does not make all of it so. */
function orNothing(first: string, other: string): string {
  return `(${first} or 0 * ${other})`;
}

function latencyPart(
  cache: CacheMetrics,
  part: '_bucket' | '_count' | '_sum',
  { window, by, only, answered }: LatencyScope,
  more: readonly string[] = [],
): string | undefined {
  const { latency, cached } = cache.metrics;
  if (latency === undefined || (answered !== undefined && cached === undefined)) return undefined;
  const selector = selectorOf(partOfHistogram(latency, part), cache, only);
  const scoped = answered === undefined ? selector : narrow(selector, [`${cached}${cachedMatch[answered]}`]);
  return `${sumBy([by, ...more])}(rate(${scoped}[${windowText(window)}]))`;
}

/** What applications write for yes. Whatever is none of it, a missing label too, was not answered from the cache. */
const cachedMatch = { cached: '=~"(?i:true|1|yes|hit)"', uncached: '!~"(?i:true|1|yes|hit)"' } as const;

function sumBy(labels: readonly (string | undefined)[]): string {
  const given = labels.filter((one) => one !== undefined);
  return given.length === 0 ? 'sum' : `sum by (${given.join(', ')}) `;
}
