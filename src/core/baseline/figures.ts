import { recordedNumbers } from '../dashboard/recordedNumbers.ts';
import { scrapedMetrics, scrapedQueries, scrapedSource } from '../dashboard/scrapedRedis.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import * as promql from '../metrics/promql.ts';
import { partOfHistogram } from '../metrics/selector.ts';
import type { Figure } from './baseline.ts';

/** A figure as Prometheus is asked for it: one value, and the number of samples it rests on. */
export interface AskedFigure extends Pick<Figure, 'id' | 'label' | 'unit' | 'source'> {
  readonly query: string;
  readonly samples: string;
}

/** The figures of the application, over the `window` (ms) up to the moment that is asked for. */
export function applicationFigures(settings: EnvironmentSettings, window: number): readonly AskedFigure[] {
  const cache = promql.cacheMetricsOf(settings);
  if (!cache) return [];
  const scope = { window };
  const { hits, misses, writes = hits, requests = hits, latency = hits } = cache.metrics;
  const counted = (counter: string): string => samplesOf(promql.selectorOf(counter, cache), window);
  // Without any series of misses, every rate would be 100 %.
  const both = `${counted(hits)} and ${counted(misses)}`;
  const timed = counted(partOfHistogram(latency, '_count'));
  const latencies = (['', 'cached', 'uncached'] as const).flatMap((of) => {
    const scoped = { window, ...(of === '' ? {} : { answered: of }) };
    const words = of === '' ? '' : ` ${of}`;
    const quantiles = [50, 95, 99].flatMap((percent) => {
      const query = promql.latencyQuantile(cache, percent / 100, scoped);
      return figure(`p${percent}${of}`, `p${percent}${words}`, 'seconds', query, timed);
    });
    return [
      ...quantiles,
      ...figure(`mean${of}`, `Mean latency${words}`, 'seconds', promql.latencyMean(cache, scoped), timed),
    ];
  });
  const called = counted(requests);
  return [
    ...figure('hitRate', 'Hit rate', 'ratio', promql.hitRate(cache, scope), both),
    ...figure('exact', 'Exact hits', 'ratio', promql.hitRateOfKind(cache, 'exact', scope), both),
    ...figure('semantic', 'Semantic hits', 'ratio', promql.hitRateOfKind(cache, 'semantic', scope), both),
    ...figure('requests', 'Lookups', 'perSecond', promql.lookupsPerSecond(cache, scope), both),
    ...figure('hits', 'Hits', 'perSecond', promql.hitsPerSecond(cache, scope), counted(hits)),
    ...figure('misses', 'Misses', 'perSecond', promql.missesPerSecond(cache, scope), counted(misses)),
    ...figure('writes', 'Writes', 'perSecond', promql.writesPerSecond(cache, scope), counted(writes)),
    ...latencies,
    ...figure('errors', 'Errors', 'ratio', promql.errorRate(cache, scope), called),
    ...figure('throughput', 'Requests', 'perSecond', promql.requestsPerSecond(cache, scope), called),
  ];
}

/** The figures of a Redis that redis_exporter is scraped for, which the matchers pick. */
export function redisFigures(matchers: string, window: number): readonly AskedFigure[] {
  const queries = scrapedQueries(matchers, window);
  return recordedNumbers.flatMap(({ id, label, unit, service, from, how }) => {
    if (service !== 'redis') return [];
    const series = `${scrapedMetrics[from]}{${matchers}}`;
    // Its query tells a gauge of one moment.
    const mean = `sum(avg_over_time(${series}[${promql.windowText(window)}]))`;
    const query = how === 'rate' ? queries[from] : mean;
    return [{ id, label, unit, query, samples: samplesOf(series, window), source: scrapedSource }];
  });
}

function figure(
  id: string,
  label: string,
  unit: Figure['unit'],
  query: string | undefined,
  samples: string,
): readonly AskedFigure[] {
  return query === undefined ? [] : [{ id, label, unit, query, samples, source: 'Prometheus' }];
}

/** Of the series that was scraped most often. */
export function samplesOf(selector: string, window: number): string {
  return `max(count_over_time(${selector}[${promql.windowText(window)}]))`;
}

/** How often counters of hits began anew in the window. */
export function restartsQuery(settings: EnvironmentSettings, window: number): string | undefined {
  const cache = promql.cacheMetricsOf(settings);
  return cache && `sum(resets(${promql.selectorOf(cache.metrics.hits, cache)}[${promql.windowText(window)}]))`;
}
