import type { EnvironmentSettings } from '../environment/schema.ts';
import { formatDuration, formatRatio } from '../format.ts';
import type { Measured, NamespaceRates, Rates } from './load.ts';
import type { Chart, ChartLimit, ChartSeries, ChartState, ColorName } from './model.ts';
import type { RangeName, RangeQueries } from './queries.ts';
import { rateWindowMs } from './range.ts';
import type { Grid } from './range.ts';
import { combine, isEmpty, largest, shareOf, sumOf, totalOf } from './series.ts';
import type { Values } from './series.ts';
import type { Writes } from './writes.ts';

/** What the charts of the application's metrics are made of. */
export interface AppInput {
  readonly settings: EnvironmentSettings;
  readonly grid: Grid;
  readonly rates: Rates;
  readonly measured: Measured;
  readonly resets: readonly number[];
  readonly queries: RangeQueries | undefined;
  /** `Prometheus` */
  readonly source: string;
  /** Whose lookups these are: those of Redis are never passed off as the application's. */
  readonly counted: 'application' | 'keyspace';
  readonly writes?: Writes | undefined;
  /** Why what is asked for by this name was not read; undefined where it was. */
  readonly whyNot?: ((name: RangeName) => string | undefined) | undefined;
  /** What is measured is still being read. */
  readonly loading: boolean;
}

/** As many namespaces as there are colours to tell them apart; the others are one line. */
const mostNamespaces = 6;
const colors: readonly ColorName[] = ['blue', 'green', 'orange', 'purple', 'red', 'yellow'];

/** In the place of all of them, where nothing was counted anywhere yet. */
export function nothingCounted(): Chart {
  return {
    id: 'hitRate',
    title: 'Hit rate',
    source: 'no source yet',
    unit: 'ratio',
    wide: true,
    series: [],
    limits: [],
    resets: [],
    queries: [],
    state: {
      kind: 'empty',
      why: 'No lookups were counted in this range.',
      next: 'Name prometheus and metrics in the environment, or keep this page open: Redis’ own counters are recorded meanwhile.',
      action: 'openSettings',
    },
  };
}

/** The charts of hit rate, namespaces, lookups and latency, in the order in which they are shown. */
export function appCharts(input: AppInput): readonly Chart[] {
  // Only Prometheus measures latencies.
  const latency = input.queries ? latencyChart(input) : undefined;
  const charts = [hitRateChart(input), namespaceChart(input), lookupChart(input), latency];
  return charts.filter((chart) => chart !== undefined);
}

function base({ grid, source, resets, rates }: AppInput) {
  return {
    source: `${source}, rate over ${formatDuration(rateWindowMs(grid))}${rates.missesUnknown ? '; misses unknown' : ''}`,
    limits: [],
    resets,
    state: rates.namespaces.length === 0 ? noSeries : ready,
  };
}

const ready: ChartState = { kind: 'ready' };
const noSeries: ChartState = {
  kind: 'empty',
  why: 'Prometheus has no samples of these metrics in this range.',
  next: 'Check metrics.hits and metrics.misses of the environment, its prometheus.job, and that the target is up.',
  action: 'openSettings',
};
const noTraffic: ChartState = {
  kind: 'empty',
  why: 'There was no traffic in this range, so there is no rate.',
  next: 'Choose a longer range.',
};

/** Of what is a share of the lookups. */
function stateOf(input: AppInput): ChartState {
  const { state } = base(input);
  return state.kind === 'ready' && isEmpty(shareOf(input.rates.hits, input.rates.misses)) ? noTraffic : state;
}

export function hitRateLimitLines({ limits }: EnvironmentSettings): readonly ChartLimit[] {
  const { warning, critical } = limits?.hitRate ?? {};
  return [...lowest(warning, 'warning', 'target'), ...lowest(critical, 'critical', 'critical')];
}

function lowest(value: number | undefined, tone: ChartLimit['tone'], words: string): readonly ChartLimit[] {
  return value === undefined ? [] : [{ label: `${words} ${formatRatio(value)}`, value, tone, bad: 'below' }];
}

function hitRateChart(input: AppInput): Chart {
  const { rates, measured, queries, settings } = input;
  const all = shareOf(rates.hits, rates.misses);
  const common = base(input);
  return {
    ...common,
    id: 'hitRate',
    title: input.counted === 'keyspace' ? 'Keyspace hit rate' : 'Hit rate',
    unit: 'ratio',
    wide: true,
    limits: hitRateLimitLines(settings),
    state: stateOf(input),
    series: [
      { id: 'all', label: 'Hit rate', values: all, color: 'blue' },
      ...kindLine(measured.exact, 'exact', 'green'),
      ...kindLine(measured.semantic, 'semantic', 'purple'),
    ],
    queries: listed(queries, {
      hits: 'hits a second',
      misses: 'misses a second',
      exact: 'exact',
      semantic: 'semantic',
    }),
  };
}

function kindLine(values: Values | undefined, id: string, color: ColorName): readonly ChartSeries[] {
  return values === undefined || isEmpty(values) ? [] : [{ id, label: id, values, color }];
}

function namespaceChart(input: AppInput): Chart | undefined {
  const { rates, settings, queries } = input;
  if (settings.metrics?.by === undefined || input.counted === 'keyspace') return undefined;
  const weighed = rates.namespaces.map((one) => ({ ...one, weight: totalOf(one.hits) + totalOf(one.misses) }));
  const { shown, rest } = largest(weighed, mostNamespaces);
  const others: readonly ChartSeries[] =
    rest.length === 0
      ? []
      : [
          {
            id: '\u0000rest',
            label: `${rest.length} others`,
            values: shareOf(sumOf(rest.map(({ hits }) => hits)), sumOf(rest.map(({ misses }) => misses))),
            color: 'grey',
          },
        ];
  return {
    ...base(input),
    id: 'namespaces',
    title: `Hit rate by ${settings.metrics.by}`,
    unit: 'ratio',
    state: stateOf(input),
    series: [...shown.map(namespaceLine), ...others],
    queries: listed(queries, { hits: 'hits a second', misses: 'misses a second' }),
  };
}

function namespaceLine(one: NamespaceRates, index: number): ChartSeries {
  return {
    id: one.name,
    label: one.name,
    values: shareOf(one.hits, one.misses),
    color: colors[index % colors.length] ?? 'blue',
    dashed: index >= colors.length,
  };
}

function lookupChart(input: AppInput): Chart {
  const { rates, queries, writes } = input;
  const common = base(input);
  const misses: ChartSeries = { id: 'misses', label: 'Misses', values: rates.misses, color: 'orange', filled: true };
  const written: readonly ChartSeries[] = writes
    ? [{ id: 'writes', label: writes.label, values: writes.values, color: 'purple' }]
    : [];
  return {
    ...common,
    id: 'lookups',
    title: writes ? 'Hits, misses and writes' : 'Hits and misses',
    source: writes?.source === undefined ? common.source : `${common.source}; writes: ${writes.source}`,
    unit: 'perSecond',
    series: [
      { id: 'hits', label: 'Hits', values: rates.hits, color: 'green', filled: true },
      ...(rates.missesUnknown ? [] : [misses]),
      ...written,
    ],
    queries: [
      ...listed(queries, { hits: 'hits a second', misses: 'misses a second' }),
      ...(writes?.query === undefined ? [] : [{ label: 'writes a second', query: writes.query }]),
    ],
  };
}

const notMeasured: ChartState = {
  kind: 'empty',
  why: 'The environment names no histogram of latencies.',
  next: 'Set metrics.latency, and metrics.cached to tell cached answers from computed ones.',
  action: 'openSettings',
};

function latencyChart(input: AppInput): Chart {
  const { measured, settings, loading, queries } = input;
  const { p95, p50, p95cached, p50cached, p95uncached, p50uncached, meanCached, meanUncached } = measured;
  const series: ChartSeries[] = [];
  const add = (values: Values | undefined, id: string, label: string, look: Partial<ChartSeries>): void => {
    if (values && !isEmpty(values)) series.push({ id, label, values, color: 'blue', ...look });
  };
  add(p95, 'p95', 'p95', { color: 'blue' });
  add(p50, 'p50', 'p50', { color: 'blue', dashed: true });
  add(p95uncached, 'p95uncached', 'p95 uncached', { color: 'orange' });
  add(p50uncached, 'p50uncached', 'p50 uncached', { color: 'orange', dashed: true });
  add(p95cached, 'p95cached', 'p95 cached', { color: 'green' });
  add(p50cached, 'p50cached', 'p50 cached', { color: 'green', dashed: true });
  if (meanCached && meanUncached) {
    const saved = combine(meanUncached, meanCached, (slow, fast) => slow - fast);
    add(saved, 'saved', 'saved a hit (means)', { color: 'purple' });
  }
  const limit = settings.limits?.p95;
  const common = base(input);
  const state: ChartState =
    settings.metrics?.latency === undefined
      ? notMeasured
      : loading
        ? { kind: 'loading' }
        : series.length > 0
          ? ready
          : noLatency(input);
  return {
    ...common,
    id: 'latency',
    title: 'Latency',
    unit: 'seconds',
    log: true,
    limits:
      limit === undefined
        ? []
        : [{ label: `p95 at most ${limit} ms`, value: limit / 1000, tone: 'warning', bad: 'above' }],
    state,
    series,
    queries: listed(queries, {
      p95: 'p95',
      p50: 'p50',
      p95uncached: 'p95 uncached',
      p50uncached: 'p50 uncached',
      p95cached: 'p95 cached',
      p50cached: 'p50 cached',
      meanUncached: 'mean uncached',
      meanCached: 'mean cached',
    }),
  };
}

const latencyNames = ['p95', 'p95cached', 'p95uncached', 'p50', 'p50cached', 'p50uncached'] as const;

/** Why no latency is drawn, which is not always that there was no traffic. */
function noLatency(input: AppInput): ChartState {
  const refused = latencyNames.map((name) => input.whyNot?.(name)).find((why) => why !== undefined);
  if (refused !== undefined) return { kind: 'failed', message: `Not read: ${refused}` };
  const state = stateOf(input);
  return state.kind === 'ready' ? noSamples : state;
}

const noSamples: ChartState = {
  kind: 'empty',
  why: 'Prometheus has no samples of this histogram in this range, although there was traffic.',
  next: 'Check metrics.latency of the environment, and metrics.cached.',
  action: 'openSettings',
};

function listed(queries: RangeQueries | undefined, names: Readonly<Partial<Record<keyof RangeQueries, string>>>) {
  return Object.entries(names).flatMap(([name, label]) => {
    const query = Object.entries(queries ?? {}).find(([known]) => known === name)?.[1];
    return query === undefined ? [] : [{ label, query }];
  });
}
