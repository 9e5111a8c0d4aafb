import { formatCount, formatDuration } from '../format.ts';
import type { CacheMetrics } from './promql.ts';
import { kindMatcher, selectorOf, windowText } from './promql.ts';
import type { Counted, SourcedHitRate } from './sourcedHitRate.ts';
import { ratesOf, withoutRate } from './sourcedHitRate.ts';

/** One of the values that a single query brings, told apart by its mark. */
export interface MarkedValue {
  readonly mark: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** More namespaces than this are no namespaces, but users or keys: they are counted, not listed. */
const mostNamespaces = 50;

/**
 * What has to be asked for the hit rate of a window, by mark; together one query. Hits and misses are asked for apart,
 * because only they tell no traffic (both 0) from no data (neither there).
 */
export function lookupExpressions(cache: CacheMetrics, windowMs: number): ReadonlyMap<string, string> {
  const { metrics, job } = cache;
  const [hits, misses] = [selectorOf(metrics.hits, cache), selectorOf(metrics.misses, cache)];
  const within = `[${windowText(windowMs)}]`;
  const marked = new Map([
    ['hits', `sum(increase(${hits}${within}))`],
    ['misses', `sum(increase(${misses}${within}))`],
    ['samples', `max(count_over_time(${hits}${within}) or count_over_time(${misses}${within}))`],
    ['resets of hits', `sum(resets(${hits}${within}))`],
    ['resets of misses', `sum(resets(${misses}${within}))`],
  ]);
  for (const kind of ['exact', 'semantic'] as const) {
    const matcher = kindMatcher(cache, kind);
    if (matcher) marked.set(kind, `sum(increase(${selectorOf(metrics.hits, cache, matcher)}${within}))`);
  }
  if (job !== undefined) marked.set('uptime', `time() - max(${selectorOf('process_start_time_seconds', cache)})`);
  if (metrics.by !== undefined) {
    const all = `count(count by (${metrics.by}) (${hits} or ${misses}))`;
    const few = `and on () (${all} <= ${mostNamespaces})`;
    marked.set('namespaces', all);
    marked.set('hits by namespace', `(sum by (${metrics.by}) (increase(${hits}${within})) ${few})`);
    marked.set('misses by namespace', `(sum by (${metrics.by}) (increase(${misses}${within})) ${few})`);
  }
  return marked;
}

/** The hit rate that the values of {@link lookupExpressions} tell; `ageMs` is that of the newest sample. */
export function lookupsFromPrometheus(
  cache: CacheMetrics,
  windowMs: number,
  values: readonly MarkedValue[],
  { ageMs, oldMs, nowMs }: { readonly ageMs: number | undefined; readonly oldMs: number; readonly nowMs: number },
): SourcedHitRate {
  const one = (mark: string): number | undefined => finite(values.find((value) => value.mark === mark)?.value);
  if (ageMs === undefined) return withoutRate('prometheus', 'no current sample of the hits and misses');
  if (ageMs > oldMs) return withoutRate('prometheus', `the newest sample is ${formatDuration(ageMs)} old`);
  const [hits, misses, samples] = [one('hits'), one('misses'), one('samples')];
  // Some engines make up what was before a sample that stands alone.
  if (samples === 1) return withoutRate('prometheus', 'scraped only once so far');
  const isNumber = ({ mark, value }: MarkedValue): boolean => !/^(hits|misses)$/.test(mark) || Number.isFinite(value);
  if (!values.every(isNumber)) return withoutRate('prometheus', 'the hits or misses are not a number');
  if (hits === undefined && misses === undefined) return withoutRate('prometheus', 'too few samples in the window');
  const counts = {
    hits,
    misses,
    kinds: { exact: one('exact'), semantic: one('semantic') },
    namespaces: namespacesIn(values, cache.metrics.by),
  };
  const many = one('namespaces') ?? 0;
  return {
    source: 'prometheus',
    ...ratesOf(counts, windowMs),
    samples,
    newestAtMs: nowMs - ageMs,
    restart: restartWords(one('uptime'), (one('resets of hits') ?? 0) + (one('resets of misses') ?? 0), windowMs),
    note:
      many > mostNamespaces
        ? `The label ${cache.metrics.by ?? ''} has ${formatCount(many)} values: too many to be listed as namespaces.`
        : undefined,
  };
}

function namespacesIn(values: readonly MarkedValue[], by: string | undefined): ReadonlyMap<string, Counted> {
  const found = new Map<string, Counted>();
  for (const { mark, labels, value } of values) {
    if (by === undefined || !mark.endsWith(' by namespace')) continue;
    const name = labels[by] ?? '';
    const side = mark.startsWith('hits') ? 'hits' : 'misses';
    found.set(name, { hits: undefined, misses: undefined, ...found.get(name), [side]: finite(value) });
  }
  return found;
}

function restartWords(uptimeSeconds: number | undefined, resets: number, windowMs: number): string | undefined {
  if (uptimeSeconds !== undefined && uptimeSeconds * 1000 < windowMs)
    return `A process of the application started ${formatDuration(uptimeSeconds * 1000)} ago, within the window; what it counted before is counted too.`;
  return resets > 0 ? 'Counters began anew within the window; what was counted before is counted too.' : undefined;
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}
