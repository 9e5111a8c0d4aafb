import type { EnvironmentSettings } from '../../../environment/schema.ts';
import { sourcesOf } from '../../../health/environmentHitRate.ts';
import { recentWindowMs } from '../../../metrics/hitRate.ts';
import * as promql from '../../../metrics/promql.ts';
import type { CacheMetrics } from '../../../metrics/promql.ts';
import type { Binding, Reading } from './types.ts';
import type { CriterionDraft } from './draft.ts';

/** Of an environment's settings, what tells where numbers are read. */
export type BindingSettings = Pick<
  EnvironmentSettings,
  'redis' | 'prometheus' | 'metrics' | 'limits' | 'namespaces' | 'application'
>;

interface Field {
  /** The names people give it. */
  readonly names: RegExp;
  bind(criterion: CriterionDraft, settings: BindingSettings): Binding;
}

/** The field's names, most particular first: "hit rate" is looked for before "rate". */
const FIELDS: readonly Field[] = [
  { names: /\bhit[- _]?(?:rate|ratio)|\bcache[_ ]hit[_ ]?rate/i, bind: bindHitRate },
  {
    names: /\bevict/i,
    bind: ({ unit }, settings) =>
      unit === 'perMinute' || unit === 'perSecond'
        ? redis(settings, { source: 'redis', field: 'evictionRate', unit })
        : redis(settings, { source: 'redis', field: 'evictedKeys', unit: 'count' }),
  },
  {
    names: /\bfragmentation/i,
    bind: (_, settings) => redis(settings, { source: 'redis', field: 'fragmentation', unit: 'count' }),
  },
  { names: /\berror[- _]?rates?\b|\b5xx\b/i, bind: bindErrorRate },
  {
    names: /\bsuccess rate\b/i,
    bind: () => unbound('No reading is a success rate; an error rate can be bound instead.', 'metrics.errors'),
  },
  {
    names: /\bround[- ]?trip|\bredis (?:latency|response)|\bcache (?:read|write|get|set|access) (?:latency|time)/i,
    bind: bindRoundTrip,
  },
  { names: /\blatenc|\bresponse[- _]?times?\b|(?:^|\b)p\d{2,3}(?:\b|_)|\bmedian\b|\bduration\b/i, bind: bindLatency },
  {
    names:
      /\b(?:redis|cache)\b.*\bmemory\b|\bmemory\b.*\bredis\b|^memory(?: usage| in use)?$|^memory_usage$|\bused[_ ]memory\b/i,
    bind: bindMemory,
  },
  {
    names: /\b(?:connected )?clients\b|\bredis connections\b/i,
    bind: (_, settings) => redis(settings, { source: 'redis', field: 'connectedClients', unit: 'count' }),
  },
  {
    names: /\b(?:number of )?keys\b|\bdbsize\b|\bkey count\b/i,
    bind: (_, settings) => redis(settings, { source: 'redis', field: 'keys', unit: 'count' }),
  },
  {
    names: /^(?:redis )?uptime$/i,
    bind: (_, settings) => redis(settings, { source: 'redis', field: 'uptime', unit: 'ms' }),
  },
  {
    names: /\b(?:cache )?miss(?:es)?\b/i,
    bind: (criterion, settings) => perSecond(criterion, settings, 'metrics.misses', promql.missesPerSecond, 'misses'),
  },
  {
    names: /\bthroughput\b|\brequests? per second\b|\bqps\b|\brps\b/i,
    bind: (criterion, settings) =>
      perSecond(criterion, settings, 'metrics.requests', promql.requestsPerSecond, 'throughput'),
  },
];

/**
 * Where the number of a criterion is read in an environment. What no field measures, or what the settings do not name,
 * is unbound and says so, with the setting that would bind it.
 */
export function bindCriterion(criterion: CriterionDraft, settings: BindingSettings): Binding {
  const field = FIELDS.find(({ names }) => names.test(criterion.metric));
  if (field === undefined) {
    return unbound(`Nothing that is read here measures "${criterion.metric}".`, undefined);
  }
  const binding = field.bind(criterion, settings);
  return binding.kind === 'bound' ? checkUnit(binding, criterion) : binding;
}

/** A memory limit in percent is not what Redis' memory in bytes can be held against. */
function checkUnit(binding: Extract<Binding, { kind: 'bound' }>, criterion: CriterionDraft): Binding {
  const { unit } = binding.reading;
  const isFree = Number.isNaN(criterion.value) || criterion.relativeToBaseline !== undefined;
  const isRate =
    (unit === 'count' || unit === 'perSecond') &&
    (criterion.unit === 'perMinute' || criterion.unit === 'perSecond' || criterion.unit === 'count');
  if (isFree || unit === criterion.unit || isRate) return binding;
  return unbound(
    `"${criterion.metric}" is read in ${UNIT_WORDS[unit]}, but the document gives ${UNIT_WORDS[criterion.unit]}.`,
    undefined,
  );
}

const UNIT_WORDS: Readonly<Record<Reading['unit'], string>> = {
  ratio: 'percent',
  bytes: 'bytes',
  ms: 'milliseconds',
  count: 'a number',
  perMinute: 'a number per minute',
  perSecond: 'a number per second',
};

function bindHitRate(criterion: CriterionDraft, settings: BindingSettings): Binding {
  const from = sourcesOf(settings);
  const [best] = from;
  if (best === undefined)
    return unbound('The environment has neither metrics of the application nor a Redis.', 'metrics');
  const namespace = namespaceOf(criterion, settings);
  const note =
    best === 'keyspace'
      ? 'This is Redis’ own keyspace hit rate, not the application’s; name its counters in metrics.hits and metrics.misses.'
      : limitNote(settings.limits?.hitRate?.warning, criterion);
  const cache = promql.cacheMetricsOf(settings);
  const scope = scopeOf(criterion);
  const only = namespace === undefined ? undefined : { [settings.metrics?.by ?? '']: namespace };
  const query = best === 'prometheus' && cache ? promql.hitRate(cache, { ...scope, only }) : undefined;
  // The same as everywhere else, unless the document wants another window, which Prometheus alone remembers.
  if (scope.window === usualWindowMs) return bound({ source: 'hitRate', namespace, from, query, unit: 'ratio' }, note);
  return query === undefined
    ? unbound('Only Prometheus knows the hit rate of a window that long.', 'prometheus')
    : bound(
        {
          source: 'prometheus',
          query,
          unit: 'ratio',
          scale: 1,
          figure: namespace === undefined ? 'hitRate' : undefined,
        },
        note,
      );
}

/** Where a document names no window. */
const usualWindowMs = recentWindowMs;

function scopeOf({ windowMs }: CriterionDraft): promql.Scope {
  return { window: windowMs ?? usualWindowMs };
}

function namespaceOf({ metric }: CriterionDraft, { namespaces, metrics }: BindingSettings): string | undefined {
  if (namespaces === undefined || metrics?.by === undefined) return undefined;
  const words = metric.toLowerCase().split(/[^\w-]+/);
  return Object.keys(namespaces).find((name) => words.includes(name.toLowerCase()));
}

function bindErrorRate(criterion: CriterionDraft, settings: BindingSettings): Binding {
  const cache = promql.cacheMetricsOf(settings);
  const query = cache && promql.errorRate(cache, scopeOf(criterion));
  if (query === undefined)
    return unbound('The environment does not say which metrics count requests and errors.', 'metrics.errors');
  return viaPrometheus(
    settings,
    { source: 'prometheus', query, unit: 'ratio', scale: 1, figure: 'errors' },
    limitNote(settings.limits?.errorRate, criterion),
  );
}

function bindRoundTrip(criterion: CriterionDraft, settings: BindingSettings): Binding {
  if (criterion.percentile !== undefined && settings.metrics?.latency !== undefined)
    return bindLatency(criterion, settings);
  const note = 'This is the round trip from here to Redis, as measured while the health is shown.';
  return redis(settings, { source: 'redis', field: 'roundTrip', unit: 'ms' }, note);
}

function bindLatency(criterion: CriterionDraft, settings: BindingSettings): Binding {
  const cache = promql.cacheMetricsOf(settings);
  if (cache?.metrics.latency === undefined)
    return unbound('The environment does not say which metric is the application’s latency.', 'metrics.latency');
  const scope = { ...scopeOf(criterion), answered: criterion.scope };
  const isAverage = criterion.statistic === 'average';
  const percentile = criterion.percentile ?? 95;
  const query = isAverage ? promql.latencyMean(cache, scope) : promql.latencyQuantile(cache, percentile / 100, scope);
  if (query === undefined)
    return unbound('The environment does not say which label tells cached calls from others.', 'metrics.cached');
  const isAssumed = !isAverage && criterion.percentile === undefined;
  const note = isAssumed
    ? 'The document names no percentile; this is p95.'
    : limitNote(limitOf(criterion, settings), criterion);
  const figure = `${isAverage ? 'mean' : `p${percentile}`}${criterion.scope ?? ''}`;
  return viaPrometheus(settings, { source: 'prometheus', query, unit: 'ms', scale: 1000, figure }, note);
}

function limitOf({ percentile }: CriterionDraft, { limits }: BindingSettings): number | undefined {
  return percentile === 50 ? limits?.p50 : percentile === 99 ? limits?.p99 : limits?.p95;
}

function bindMemory(criterion: CriterionDraft, settings: BindingSettings): Binding {
  const isNamed = /redis|cache/i.test(criterion.metric);
  const assumed = isNamed ? undefined : 'The document does not say whose memory; this is Redis’.';
  if (criterion.unit === 'ratio' && criterion.relativeToBaseline === undefined) {
    return redis(settings, { source: 'redis', field: 'memoryShare', unit: 'ratio' }, assumed);
  }
  const note = assumed ?? limitNote(settings.limits?.redisMemory, criterion);
  return redis(settings, { source: 'redis', field: 'usedMemory', unit: 'bytes' }, note);
}

/** What the environment itself sets, where the document says something else. */
function limitNote(limit: number | undefined, { value }: CriterionDraft): string | undefined {
  return limit === undefined || limit === value || Number.isNaN(value)
    ? undefined
    : 'The environment’s own limit is another one; see limits in its settings.';
}

function redis(settings: BindingSettings, reading: Reading, note?: string): Binding {
  return settings.redis === undefined ? unbound('The environment has no Redis.', 'redis') : bound(reading, note);
}

function perSecond(
  criterion: CriterionDraft,
  settings: BindingSettings,
  setting: string,
  query: (cache: CacheMetrics, scope: promql.Scope) => string | undefined,
  figure: string,
): Binding {
  const cache = promql.cacheMetricsOf(settings);
  const text = cache && query(cache, scopeOf(criterion));
  if (text === undefined) return unbound('The environment does not say which metric counts this.', setting);
  const [unit, scale] = criterion.unit === 'perMinute' ? (['perMinute', 60] as const) : (['perSecond', 1] as const);
  return viaPrometheus(settings, { source: 'prometheus', query: text, unit, scale, figure }, undefined);
}

function viaPrometheus(settings: BindingSettings, reading: Reading, note: string | undefined): Binding {
  return settings.prometheus === undefined
    ? unbound('The environment has no Prometheus to ask.', 'prometheus')
    : bound(reading, note);
}

function bound(reading: Reading, note: string | undefined): Binding {
  return { kind: 'bound', reading, note };
}

function unbound(why: string, setting: string | undefined): Binding {
  return { kind: 'unbound', why, setting };
}
