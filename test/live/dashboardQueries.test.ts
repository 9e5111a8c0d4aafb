import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { captureBaseline } from '../../src/core/baseline/capture.ts';
import type { Capture, CaptureRequest } from '../../src/core/baseline/capture.ts';
import { DashboardSource } from '../../src/clients/dashboardSource.ts';
import { loadMeasured, loadRates, loadTotals, resetsIn } from '../../src/core/dashboard/load.ts';
import type { AskRange } from '../../src/core/dashboard/load.ts';
import { wholeHitRate } from '../../src/core/dashboard/queries.ts';
import { endOf, gridOf, rateWindowMs, timesOf } from '../../src/core/dashboard/range.ts';
import type { Grid } from '../../src/core/dashboard/range.ts';
import { shareOf } from '../../src/core/dashboard/series.ts';
import { Recording } from '../../src/core/dashboard/recording.ts';
import type { Chart, View } from '../../src/core/dashboard/model.ts';
import { loadView } from '../../src/core/dashboard/view.ts';
import type { ViewRequest } from '../../src/core/dashboard/view.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import { readEnvironments } from '../../src/core/environment/read.ts';
import { OpsError } from '../../src/core/errors.ts';
import { weekBefore } from '../sandbox/deployments.ts';
import { sampleMetrics } from '../sandbox/environments.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import type { PrometheusServer } from '../sandbox/prometheus.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-dashboard');
const never = new AbortController().signal;
const range = { kind: 'live', spanMs: 7 * 86_400_000 } as const;

function environmentAt(url: string, metrics: object = {}): Environment {
  const settings = {
    prometheus: { url, job: 'information-desk' },
    metrics: {
      ...sampleMetrics,
      ...metrics,
    },
    prices: { currency: 'EUR', perCall: 0.01 },
  };
  const { environments, problems } = readEnvironments({ desk: settings }, undefined);
  const [environment] = environments;
  assert.ok(environment, problems.map(({ message }) => message).join());
  return environment;
}

describe('A dashboard’s queries, against a week of history', function () {
  this.timeout(120_000);
  let server: PrometheusServer;
  let environment: Environment;
  let ask: AskRange;
  let grid: Grid;

  before(async () => {
    await rm(folder, { recursive: true, force: true });
    server = await startPrometheus({ folder, targets: [], history: weekBefore(12) });
    environment = environmentAt(server.url);
    ask = askerOf(environment);
    grid = gridOf(range, Date.now(), 1000);
  });

  after(() => server.stop());

  function askerOf(one: Environment): AskRange {
    const made = new DashboardSource(one, () => Promise.resolve(undefined)).asker(never);
    assert.ok(made);
    return made;
  }

  /** What the API itself says, read without any code of ours: by time, for each value of a label. */
  async function fromApi(query: string, label = ''): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
    const parameters = {
      query,
      start: String(grid.fromMs / 1000),
      end: String(endOf(grid) / 1000),
      step: String(grid.stepMs / 1000),
    };
    const response = await fetch(`${server.url}/api/v1/query_range`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    const body: {
      data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
    } = JSON.parse(await response.text());
    return new Map(
      body.data.result.map(({ metric, values }) => [
        metric[label] ?? '',
        new Map(values.map(([seconds, value]) => [seconds * 1000, Number(value)])),
      ]),
    );
  }

  function assertSame(ours: readonly (number | null)[], theirs: ReadonlyMap<number, number> | undefined): void {
    let compared = 0;
    for (const [index, atMs] of timesOf(grid).entries()) {
      const [own = null, api] = [ours[index], theirs?.get(atMs)];
      if (api === undefined || Number.isNaN(api)) assert.equal(own, null, new Date(atMs).toISOString());
      else {
        assert.ok(own !== null && Math.abs(own - api) <= 1e-9 * Math.max(1, Math.abs(api)), `${own} is not ${api}`);
        compared += 1;
      }
    }
    assert.ok(compared > 600, `only ${compared} values were compared`);
  }

  /** The same of one moment. */
  async function fromApiAt(atMs: number, query: string): Promise<readonly { name: string; value: number }[]> {
    const parameters = new URLSearchParams({ query, time: String(atMs / 1000) });
    const response = await fetch(`${server.url}/api/v1/query?${parameters.toString()}`);
    const body: { data: { result: { metric: { namespace?: string }; value: [number, string] }[] } } = JSON.parse(
      await response.text(),
    );
    return body.data.result.map(({ metric, value }) => ({ name: metric.namespace ?? '', value: Number(value[1]) }));
  }

  function viewOf(more: Partial<ViewRequest>): Promise<View> {
    return loadView({
      settings: environment.settings,
      range,
      grid,
      ask,
      recording: Recording.empty(),
      markers: () => Promise.resolve([]),
      troubles: [],
      overlay: undefined,
      nowMs: () => Date.now(),
      ...more,
    });
  }

  function capture(more: Partial<CaptureRequest>): Promise<Capture> {
    return captureBaseline({
      environment,
      toMs: Date.now(),
      windowMs: 3_600_000,
      ask,
      recording: Recording.empty(),
      redisRunIds: [],
      happened: [],
      ...more,
    });
  }

  it('give the hit rate that Prometheus itself reckons, to 1e-9, as a whole and by namespace', async () => {
    const rates = await loadRates(environment.settings, grid, ask);
    assert.ok(rates);
    const whole = await fromApi(wholeHitRate(environment.settings, rateWindowMs(grid)) ?? '');
    assertSame(shareOf(rates.hits, rates.misses), whole.get(''));
    const parts = await fromApi(wholeHitRate(environment.settings, rateWindowMs(grid), 'namespace') ?? '', 'namespace');
    assert.deepEqual(rates.namespaces.map(({ name }) => name).toSorted(), [...parts.keys()].toSorted());
    for (const { name, hits, misses } of rates.namespaces) assertSame(shareOf(hits, misses), parts.get(name));
  });

  it('give quantiles, and hits exact and semantic, as Prometheus does', async () => {
    const measured = await loadMeasured(environment.settings, grid, ask, ['p95cached', 'exact', 'semantic']);
    const window = `${rateWindowMs(grid) / 1000}s`;
    const p95 = `histogram_quantile(0.95, sum by (le) (rate(tool_run_seconds_bucket{job="information-desk",cached="true"}[${window}])))`;
    assertSame(measured.p95cached ?? [], (await fromApi(p95)).get(''));
    const rates = await loadRates(environment.settings, grid, ask);
    const whole = shareOf(rates?.hits ?? [], rates?.misses ?? []);
    for (const [index, value] of whole.entries()) {
      const parts = (measured.exact?.[index] ?? 0) + (measured.semantic?.[index] ?? 0);
      assert.ok(Math.abs((value ?? 0) - parts) < 1e-9, `${value} is not ${parts}`);
    }
  });

  it('total what each namespace had, as increase() does', async () => {
    const totals = await loadTotals(environment.settings, grid, ask);
    const seconds = (endOf(grid) - grid.fromMs) / 1000;
    const query = `sum by (namespace) (increase(tool_cache_hits_total{job="information-desk"}[${seconds}s]))`;
    const known = await fromApiAt(endOf(grid), query);
    assert.equal(known.length, 5);
    for (const { name, value } of known) assert.ok(Math.abs((totals.hits?.get(name) ?? 0) / value - 1) < 1e-9);
  });

  it('make a whole view: every nightly restart marked once, the dips seen, what was saved', async () => {
    const partial: Chart[] = [];
    const view = await viewOf({
      onPartial: (early) => {
        partial.push(...early.charts);
        return Promise.resolve();
      },
    });
    const chart = view.charts.find(({ id }) => id === 'hitRate');
    const [early, ...others] = partial;
    assert.deepEqual([early?.id, early?.state.kind, others], ['hitRate', 'ready', []]);
    // Summed by Prometheus first, then from the namespaces.
    const [first, then] = [early, chart].map((one) => one?.series[0]?.values ?? []);
    assert.ok(first?.length === grid.count && then);
    for (const [index, value] of first.entries())
      assert.ok(
        value === then[index] || Math.abs((value ?? 1) - (then[index] ?? 0)) < 1e-9,
        `${index}: ${value} and ${then[index]}`,
      );
    assert.equal(chart?.resets.length, 7, chart?.resets.map((at) => new Date(at).toISOString()).join(' '));
    for (const at of chart?.resets ?? []) assert.ok(at % 86_400_000 <= grid.stepMs + 120_000);
    assert.ok(Math.min(...(chart?.series[0]?.values ?? []).map((value) => value ?? 1)) < 0.6);
    assert.deepEqual(view.sources, []);
    const [row] = view.table.rows;
    assert.equal(row?.name, 'search');
    assert.ok(row?.savedSeconds && row.hits && Math.abs(row.savedSeconds / row.hits - 0.0564) < 0.002);
    assert.ok(row?.savedMoney && Math.abs(row.savedMoney / row.hits - 0.01) < 1e-12);
  });

  for (const hours of [1, 6, 24])
    it(`mark the nightly restart once in ${hours} h around it, however short the steps are`, async () => {
      const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000;
      const fromMs = midnight - hours * 1_800_000;
      const around = gridOf({ kind: 'fixed', fromMs, toMs: fromMs + hours * 3_600_000 }, Date.now(), 1000);
      const { resets } = await loadMeasured(environment.settings, around, ask, ['resets']);
      const [at = 0, ...others] = resetsIn(resets ?? [], around);
      assert.deepEqual(others, []);
      assert.ok(Math.abs(at - midnight) <= around.stepMs + 60_000, new Date(at).toISOString());
    });

  it('make a baseline of what Prometheus says of the window, to 1e-9, with its samples', async () => {
    // Half an hour after the restart of the night before, so that the window is not a warm one.
    const toMs = (Math.floor(Date.now() / 86_400_000) - 1) * 86_400_000 + 1_800_000;
    const { baseline, absent } = await capture({ toMs });
    const atEnd = async (query: string): Promise<number> => (await fromApiAt(toMs, query))[0]?.value ?? Number.NaN;
    const job = '{job="information-desk"}';
    const [hits, misses] = [
      `sum(rate(tool_cache_hits_total${job}[1h]))`,
      `sum(rate(tool_cache_misses_total${job}[1h]))`,
    ];
    const known = {
      hitRate: await atEnd(`${hits} / (${hits} + ${misses})`),
      requests: await atEnd(`${hits} + ${misses}`),
      p95: await atEnd(`histogram_quantile(0.95, sum by (le) (rate(tool_run_seconds_bucket${job}[1h])))`),
      p95cached: await atEnd(
        'histogram_quantile(0.95, sum by (le) (rate(tool_run_seconds_bucket{job="information-desk",cached="true"}[1h])))',
      ),
      mean: await atEnd(`sum(rate(tool_run_seconds_sum${job}[1h])) / sum(rate(tool_run_seconds_count${job}[1h]))`),
    };
    const samples = await atEnd(`max(count_over_time(tool_cache_hits_total${job}[1h]))`);
    for (const [id, value] of Object.entries(known)) {
      const figure = baseline.figures.find((one) => one.id === id);
      assert.ok(figure && Math.abs(figure.value / value - 1) < 1e-9, `${id}: ${figure?.value} is not ${value}`);
      assert.equal(figure.samples, samples);
    }
    assert.deepEqual(absent, []);
    assert.deepEqual(baseline.warmUp.disturbances, ['Counters of the application began anew: it was started again.']);
    const view = await viewOf({ baseline: () => Promise.resolve(baseline), overlay: 'baseline' });
    const words = view.tiles.map(({ id, compared }) => `${id}: ${compared.map(({ label }) => label).join()}`);
    assert.ok(words.includes('hitRate: last week,baseline') || words.includes('hitRate: baseline'), words.join('; '));
    const drawn = view.charts
      .flatMap(({ series }) => series.map(({ id }) => id))
      .filter((id) => id.startsWith('baseline'));
    assert.deepEqual(drawn, [
      'baseline/hitRate',
      'baseline/hits',
      'baseline/misses',
      'baseline/p95cached',
      'baseline/p95uncached',
    ]);
  });

  it('make no hit rate for a baseline where nobody counts misses', async () => {
    const noMisses = environmentAt(server.url, { misses: 'nobody_counts_these_total' });
    const { baseline, absent } = await capture({ environment: noMisses, ask: askerOf(noMisses) });
    assert.ok(!baseline.figures.some(({ id }) => id === 'hitRate'));
    assert.ok(absent.includes('Hit rate'));
  });

  it('tell a missing series of misses from no data at all', async () => {
    const noMisses = environmentAt(server.url, { misses: 'nobody_counts_these_total' });
    const rates = await loadRates(noMisses.settings, grid, askerOf(noMisses));
    assert.equal(
      shareOf(rates?.hits ?? [], rates?.misses ?? []).find((value) => value !== null),
      1,
    );
    const nothing = environmentAt(server.url, { hits: 'not_there_total', misses: 'not_there_either_total' });
    assert.deepEqual((await loadRates(nothing.settings, grid, askerOf(nothing)))?.namespaces, []);
  });

  it('fail with the reason when Prometheus refuses, or is not there', async () => {
    await assert.rejects(ask('sum(', grid), (error: unknown) => {
      assert.ok(error instanceof OpsError);
      return /refused the query: .*parse error/.test(error.message);
    });
    const gone = environmentAt('http://127.0.0.1:1');
    await assert.rejects(loadRates(gone.settings, grid, askerOf(gone)), /127\.0\.0\.1:1/);
  });
});
