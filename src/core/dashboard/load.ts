import type { EnvironmentSettings } from '../environment/schema.ts';
import { rangeQueries, tableQueries } from './queries.ts';
import type { RangeName, TableName } from './queries.ts';
import { daysBefore, endOf, rateWindowMs } from './range.ts';
import type { Grid } from './range.ts';
import { noneWhere, onGrid, sumOf } from './series.ts';
import type { Points, Values } from './series.ts';

/** One series of an answer. */
export interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: Points;
}

/** Asks Prometheus for a range; rejects with OpsError. */
export type AskRange = (query: string, grid: Grid) => Promise<readonly Labelled[]>;

/** Lookups of one namespace, a second. */
export interface NamespaceRates {
  readonly name: string;
  readonly hits: Values;
  readonly misses: Values;
}

/** Lookups over a stretch of time, on its grid, wherever they were counted. */
export interface Rates {
  readonly namespaces: readonly NamespaceRates[];
  readonly hits: Values;
  readonly misses: Values;
  /** There is no series of misses at all: the rate would be 100 % whatever is missed. */
  readonly missesUnknown?: true | undefined;
}

export const noRates: Rates = { namespaces: [], hits: [], misses: [] };

/** What else was asked, by its name; not there where it is not measured. */
export type Measured = Readonly<Partial<Record<RangeName, Values>>>;

export type Totals = Readonly<Partial<Record<TableName, ReadonlyMap<string, number>>>>;

/** Stands for what carries no namespace. */
export const unnamed = 'all';

export function noValues(grid: Grid): Values {
  return onGrid({ atMs: [], values: [] }, grid);
}

/** Undefined where the environment names no metrics; no namespaces where Prometheus has nothing of them. */
export async function loadRates(settings: EnvironmentSettings, grid: Grid, ask: AskRange): Promise<Rates | undefined> {
  const queries = rangeQueries(settings, rateWindowMs(grid), grid.stepMs);
  if (!queries) return undefined;
  const [hits, misses] = await Promise.all([ask(queries.hits, grid), ask(queries.misses, grid)]);
  const by = settings.metrics?.by;
  const [hitsOf, missesOf] = [hits, misses].map(
    (all) => new Map(all.map((one) => [nameOf(one, by), onGrid(one.points, grid)])),
  );
  const none = noValues(grid);
  const names = new Set([...(hitsOf?.keys() ?? []), ...(missesOf?.keys() ?? [])]);
  const namespaces = [...names].map((name) => {
    const [hit, missed] = [hitsOf?.get(name) ?? none, missesOf?.get(name) ?? none];
    return { name, hits: noneWhere(missed, hit), misses: noneWhere(hit, missed) };
  });
  return {
    namespaces,
    hits: sumOf([none, ...namespaces.map((one) => one.hits)]),
    misses: sumOf([none, ...namespaces.map((one) => one.misses)]),
    ...(hits.length > 0 && misses.length === 0 ? { missesUnknown: true } : {}),
  };
}

function nameOf({ labels }: Labelled, label: string | undefined): string {
  return (label === undefined ? undefined : labels[label]) ?? unnamed;
}

/** Asks for all of these that the environment measures. */
export async function loadMeasured(
  settings: EnvironmentSettings,
  grid: Grid,
  ask: AskRange,
  names: readonly RangeName[],
): Promise<Measured> {
  const queries = rangeQueries(settings, rateWindowMs(grid), grid.stepMs);
  if (!queries) return {};
  const asked = names.flatMap((name) => (queries[name] === undefined ? [] : [{ name, query: queries[name] }]));
  const answers = await Promise.all(
    asked.map(async ({ name, query }) => {
      const [found] = await ask(query, grid);
      return [name, found ? onGrid(found.points, grid) : noValues(grid)] as const;
    }),
  );
  return Object.fromEntries(answers);
}

/** The moments at which there are more resets to look back over than before: one that several look back over counts once. */
export function resetsIn(values: Values, { fromMs, stepMs }: Grid): readonly number[] {
  return values.flatMap((value, index) => ((value ?? 0) > (values[index - 1] ?? 0) ? [fromMs + index * stepMs] : []));
}

/** The grid's last moment with the same local time, `days` days before. */
export function momentBefore(grid: Grid, days: number): Grid {
  return { fromMs: daysBefore(endOf(grid), days), stepMs: grid.stepMs, count: 1 };
}

/** What each namespace came to over the whole grid. */
export async function loadTotals(settings: EnvironmentSettings, grid: Grid, ask: AskRange): Promise<Totals> {
  const endMs = endOf(grid);
  const queries = tableQueries(settings, endMs - grid.fromMs) ?? {};
  const at = { fromMs: endMs, stepMs: grid.stepMs, count: 1 };
  const { by, latencyBy = by } = settings.metrics ?? {};
  const read = async (name: TableName, label: string | undefined) => {
    const query = queries[name];
    return query === undefined ? [] : ([[name, valuesBy(await ask(query, at), label)]] as const);
  };
  const found = await Promise.all([
    read('hits', by),
    read('misses', by),
    read('p95', latencyBy),
    read('meanCached', latencyBy),
    read('meanUncached', latencyBy),
  ]);
  return Object.fromEntries(found.flat());
}

function valuesBy(all: readonly Labelled[], label: string | undefined): ReadonlyMap<string, number> {
  return new Map(
    all.flatMap((one) => {
      const [value] = one.points.values;
      return value === undefined || !Number.isFinite(value) ? [] : [[nameOf(one, label), value] as const];
    }),
  );
}
