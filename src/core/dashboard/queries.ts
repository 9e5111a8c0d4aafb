import type { EnvironmentSettings } from '../environment/schema.ts';
import { rateWindowMs } from './range.ts';
import {
  cacheMetricsOf,
  errorRate,
  hitRate,
  hitRateOfKind,
  hitsAlone,
  latencyMean,
  latencyQuantile,
  missesAlone,
  selectorOf,
  windowText,
  writesPerSecond,
} from '../metrics/promql.ts';
import type { CacheMetrics } from '../metrics/promql.ts';

/** What is drawn from the application's metrics: one query each; a name that is missing is not measured. */
export type RangeQueries = Readonly<Partial<Record<RangeName, string>>> & {
  readonly hits: string;
  readonly misses: string;
};

/** `hits` and `misses` are per second and by namespace, from which ratios are reckoned, so that a rest can be summed too. */
export type RangeName =
  | 'hits'
  | 'misses'
  | 'exact'
  | 'semantic'
  | 'p50cached'
  | 'p95cached'
  | 'meanCached'
  | 'p50uncached'
  | 'p95uncached'
  | 'meanUncached'
  | 'p50'
  | 'p95'
  | 'errors'
  | 'writes'
  | 'resets';

/** What the table is made of: the whole stretch at once, asked at its end, by namespace. */
export type TableName = 'hits' | 'misses' | 'p95' | 'meanCached' | 'meanUncached';
export type TableQueries = Readonly<Partial<Record<TableName, string>>>;

/** Undefined where the environment does not name its metrics. `windowMs`: what the value of a moment looks back over. */
export function rangeQueries(
  settings: EnvironmentSettings,
  windowMs: number,
  stepMs: number,
): RangeQueries | undefined {
  const cache = cacheMetricsOf(settings);
  if (!cache) return undefined;
  const scope = { window: windowMs };
  const byNamespace = { ...scope, by: cache.metrics.by };
  return {
    hits: hitsAlone('rate', cache, byNamespace),
    misses: missesAlone('rate', cache, byNamespace),
    resets: resets(cache, stepMs),
    ...given({
      exact: hitRateOfKind(cache, 'exact', scope),
      semantic: hitRateOfKind(cache, 'semantic', scope),
      errors: errorRate(cache, scope),
      writes: writesPerSecond(cache, scope),
      ...latencies(cache, windowMs),
    }),
  };
}

function latencies(cache: CacheMetrics, window: number): Readonly<Record<string, string | undefined>> {
  if (cache.metrics.cached === undefined)
    return { p50: latencyQuantile(cache, 0.5, { window }), p95: latencyQuantile(cache, 0.95, { window }) };
  const cached = { window, answered: 'cached' } as const;
  const uncached = { window, answered: 'uncached' } as const;
  return {
    p50cached: latencyQuantile(cache, 0.5, cached),
    p95cached: latencyQuantile(cache, 0.95, cached),
    meanCached: latencyMean(cache, cached),
    p50uncached: latencyQuantile(cache, 0.5, uncached),
    p95uncached: latencyQuantile(cache, 0.95, uncached),
    meanUncached: latencyMean(cache, uncached),
  };
}

/**
 * Where counters of hits began anew: their application was started again. A step alone may hold one scrape, or end
 * between the two that tell it; so each moment looks back further, and what is new in it is what counts.
 */
function resets(cache: CacheMetrics, stepMs: number): string {
  const windowMs = stepMs + rateWindowMs({ stepMs: 0 });
  return `sum(resets(${selectorOf(cache.metrics.hits, cache)}[${windowText(windowMs)}])) > 0`;
}

export function tableQueries(settings: EnvironmentSettings, spanMs: number): TableQueries | undefined {
  const cache = cacheMetricsOf(settings);
  if (!cache) return undefined;
  const scope = { window: spanMs, by: cache.metrics.by };
  const latency = { window: spanMs, by: cache.metrics.latencyBy ?? cache.metrics.by };
  return given({
    hits: hitsAlone('increase', cache, scope),
    misses: missesAlone('increase', cache, scope),
    p95: latencyQuantile(cache, 0.95, latency),
    meanCached: latencyMean(cache, { ...latency, answered: 'cached' }),
    meanUncached: latencyMean(cache, { ...latency, answered: 'uncached' }),
  });
}

/** The query one would paste elsewhere for the whole cache, rather than the parts it is reckoned from here. */
export function wholeHitRate(settings: EnvironmentSettings, windowMs: number, by?: string): string | undefined {
  const cache = cacheMetricsOf(settings);
  return cache && hitRate(cache, { window: windowMs, by });
}

/** Without the names of what is not measured. */
function given<Name extends string>(
  queries: Readonly<Partial<Record<Name, string | undefined>>>,
): Readonly<Partial<Record<Name, string>>> {
  const known: Partial<Record<Name, string>> = {};
  for (const name in queries) {
    const query = queries[name];
    if (query !== undefined) known[name] = query;
  }
  return known;
}
