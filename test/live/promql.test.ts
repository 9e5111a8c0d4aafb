import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import * as promql from '../../src/core/metrics/promql.ts';
import type { CacheMetrics, Scope } from '../../src/core/metrics/promql.ts';
import { ask } from '../sandbox/ask.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import type { PrometheusServer } from '../sandbox/prometheus.ts';
import { counter, rising, writeKnownHistory } from './support/knownHistory.ts';
import type { KnownCounter } from './support/knownHistory.ts';

const cache: CacheMetrics = {
  job: 'shop',
  metrics: {
    hits: 'shop_hits_total',
    misses: 'shop_misses_total',
    by: 'namespace',
    kind: { label: 'kind', exact: 'exact', semantic: 'semantic' },
    latency: 'shop_seconds',
    cached: 'cached',
    requests: 'shop_requests_total',
    errors: 'shop_requests_total{status=~"5.."}',
  },
};

const times = 60;

/** One exact and one semantic counter of hits, and misses, as in each step of 15 s. */
const history: readonly KnownCounter[] = [
  counter('shop_hits_total', { namespace: 'search', kind: 'exact' }, rising(6, times)),
  counter('shop_hits_total', { namespace: 'search', kind: 'semantic' }, rising(3, times)),
  counter('shop_misses_total', { namespace: 'search' }, rising(3, times)),
  counter('shop_hits_total', { namespace: 'summary', kind: 'exact' }, rising(4, times)),
  counter('shop_misses_total', { namespace: 'translate' }, rising(8, times)),
  counter('shop_hits_total', { namespace: 'idle', kind: 'exact' }, rising(0, times)),
  counter('shop_misses_total', { namespace: 'idle' }, rising(0, times)),
  counter('shop_hits_total', { namespace: 'restarted', kind: 'exact' }, rising(6, times, 8)),
  counter('shop_misses_total', { namespace: 'restarted' }, rising(6, times, 8)),
  counter('shop_hits_total', { namespace: 'search', kind: 'exact' }, rising(500, times), 'elsewhere'),
  counter('shop_requests_total', { status: '200' }, rising(90, times)),
  counter('shop_requests_total', { status: '503' }, rising(10, times)),
];

const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

describe('the questions put to Prometheus about a cache whose past is known', function () {
  this.timeout(60_000);
  let folder: string;
  let server: PrometheusServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-promql-'));
    await writeKnownHistory(folder, history);
    server = await startPrometheus({ folder, targets: [] });
  });
  after(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const scope: Scope = { window: 300_000 };

  /** By the value of `label`, or by '' where there is none. */
  async function values(expression: string | undefined, label = 'namespace'): Promise<Record<string, number>> {
    assert.ok(expression);
    const { body } = await ask(`${server.url}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`);
    const { data } = answer.parse(JSON.parse(body), { error: () => body });
    return Object.fromEntries(data.result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]));
  }

  /** Prometheus extrapolates to the borders of the window; a share is the same but for what a reset costs. */
  function near(actual: Record<string, number>, expected: Record<string, number>, by = 0.01): void {
    assert.deepEqual(Object.keys(actual).toSorted(), Object.keys(expected).toSorted());
    for (const [key, value] of Object.entries(expected))
      assert.ok(Math.abs((actual[key] ?? Infinity) - value) <= by, `${key}: ${actual[key]} and not ${value}`);
  }

  it('count a missing series as none, pass over a restart, and keep to the job', async () => {
    near(await values(promql.hitRate(cache, { ...scope, by: 'namespace' })), {
      search: 0.75,
      summary: 1,
      translate: 0,
      restarted: 0.5,
    });
    const lookupsOfStep = 12 + 4 + 8 + 12;
    near(await values(promql.hitRate(cache, scope)), { '': (9 + 4 + 6) / lookupsOfStep });
    near(await values(promql.lookupsPerSecond(cache, scope)), { '': lookupsOfStep / 15 }, 0.2);
  });

  it('tell no traffic from no data', async () => {
    const of = (namespace: string): Scope => ({ ...scope, only: { namespace } });
    assert.deepEqual(await values(promql.hitRate(cache, of('idle'))), {});
    assert.deepEqual(await values(promql.lookupsPerSecond(cache, of('idle'))), { '': 0 });
    assert.deepEqual(await values(promql.hitRate(cache, of('unheard of'))), {});
    assert.deepEqual(await values(promql.lookupsPerSecond(cache, of('unheard of'))), {});
  });

  it('tell exact hits from semantic ones, as shares that add up to the hit rate', async () => {
    const by = { ...scope, by: 'namespace' };
    const exact = await values(promql.hitRateOfKind(cache, 'exact', by));
    const semantic = await values(promql.hitRateOfKind(cache, 'semantic', by));
    near(exact, { search: 0.5, summary: 1, translate: 0, restarted: 0.5 });
    near(semantic, { search: 0.25, summary: 0, translate: 0, restarted: 0 });
  });

  it('count what happened in the window, not since the last restart', async () => {
    const [hits, misses] = await Promise.all([
      values(promql.hitCount(cache, { ...scope, by: 'namespace' })),
      values(promql.missCount(cache, { ...scope, by: 'namespace' })),
    ]);
    near(hits, { search: 180, summary: 80, translate: 0, idle: 0, restarted: 120 }, 20);
    near(misses, { search: 60, summary: 0, translate: 160, idle: 0, restarted: 120 }, 20);
  });

  it('give the share of failed requests, and none where nothing is measured', async () => {
    near(await values(promql.errorRate(cache, scope)), { '': 0.1 });
    const noErrors = { ...cache, metrics: { ...cache.metrics, errors: 'shop_requests_total{status="599"}' } };
    near(await values(promql.errorRate(noErrors, scope)), { '': 0 });
    assert.deepEqual(await values(promql.latencyQuantile(cache, 0.95, { ...scope, answered: 'cached' })), {});
    assert.deepEqual(await values(promql.latencyMean(cache, scope)), {});
  });

  it('are valid over a range and as the expression of an alert', async () => {
    const expressions = [
      promql.hitRate(cache, { window: promql.windowOfStep(60_000, 15_000), by: 'namespace' }),
      promql.latencyQuantile(cache, 0.99, { ...scope, answered: 'uncached', by: 'tool' }),
      `${promql.hitRate(cache, scope)} < 0.6`,
      `${promql.lookupsPerSecond(cache, scope)} * 60 > 1`,
    ];
    const now = Date.now() / 1000;
    for (const query of expressions) {
      assert.ok(query);
      const parameters = new URLSearchParams({ query, start: String(now - 600), end: String(now), step: '60' });
      const { status, body } = await ask(`${server.url}/api/v1/query_range?${parameters.toString()}`);
      assert.equal(status, 200, body);
    }
  });
});
