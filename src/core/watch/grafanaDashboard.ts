import type { Environment } from '../environment/environment.ts';
import * as promql from '../metrics/promql.ts';
import type { CacheMetrics } from '../metrics/promql.ts';
import type { Json } from '../operations/kind.ts';

/** Uids of Grafana are at most 40 characters of these kinds. */
export function grafanaUid({ name }: Environment): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z\d_-]+/g, '-')
    .slice(0, 20);
  return `cache-ops-${slug}-${hashOf(name)}`;
}

/** Names that look the same as slugs are told apart. */
function hashOf(name: string): string {
  let hash = 0;
  for (const character of name) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash.toString(36).padStart(7, '0');
}

export function dashboardTitle({ name }: Environment): string {
  return `Cache: ${name}`;
}

interface Line {
  readonly expr: string | undefined;
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly unit: 'percentunit' | 's' | 'ops';
  readonly lines: readonly Line[];
  /** Where it turns bad, and which way. */
  readonly limits?: readonly { readonly value: number; readonly color: 'yellow' | 'red'; readonly below?: boolean }[];
}

/**
 * A dashboard of the metrics the environment names, in the JSON of Grafana's dashboards. Undefined where it names none.
 * What a panel would need and the settings do not say, has no panel.
 */
export function dashboardOf(environment: Environment, dataSource: string): Json | undefined {
  const cache = promql.cacheMetricsOf(environment.settings);
  if (!cache) return undefined;
  const panels = panelsOf(cache, environment);
  return {
    uid: grafanaUid(environment),
    title: dashboardTitle(environment),
    tags: ['cache-ops'],
    timezone: 'browser',
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    panels: panels.map((panel, index) => panelJson(panel, index, dataSource)),
  };
}

function panelsOf(cache: CacheMetrics, { settings }: Environment): readonly Panel[] {
  const { by, kind, cached } = cache.metrics;
  const { limits } = settings;
  const scope = { window: '$__rate_interval' } as const;
  const quantile = (share: number, answered?: 'cached' | 'uncached'): string | undefined =>
    promql.latencyQuantile(cache, share, { ...scope, answered });
  const p95 = limits?.p95 === undefined ? [] : [{ value: limits.p95 / 1000, color: 'red' as const }];
  const hitRate = [
    ...(limits?.hitRate?.critical === undefined
      ? []
      : [{ value: limits.hitRate.critical, color: 'red' as const, below: true }]),
    ...(limits?.hitRate?.warning === undefined
      ? []
      : [{ value: limits.hitRate.warning, color: 'yellow' as const, below: true }]),
  ];
  const all: readonly Panel[] = [
    {
      title: 'Hit rate',
      description: 'The share of look-ups that were hits. No line: no traffic, or no data.',
      unit: 'percentunit',
      lines: [
        { expr: promql.hitRate(cache, scope), legend: 'all' },
        { expr: kind && promql.hitRateOfKind(cache, 'exact', scope), legend: 'exact' },
        { expr: kind && promql.hitRateOfKind(cache, 'semantic', scope), legend: 'semantic' },
      ],
      limits: hitRate,
    },
    {
      title: `Hit rate by ${by}`,
      description: 'The share of look-ups that were hits.',
      unit: 'percentunit',
      lines: [{ expr: by && promql.hitRate(cache, { ...scope, by }), legend: `{{${by}}}` }],
      limits: hitRate,
    },
    {
      title: 'Look-ups',
      description: 'Per second.',
      unit: 'ops',
      lines: [
        { expr: promql.hitsPerSecond(cache, scope), legend: 'hits' },
        { expr: promql.missesPerSecond(cache, scope), legend: 'misses' },
      ],
    },
    {
      title: 'Latency',
      description: 'Of all calls.',
      unit: 's',
      lines: [
        { expr: quantile(0.5), legend: 'p50' },
        { expr: quantile(0.95), legend: 'p95' },
        { expr: quantile(0.99), legend: 'p99' },
      ],
      limits: p95,
    },
    {
      title: 'p95 latency with and without the cache',
      description: 'What the cache saves.',
      unit: 's',
      lines: [
        { expr: cached && quantile(0.95, 'cached'), legend: 'cached' },
        { expr: cached && quantile(0.95, 'uncached'), legend: 'not cached' },
      ],
      limits: p95,
    },
    {
      title: 'Error rate',
      description: 'The share of requests that failed.',
      unit: 'percentunit',
      lines: [{ expr: promql.errorRate(cache, scope), legend: 'errors' }],
      limits: limits?.errorRate === undefined ? [] : [{ value: limits.errorRate, color: 'red' }],
    },
  ];
  return all.filter(({ lines }) => lines.some(({ expr }) => expr !== undefined));
}

const columns = 2;
const width = 12;
const height = 8;

function panelJson({ title, description, unit, lines, limits = [] }: Panel, index: number, dataSource: string): Json {
  const datasource = { type: 'prometheus', uid: dataSource };
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    description,
    datasource,
    gridPos: { x: (index % columns) * width, y: Math.floor(index / columns) * height, w: width, h: height },
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(unit === 'percentunit' ? { max: 1 } : {}),
        thresholds: { mode: 'absolute', steps: thresholdSteps(limits) },
        custom: { thresholdsStyle: { mode: limits.length > 0 ? 'dashed' : 'off' }, spanNulls: false },
      },
      overrides: [],
    },
    targets: lines
      .filter(({ expr }) => expr !== undefined)
      .map(({ expr, legend }, line) => ({
        refId: String.fromCodePoint(65 + line),
        datasource,
        expr,
        legendFormat: legend,
      })),
  };
}

/** Grafana's steps begin at a value and go up; the first has none. */
function thresholdSteps(limits: NonNullable<Panel['limits']>): Json {
  const [first] = limits;
  if (first?.below !== true)
    return [{ color: 'green', value: null }, ...limits.map(({ value, color }) => ({ color, value }))];
  const ascending = limits.toSorted((a, b) => a.value - b.value);
  const startOf = (index: number): number | null => ascending[index - 1]?.value ?? null;
  const bad = ascending.map(({ color }, index) => ({ color, value: startOf(index) }));
  return [...bad, { color: 'green', value: startOf(ascending.length) }];
}
