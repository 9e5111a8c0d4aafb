import assert from 'node:assert/strict';
import { CounterHistory } from '../../../../src/core/metrics/counterHistory.ts';

const minuteMs = 60_000;

/** `[ms, values, when the process began]`, the last only where the page says so. */
type Read = readonly [number, Readonly<Record<string, number>>, number?];

function historyOf(...reads: readonly Read[]): CounterHistory {
  const history = new CounterHistory(5 * minuteMs);
  for (const [atMs, values, startedSeconds] of reads)
    history.add({ atMs, values: new Map(Object.entries(values)), startedSeconds });
  return history;
}

function rises(history: CounterHistory, windowMs = 5 * minuteMs) {
  const found = history.over(windowMs);
  return found && { ...found, counts: Object.fromEntries(found.counts) };
}

describe('counters read again and again', () => {
  it('have not risen before the second read', () => {
    assert.equal(rises(historyOf()), undefined);
    assert.equal(rises(historyOf([0, { a: 5 }])), undefined);
  });

  it('rose by what came between the window’s start and now', () => {
    const history = historyOf([0, { a: 1000 }], [30_000, { a: 1100 }], [60_000, { a: 1130 }], [90_000, { a: 1190 }]);
    assert.deepEqual(rises(history, minuteMs), { counts: { a: 90 }, windowMs: 60_000, samples: 3, restarts: 0 });
  });

  it('that appear had counted nothing before', () => {
    const history = historyOf([0, { a: 1 }], [10_000, { a: 1, b: 4 }]);
    assert.deepEqual(rises(history)?.counts, { a: 0, b: 4 });
  });

  it('have risen by all they show after a restart, those too that did not fall', () => {
    const fell = historyOf([0, { a: 100, b: 2 }], [10_000, { a: 110, b: 2 }], [20_000, { a: 3, b: 5 }]);
    assert.deepEqual(rises(fell), { counts: { a: 13, b: 5 }, windowMs: 20_000, samples: 3, restarts: 1 });
    const busy = historyOf([0, { a: 100 }, 1000], [10_000, { a: 150 }, 1005]);
    assert.deepEqual(rises(busy)?.counts, { a: 150 }, 'the new process has counted more than the old one had');
  });

  it('cannot be compared when several processes answer in turn', () => {
    assert.equal(historyOf([0, { a: 9 }, 1000], [1, { a: 5 }, 2000]).isMixed, false, 'a restart');
    const turns = historyOf([0, { a: 9 }, 1000], [1, { a: 5 }, 2000], [2, { a: 10 }, 1000]);
    assert.equal(turns.isMixed, true, 'none begins earlier than the one before it');
    assert.equal(historyOf([0, { a: 9 }], [1, { a: 5 }], [2, { a: 10 }], [3, { a: 6 }]).isMixed, true);
    turns.add({ atMs: 10 * minuteMs, values: new Map([['a', 12]]), startedSeconds: 2000 });
    assert.equal(turns.isMixed, false, 'that is long over');
  });

  it('that nobody read for long begin anew', () => {
    assert.equal(rises(historyOf([0, { a: 1 }], [6 * minuteMs, { a: 9 }])), undefined);
    const again = historyOf([0, { a: 1 }], [6 * minuteMs, { a: 9 }], [7 * minuteMs, { a: 10 }]);
    assert.deepEqual(rises(again)?.counts, { a: 1 });
  });

  it('are kept no longer than the longest window needs', () => {
    const history = historyOf(...Array.from({ length: 100 }, (_, minute): Read => [minute * minuteMs, { a: minute }]));
    assert.deepEqual(rises(history, 60 * minuteMs), {
      counts: { a: 5 },
      windowMs: 5 * minuteMs,
      samples: 6,
      restarts: 0,
    });
  });
});
