import assert from 'node:assert/strict';
import { hitRateOf, LookupHistory } from '../../../../src/core/metrics/hitRate.ts';

const minuteMs = 60_000;

describe('hit rate', () => {
  it('is the share of hits, with what it rests on', () => {
    assert.deepEqual(hitRateOf(3, 1, 1000), { kind: 'rate', ratio: 0.75, hits: 3, misses: 1, windowMs: 1000 });
  });

  it('without a lookup is no traffic: not 0 %, and not NaN', () => {
    assert.deepEqual(hitRateOf(0, 0, 1000), { kind: 'noTraffic', windowMs: 1000 });
  });
});

describe('lookup history', () => {
  function historyOf(...samples: [atMs: number, hits: number, misses: number, runId?: string][]): LookupHistory {
    const history = new LookupHistory(5 * minuteMs);
    for (const [atMs, hits, misses, runId = 'a'] of samples) history.add({ atMs, hits, misses, runId });
    return history;
  }

  it('has no data before the second sample', () => {
    assert.equal(historyOf().over(minuteMs).kind, 'noData');
    assert.equal(historyOf([0, 10, 10]).over(minuteMs).kind, 'noData');
  });

  it('counts what came between the window’s start and now', () => {
    const history = historyOf([0, 1000, 0], [30_000, 1000, 100], [60_000, 1030, 110], [90_000, 1090, 110]);
    assert.deepEqual(history.over(minuteMs), { kind: 'rate', ratio: 0.9, hits: 90, misses: 10, windowMs: 60_000 });
  });

  it('says how much it really spans when it is younger than the window, or a read was late', () => {
    const young = historyOf([0, 0, 0], [10_000, 1, 1]).over(minuteMs);
    assert.equal(young.kind === 'rate' && young.windowMs, 10_000);
    const late = historyOf([0, 0, 0], [100_000, 1, 1], [110_000, 2, 2]).over(minuteMs);
    assert.equal(late.kind === 'rate' && late.windowMs, 110_000, 'no sample stands at the start of the minute');
  });

  it('starts anew when the server restarted or its counters were reset', () => {
    const restarted = historyOf([0, 1000, 1000], [10_000, 5, 5, 'b'], [20_000, 14, 6, 'b']);
    assert.deepEqual(restarted.over(minuteMs), { kind: 'rate', ratio: 0.9, hits: 9, misses: 1, windowMs: 10_000 });
    assert.equal(restarted.restartedAtMs, 10_000);
    const reset = historyOf([0, 1000, 1000], [10_000, 0, 0], [20_000, 1, 0]);
    assert.deepEqual(reset.over(minuteMs), { kind: 'rate', ratio: 1, hits: 1, misses: 0, windowMs: 10_000 });
  });

  it('forgets that it restarted once that is older than what is kept', () => {
    const history = historyOf([0, 1000, 1000], [10_000, 5, 5, 'b'], [10 * minuteMs, 6, 6, 'b']);
    assert.equal(history.restartedAtMs, undefined);
  });

  it('tells no traffic from no data', () => {
    assert.deepEqual(historyOf([0, 7, 7], [60_000, 7, 7]).over(minuteMs), { kind: 'noTraffic', windowMs: 60_000 });
  });

  it('keeps the rate since start beside it', () => {
    assert.deepEqual(historyOf([0, 1, 0], [60_000, 3, 1]).sinceStart(), {
      kind: 'rate',
      ratio: 0.75,
      hits: 3,
      misses: 1,
      windowMs: undefined,
    });
  });
});
