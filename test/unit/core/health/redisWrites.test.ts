import assert from 'node:assert/strict';
import { appCharts } from '../../../../src/core/dashboard/charts.ts';
import { Recording, writesPoll } from '../../../../src/core/dashboard/recording.ts';
import { recordedLookups } from '../../../../src/core/dashboard/recordedLookups.ts';
import { writesOf } from '../../../../src/core/dashboard/writes.ts';
import { parseWriteCalls, sumWriteCalls } from '../../../../src/core/health/redisWrites.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';

const reply = `# Commandstats\r
cmdstat_get:calls=900,usec=1,usec_per_call=0.1,rejected_calls=0,failed_calls=0\r
cmdstat_setex:calls=30,usec=1,usec_per_call=0.1\r
cmdstat_set:calls=12,usec=1,usec_per_call=0.1\r
cmdstat_client|setname:calls=7,usec=1,usec_per_call=0.1\r
cmdstat_unlink:calls=5,usec=1,usec_per_call=0.1\r
`;

describe('What is written to a Redis', () => {
  it('is counted by the commands that put something, not by those that read or remove', () => {
    assert.equal(parseWriteCalls(reply), 42);
    assert.equal(parseWriteCalls('# Commandstats\r\ncmdstat_get:calls=1,usec=1\r\n'), 0);
    assert.equal(parseWriteCalls('# Commandstats\r\n'), undefined);
  });

  it('is known of several primaries only where each tells it', () => {
    assert.deepEqual(
      sumWriteCalls([
        { calls: 1, atMs: 5 },
        { calls: 2, atMs: 6 },
      ]),
      { calls: 3, atMs: 6 },
    );
    assert.equal(sumWriteCalls([{ calls: 1, atMs: 5 }, undefined]), undefined);
  });

  it('is drawn beside hits and misses, as the writes of every client', () => {
    const [environment] = readEnvironments({ desk: { redis: { url: 'redis://localhost' } } }, undefined).environments;
    assert.ok(environment);
    const start = Date.UTC(2026, 2, 4);
    const recording = Recording.empty();
    for (let minutes = 0; minutes <= 30; minutes += 1) {
      const atMs = start + minutes * 60_000;
      const sample = { atMs: 0, readAtMs: atMs, roundTripMs: 1, address: 'a:1', user: 'default', info: undefined };
      const slow = { slowLog: [], latency: [], writes: { calls: minutes * 120, atMs } };
      const poll = writesPoll({ ...sample, slow });
      // Read once a minute, and heard with every poll.
      for (let heard = 0; heard < 4; heard += 1) if (poll) recording.add(poll);
      recording.add({ service: 'redis', atMs, run: '', counters: { hits: minutes * 60, misses: 0 }, gauges: {} });
    }
    const { settings } = environment;
    const grid = { fromMs: start + 600_000, stepMs: 60_000, count: 20 };
    const input = { settings, grid, recording };
    const writes = writesOf({ ...input, measured: {}, scraped: undefined, query: undefined });
    const lookups = recordedLookups(input);
    assert.ok(writes && lookups);
    const app = { ...input, ...lookups, measured: {}, queries: undefined, loading: false, writes };
    const chart = appCharts(app).find(({ id }) => id === 'lookups');
    assert.equal(chart?.title, 'Hits, misses and writes');
    assert.match(chart.source, /; writes: recorded here from Redis$/);
    const line = chart.series.find(({ id }) => id === 'writes');
    assert.equal(line?.label, 'Redis writes, every client');
    assert.deepEqual(new Set(line.values), new Set([2]));
  });
});
