import { formatRatio } from '../format.ts';
import type { HitKind } from './promql.ts';
import { hitRateOf, windowWords } from './hitRate.ts';
import type { HitRate } from './hitRate.ts';

/** Where a hit rate can be measured, best first. The last is no measure of the application's hits. */
export const hitRateSources = ['prometheus', 'metricsPage', 'statistics', 'keyspace'] as const;

export type HitRateSource = (typeof hitRateSources)[number];

/** As words, in a sentence and in the tree. */
export const sourceNames: Readonly<Record<HitRateSource, string>> = {
  prometheus: 'Prometheus',
  metricsPage: 'application’s metrics page',
  statistics: 'application’s statistics',
  keyspace: 'Redis keyspace',
};

/** The look-ups of one namespace, or one entry of a cache; or, of a kind of hits, its share of all look-ups. */
export interface HitRatePart {
  readonly kind: HitKind | 'namespace' | 'entry';
  /** Empty for what bears no such label. */
  readonly name: string;
  readonly rate: HitRate;
}

/** A hit rate with all that it rests on. */
export interface SourcedHitRate {
  readonly source: HitRateSource;
  readonly rate: HitRate;
  /** Exact and semantic first, then namespaces, the busiest first. */
  readonly parts: readonly HitRatePart[];
  /** How often each counter was read within the window; undefined where one answer holds all. */
  readonly samples: number | undefined;
  /** Wall clock, ms since 1970, of the newest sample. */
  readonly newestAtMs: number | undefined;
  /** A sentence, where counters began anew within the window. */
  readonly restart?: string | undefined;
  /** What else has to be known of it. */
  readonly note?: string | undefined;
  /** A sentence, where the rate is no more than an upper bound: no limit is held against it. */
  readonly doubt?: string | undefined;
}

/** What was counted in a window; undefined where there is no such series. */
export interface Counted {
  readonly hits: number | undefined;
  readonly misses: number | undefined;
}

export interface LookupCounts extends Counted {
  /** Undefined where the settings do not tell the kinds apart, or no series is of that kind. */
  readonly kinds: Readonly<Record<HitKind, number | undefined>>;
  readonly namespaces: ReadonlyMap<string, Counted>;
}

/** The rates of what was counted. One missing series counts as none, misses with a doubt; both missing is no data. */
export function ratesOf(
  { kinds, namespaces, ...total }: LookupCounts,
  windowMs: number | undefined,
): Pick<SourcedHitRate, 'rate' | 'parts' | 'doubt'> {
  const rate = rateOf(total, windowMs);
  const lookups = lookupsOf(total);
  const ofKinds = (['exact', 'semantic'] as const).flatMap((kind): HitRatePart[] => {
    const hits = kinds[kind];
    if (hits === undefined || rate.kind === 'noData') return [];
    return [{ kind, name: kind, rate: hitRateOf(hits, Math.max(0, lookups - hits), windowMs) }];
  });
  const ofNamespaces = [...namespaces]
    .toSorted(([a, x], [b, y]) => lookupsOf(y) - lookupsOf(x) || a.localeCompare(b))
    .map(([name, counted]): HitRatePart => ({ kind: 'namespace', name, rate: rateOf(counted, windowMs) }));
  const doubt = rate.kind === 'rate' && total.misses === undefined ? missesMissing : undefined;
  return { rate, parts: [...ofKinds, ...ofNamespaces], doubt };
}

/** 100 % would be the best of all hit rates, and is what a misspelled name gives. */
export const missesMissing =
  'There is no series of misses, so none are counted: its name may be wrong, or nothing has been missed yet.';

function rateOf({ hits, misses }: Counted, windowMs: number | undefined): HitRate {
  if (hits === undefined && misses === undefined) return { kind: 'noData', why: 'no series of hits or misses' };
  return hitRateOf(hits ?? 0, misses ?? 0, windowMs);
}

function lookupsOf({ hits = 0, misses = 0 }: Counted): number {
  return hits + misses;
}

/** A source that has no rate to give, and why. */
export function withoutRate(source: HitRateSource, why: string): SourcedHitRate {
  return { source, rate: { kind: 'noData', why }, parts: [], samples: undefined, newestAtMs: undefined };
}

/** `67.2 %, last 5 min`, `no traffic, last 5 min`, `no data: connection refused`. */
export function rateWords(rate: HitRate): string {
  if (rate.kind === 'noData') return `no data: ${rate.why}`;
  return `${rate.kind === 'rate' ? formatRatio(rate.ratio) : 'no traffic'}, ${windowWords(rate)}`;
}

/** What Redis counts, in words that nobody can take for the application's own hit rate. */
export const keyspaceSource =
  'Source: keyspace_hits and keyspace_misses of INFO stats: every lookup of a key by any client, not the application’s own count.';
