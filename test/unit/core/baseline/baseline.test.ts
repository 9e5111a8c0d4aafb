import assert from 'node:assert/strict';
import { baselineName, isBaselineName, parseBaseline } from '../../../../src/core/baseline/baseline.ts';
import { captureBaseline } from '../../../../src/core/baseline/capture.ts';
import { chartsAgainst, tilesAgainst } from '../../../../src/core/baseline/compare.ts';
import { baselineOfReading } from '../../../../src/core/baseline/ofReading.ts';
import { baselineReport } from '../../../../src/core/baseline/report.ts';
import { Recording } from '../../../../src/core/dashboard/recording.ts';
import type { Chart, Tile } from '../../../../src/core/dashboard/model.ts';
import type { Environment } from '../../../../src/core/environment/environment.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';

const minute = 60_000;
const toMs = Date.UTC(2026, 2, 4, 12);
const environment = environmentAt('redis://cache-1:6379');

function environmentAt(url: string): Environment {
  const [found] = readEnvironments({ desk: { tier: 'staging', redis: { url } } }, undefined).environments;
  assert.ok(found);
  return found;
}

/** Every 15 s: 9 hits and a miss, 1,000 bytes; from `fromMs` to the end of the window. */
function recordingFrom(fromMs: number): Recording {
  const recording = Recording.empty();
  let polls = 0;
  for (let atMs = fromMs; atMs <= toMs; atMs += 15_000) {
    const counters = { hits: polls * 9, misses: polls };
    recording.add({ service: 'redis', atMs, run: 'one', counters, gauges: { memory: 1000, keys: 5 } });
    polls += 1;
  }
  return recording;
}

function capture(recording: Recording, happened: readonly { readonly atMs: number; readonly label: string }[] = []) {
  return captureBaseline({
    environment,
    toMs,
    windowMs: 60 * minute,
    ask: undefined,
    recording,
    redisRunIds: [],
    happened,
  });
}

const tile: Tile = {
  id: 'hitRate',
  label: 'Keyspace hit rate',
  unit: 'ratio',
  value: 0.5,
  better: 'higher',
  judgement: 'unjudged',
  compared: [],
  spark: [],
  source: '',
  atMs: toMs,
};

describe('A baseline', () => {
  it('holds what was recorded, with source, samples, window and host; what has no data is not in it', async () => {
    const { baseline, absent } = await capture(recordingFrom(toMs - 120 * minute));
    const figures = Object.fromEntries(baseline.figures.map(({ id, value, samples }) => [id, [value, samples]]));
    assert.deepEqual(figures, {
      'keyspace/hitRate': [0.9, 241],
      'keyspace/requests': [10 / 15, 241],
      'keyspace/hits': [9 / 15, 241],
      'keyspace/misses': [1 / 15, 241],
      memory: [1000, 241],
      keys: [5, 241],
    });
    assert.deepEqual(absent, ['Evictions']);
    assert.deepEqual(baseline.hosts, { redis: 'cache-1:6379' });
    assert.deepEqual(baseline.window, { from: '2026-03-04T11:00:00.000Z', to: '2026-03-04T12:00:00.000Z' });
    assert.equal(baselineName(baseline), 'desk-2026-03-04T12-00-00Z');
    assert.deepEqual(parseBaseline(JSON.stringify(baseline)), baseline);
  });

  it('is not made of nothing', async () => {
    await assert.rejects(
      capture(Recording.empty()),
      /Nothing of desk was counted in that time; no baseline was written/,
    );
  });

  it('says whether the window was warm, and why not', async () => {
    const recording = recordingFrom(toMs - 120 * minute);
    assert.match(
      baselineReport(await capture(recording)),
      /Warm window: nothing in the journal and no restart is known from 2026-03-04 10:00 UTC \(1 h before the window\)/,
    );
    const flushed = await capture(recording, [{ atMs: toMs - 50 * minute, label: 'Flush `cache:*`' }]);
    assert.match(
      baselineReport(flushed),
      /Not a warm window for certain\. .*Flush `cache:\*` \(2026-03-04 11:10 UTC\)\./,
    );
    assert.match(
      baselineReport(flushed),
      /\| Keyspace hit rate \| 90\.0 % \| keyspace lookups of every client, recorded here from Redis \| 241 \|/,
    );
    assert.match(baselineReport(flushed), /No data, and therefore not compared with: Evictions\./);
  });

  it('is what tiles and charts are held against, lookups of Redis with lookups of Redis only', async () => {
    const { baseline } = await capture(recordingFrom(toMs - 120 * minute));
    const { settings } = environment;
    const [compared] = tilesAgainst([tile], { baseline, settings, counted: 'keyspace' });
    assert.deepEqual(compared?.compared, [
      {
        label: 'baseline',
        value: 0.9,
        detail:
          '2026-03-04 12:00 UTC, over 1 h, keyspace lookups of every client, recorded here from Redis, 241 samples',
      },
    ]);
    assert.deepEqual(tilesAgainst([tile], { baseline, settings, counted: 'application' }), [tile]);
    const chart: Chart = {
      id: 'memory',
      title: '',
      source: '',
      unit: 'bytes',
      series: [],
      limits: [],
      state: { kind: 'ready' },
      resets: [],
      queries: [],
    };
    const [drawn] = chartsAgainst([chart], { baseline, settings, counted: 'keyspace' }, 3);
    assert.deepEqual(
      drawn?.series.map(({ label, values }) => [label, values]),
      [['baseline', [1000, 1000, 1000]]],
    );
  });

  it('of another host is compared with nothing', async () => {
    const { baseline } = await capture(recordingFrom(toMs - 120 * minute));
    const { settings } = environmentAt('redis://cache-2:6379');
    assert.deepEqual(tilesAgainst([tile], { baseline, settings, counted: 'keyspace' }), [tile]);
    const reading = { source: 'redis', field: 'usedMemory', unit: 'bytes' } as const;
    assert.equal(baselineOfReading(baseline, settings, reading), undefined);
    assert.equal(baselineOfReading(baseline, environment.settings, reading), 1000);
  });

  it('belongs to the environment of its name alone', () => {
    assert.ok(isBaselineName('prod-2026-03-04T12-00-00Z.json', 'prod'));
    assert.ok(!isBaselineName('prod-eu-2026-03-04T12-00-00Z.json', 'prod'));
    assert.ok(!isBaselineName('prod-2026-03-04T12-00-00Z.json.unfinished', 'prod'));
    assert.ok(!isBaselineName('prod-2026-03-04T12-00-00Z.md', 'prod'));
  });

  it('is not taken from a file that is none, or that has a zero of samples', async () => {
    const { baseline } = await capture(recordingFrom(toMs - 120 * minute));
    for (const text of ['', '{}', JSON.stringify({ ...baseline, figures: [] })])
      assert.equal(parseBaseline(text), undefined);
    const made = { ...baseline, figures: baseline.figures.map((one) => ({ ...one, samples: 0 })) };
    assert.equal(parseBaseline(JSON.stringify(made)), undefined);
  });
});
