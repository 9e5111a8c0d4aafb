import type { EnvironmentSettings } from '../environment/schema.ts';
import { judgeHitRate } from '../health/hitRateLimits.ts';
import { hitRateOf } from '../metrics/hitRate.ts';
import type { Measured, Rates } from './load.ts';
import type { Tile } from './model.ts';
import type { RangeName } from './queries.ts';
import type { Grid } from './range.ts';
import { currentOf, isEmpty, shareOf, sumOf, totalOf } from './series.ts';
import type { Values } from './series.ts';

/** What the tiles of the application's metrics are made of; `before` is one moment, the day or the week before. */
export interface TileInput {
  readonly settings: EnvironmentSettings;
  readonly grid: Grid;
  readonly rates: Rates;
  readonly measured: Measured;
  readonly before:
    { readonly label: string; readonly rates: Rates | undefined; readonly measured: Measured } | undefined;
  readonly source: string;
  readonly counted: 'application' | 'keyspace';
  readonly whyNot?: ((name: RangeName) => string | undefined) | undefined;
}

interface Wanted {
  readonly id: string;
  readonly label: string;
  readonly unit: Tile['unit'];
  readonly better: Tile['better'];
  readonly spark: Values | undefined;
  readonly before: Values | undefined;
  readonly judge?: (value: number) => Tile['judgement'];
  /** Why there is no value although something was counted. */
  readonly unknown?: string;
}

export function appTiles(input: TileInput): readonly Tile[] {
  const { rates, measured, before, settings } = input;
  const limits = settings.limits ?? {};
  const p95limit = limits.p95 === undefined ? undefined : limits.p95 / 1000;
  const wanted: readonly Wanted[] = [
    {
      id: 'hitRate',
      label: input.counted === 'keyspace' ? 'Keyspace hit rate' : 'Hit rate',
      unit: 'ratio',
      better: 'higher',
      spark: shareOf(rates.hits, rates.misses),
      before: before?.rates && shareOf(before.rates.hits, before.rates.misses),
      judge: (value) => judgeHitRate(hitRateOf(value, 1 - value, undefined), limits.hitRate),
      ...(rates.missesUnknown ? { unknown: 'misses unknown' } : {}),
    },
    share('exact', 'Exact hits', measured.exact, before?.measured.exact),
    share('semantic', 'Semantic hits', measured.semantic, before?.measured.semantic),
    {
      id: 'requests',
      label: 'Lookups',
      unit: 'perSecond',
      better: 'neither',
      spark: lookups(rates),
      before: lookups(before?.rates),
    },
    {
      id: 'p95',
      label: 'p95',
      unit: 'seconds',
      better: 'lower',
      spark: measured.p95,
      before: before?.measured.p95,
      judge: atMost(p95limit),
    },
    {
      id: 'p95cached',
      label: 'p95 cached',
      unit: 'seconds',
      better: 'lower',
      spark: measured.p95cached,
      before: before?.measured.p95cached,
      judge: atMost(p95limit),
    },
    {
      id: 'p95uncached',
      label: 'p95 uncached',
      unit: 'seconds',
      better: 'lower',
      spark: measured.p95uncached,
      before: before?.measured.p95uncached,
    },
    {
      id: 'errors',
      label: 'Errors',
      unit: 'ratio',
      better: 'lower',
      spark: measured.errors,
      before: before?.measured.errors,
      judge: atMost(limits.errorRate),
    },
  ];
  return wanted.flatMap((one) => {
    const name = namesOf[one.id];
    const notRead = name !== undefined && input.whyNot?.(name) !== undefined;
    // What was refused does not look as if nobody measured it.
    if (notRead) return [tile(input, { ...one, unknown: 'not read' }, [])];
    return one.spark ? [tile(input, one, one.spark)] : [];
  });
}

/** By which query a tile's values are read, where it has one of its own. */
const namesOf: Readonly<Record<string, RangeName>> = {
  exact: 'exact',
  semantic: 'semantic',
  p95: 'p95',
  p95cached: 'p95cached',
  p95uncached: 'p95uncached',
  errors: 'errors',
};

function lookups(of: Rates | undefined): Values | undefined {
  return of && sumOf([of.hits, of.misses]);
}

function atMost(limit: number | undefined): (value: number) => Tile['judgement'] {
  return (value) => (limit === undefined ? 'unjudged' : value > limit ? 'warning' : 'ok');
}

function share(id: string, label: string, spark: Values | undefined, before: Values | undefined): Wanted {
  return { id, label, unit: 'ratio', better: 'higher', spark: spark && !isEmpty(spark) ? spark : undefined, before };
}

function tile({ grid, before, source, rates }: TileInput, wanted: Wanted, spark: Values): Tile {
  const { id, label, unit, better, judge, unknown } = wanted;
  const current = unknown === undefined ? currentOf(spark) : undefined;
  const [was = null] = wanted.before ?? [];
  return {
    id,
    label,
    unit,
    better,
    value: current?.value ?? null,
    ...(current ? {} : { why: unknown ?? whyNone(spark, rates) }),
    judgement: current && judge ? judge(current.value) : 'unjudged',
    compared: before && was !== null ? [{ label: before.label, value: was }] : [],
    spark,
    source,
    atMs: current ? grid.fromMs + current.index * grid.stepMs : null,
  };
}

/** Where nothing was looked up there is no rate; where nothing is known of lookups either, there is no data. */
function whyNone(spark: Values, rates: Rates): string {
  const counted = sumOf([rates.hits, rates.misses]);
  if (isEmpty(spark))
    return isEmpty(counted) || totalOf(counted) > 0 ? 'no data in this range' : 'no traffic in this range';
  return currentOf(counted)?.value === 0 ? 'no traffic now' : 'no data now';
}
