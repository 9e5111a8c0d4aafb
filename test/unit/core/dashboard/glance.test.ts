import assert from 'node:assert/strict';
import { lastHourLine } from '../../../../src/core/dashboard/glance.ts';
import { Recording } from '../../../../src/core/dashboard/recording.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';

const [environment] = readEnvironments({ desk: { redis: { url: 'redis://localhost' } } }, undefined).environments;
const now = new Date(2026, 2, 4, 12, 0).getTime();

describe('The last hour at a glance', () => {
  it('is one line of 24 parts, with dots where nothing was read', () => {
    const recording = Recording.empty();
    let hits = 0;
    let misses = 0;
    for (let at = now - 30 * 60_000; at <= now; at += 15_000) {
      if (at < now - 10 * 60_000) hits += 10;
      else misses += 10;
      recording.add({ service: 'redis', atMs: at, run: 'one', counters: { hits, misses }, gauges: {} });
    }
    assert.ok(environment);
    const { settings } = environment;
    const line = lastHourLine({ settings, recording }, now) ?? '';
    assert.match(line, /^Last hour of keyspace lookups, from 11:02: ·{10,12}[·█]█+.?▁+ \(0 % to 100 %\)$/);
    assert.equal(/: ([·▁▂▃▄▅▆▇█]+) /.exec(line)?.[1]?.length, 24);
  });

  it('is not there before anything was read', () => {
    assert.ok(environment);
    const { settings } = environment;
    assert.equal(lastHourLine({ settings, recording: Recording.empty() }, now), undefined);
  });
});
