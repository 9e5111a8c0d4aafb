import assert from 'node:assert/strict';
import type { AskRange, Labelled } from '../../../../src/core/dashboard/load.ts';
import type { View } from '../../../../src/core/dashboard/model.ts';
import { gridOf, timesOf } from '../../../../src/core/dashboard/range.ts';
import type { Grid } from '../../../../src/core/dashboard/range.ts';
import { Recording } from '../../../../src/core/dashboard/recording.ts';
import { loadView } from '../../../../src/core/dashboard/view.ts';
import type { ViewRequest } from '../../../../src/core/dashboard/view.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import { OpsError } from '../../../../src/core/errors.ts';

const nowMs = new Date(2026, 2, 4, 12, 0).getTime();
const range = { kind: 'live', spanMs: 3_600_000 } as const;
const [environment] = readEnvironments(
  {
    desk: {
      prometheus: { url: 'http://127.0.0.1:9090' },
      metrics: {
        hits: 'hits_total',
        misses: 'misses_total',
        by: 'namespace',
        kind: { label: 'kind', exact: 'exact', semantic: 'semantic' },
        latency: 'run_seconds',
        cached: 'cached',
      },
    },
  },
  undefined,
).environments;

/** One for one namespace, all the while; nothing of the histogram. */
function answer(query: string, grid: Grid): readonly Labelled[] {
  if (query.includes('run_seconds')) return [];
  const atMs = timesOf(grid);
  return [{ labels: { namespace: 'search' }, points: { atMs, values: atMs.map(() => 1) } }];
}

/** Every query that is not refused gives one, all the while, for one namespace. */
function view(refused: RegExp, error: OpsError, more: Partial<ViewRequest> = {}): Promise<View> {
  assert.ok(environment);
  const ask: AskRange = (query, grid) =>
    refused.test(query)
      ? Promise.reject(error)
      : Promise.resolve([
          { labels: { namespace: 'search' }, points: { atMs: timesOf(grid), values: timesOf(grid).map(() => 1) } },
        ]);
  return loadView({
    settings: environment.settings,
    range,
    grid: gridOf(range, nowMs, 1_000),
    ask,
    recording: Recording.empty(),
    markers: () => Promise.resolve([]),
    troubles: [],
    overlay: undefined,
    nowMs: () => nowMs,
    ...more,
  });
}

const refusal = new OpsError('protocol', 'Too many samples.');

describe('A view of which a part is refused', () => {
  it('says so of that part alone, in its tile too', async () => {
    const { sources, tiles, charts } = await view(/0\.95.*cached=/, refusal);
    assert.deepEqual(
      sources.map(({ state, message }) => [state, message]),
      [['partial', 'Latency of cached answers, Comparison not read: Too many samples.']],
    );
    const tile = (id: string) => tiles.find((one) => one.id === id);
    assert.deepEqual([tile('p95cached')?.value, tile('p95cached')?.why], [null, 'not read']);
    assert.equal(tile('p95uncached')?.value, 1);
    assert.equal(tile('hitRate')?.value, 0.5);
    const latency = charts.find(({ id }) => id === 'latency');
    assert.equal(latency?.state.kind, 'ready');
    assert.ok(!latency.series.some(({ id }) => id === 'p95cached'));
  });

  it('calls what was refused neither “no traffic” nor “nothing counted”', async () => {
    const { charts, table } = await view(/run_seconds|increase/, refusal);
    const failed = { kind: 'failed', message: 'Not read: Too many samples.' };
    assert.deepEqual(charts.find(({ id }) => id === 'latency')?.state, failed);
    assert.deepEqual(table.state, failed);
  });

  it('tells a histogram that is not there from no traffic', async () => {
    const { charts } = await view(/run_seconds/, refusal, {
      ask: (query, grid) => Promise.resolve(answer(query, grid)),
    });
    const state = charts.find(({ id }) => id === 'latency')?.state;
    assert.ok(state?.kind === 'empty');
    assert.match(state.why, /no samples of this histogram in this range, although there was traffic/);
  });

  it('is no view when all of Prometheus is gone, except where nothing was shown before', async () => {
    const gone = new OpsError('refused', 'Nobody listens.');
    await assert.rejects(view(/./, gone), /Nobody listens/);
    await assert.rejects(view(/run_seconds/, gone), /Nobody listens/);
    const { sources, headline, charts } = await view(/./, gone, { isFirst: true });
    assert.deepEqual(
      sources.map(({ state, message }) => [state, message]),
      [['failed', 'Nobody listens.']],
    );
    assert.equal(headline.text, 'Prometheus was not read: nothing can be said of the hit rate.');
    assert.equal(charts[0]?.state.kind, 'failed');
  });
});
