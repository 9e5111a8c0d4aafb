import type { EnvironmentSettings } from '../../../environment/schema.ts';

type Metrics = NonNullable<EnvironmentSettings['metrics']>;

/** Where a document names no window. */
const WINDOW_MS = 300_000;

export interface LatencyQuery {
  readonly latency: string;
  readonly cached: string | undefined;
  readonly scope: 'cached' | 'uncached' | undefined;
  readonly windowMs: number | undefined;
}

/** Hits of all look-ups in the window. Counts a missing series as none; no traffic gives no value, never 0. */
export function hitRateQuery(metrics: Metrics, windowMs: number | undefined, namespace: string | undefined): string {
  const filter = namespace === undefined || metrics.by === undefined ? '' : `${metrics.by}="${namespace}"`;
  const hits = `sum(increase(${withFilter(metrics.hits, filter)}[${range(windowMs)}]))`;
  const misses = `sum(increase(${withFilter(metrics.misses, filter)}[${range(windowMs)}]))`;
  const total = `((${hits} or vector(0)) + (${misses} or vector(0)))`;
  return `(${hits} or 0 * ${misses}) / (${total} > 0)`;
}

export function errorRateQuery(requests: string, errors: string, windowMs: number | undefined): string {
  const failed = `sum(increase(${errors}[${range(windowMs)}]))`;
  const all = `sum(increase(${requests}[${range(windowMs)}]))`;
  return `(${failed} or 0 * ${all}) / (${all} > 0)`;
}

export function quantileQuery(quantile: number, { latency, cached, scope, windowMs }: LatencyQuery): string {
  const buckets = withFilter(suffixed(latency, '_bucket'), scopeFilter(cached, scope));
  return `histogram_quantile(${quantile}, sum by (le) (rate(${buckets}[${range(windowMs)}])))`;
}

export function averageQuery({ latency, cached, scope, windowMs }: LatencyQuery): string {
  const filter = scopeFilter(cached, scope);
  const sum = `sum(rate(${withFilter(suffixed(latency, '_sum'), filter)}[${range(windowMs)}]))`;
  const count = `sum(rate(${withFilter(suffixed(latency, '_count'), filter)}[${range(windowMs)}]))`;
  return `${sum} / (${count} > 0)`;
}

export function missesQuery({ misses }: Metrics): string {
  return `sum(rate(${misses}[5m]))`;
}

export function throughputQuery({ requests }: Metrics): string | undefined {
  return requests === undefined ? undefined : `sum(rate(${requests}[5m]))`;
}

function scopeFilter(cached: string | undefined, scope: LatencyQuery['scope']): string {
  if (cached === undefined || scope === undefined) return '';
  return `${cached}${scope === 'cached' ? '=~' : '!~'}"(?i:true|1|yes|hit)"`;
}

/** `name{a="b"}` with one more matcher. */
function withFilter(metric: string, filter: string): string {
  if (filter === '') return metric;
  const brace = metric.indexOf('{');
  if (brace < 0) return `${metric}{${filter}}`;
  const inner = metric
    .slice(brace + 1, -1)
    .trim()
    .replace(/,$/, '');
  return `${metric.slice(0, brace)}{${inner === '' ? '' : `${inner},`}${filter}}`;
}

function suffixed(metric: string, suffix: string): string {
  const brace = metric.indexOf('{');
  return brace < 0 ? metric + suffix : metric.slice(0, brace) + suffix + metric.slice(brace);
}

function range(windowMs: number | undefined): string {
  return `${Math.max(1, Math.round((windowMs ?? WINDOW_MS) / 1000))}s`;
}
