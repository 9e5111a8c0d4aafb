import assert from 'node:assert/strict';
import { gaugeOf, rateOf, spacingOf } from '../../../../src/core/dashboard/counters.ts';
import { largest, onGrid, shareOf, sumOf } from '../../../../src/core/dashboard/series.ts';

const grid = { fromMs: 60_000, stepMs: 60_000, count: 5 };
const minutes = (...values: readonly (readonly [atMinutes: number, value: number])[]) => ({
  atMs: values.map(([at]) => at * 60_000),
  values: values.map(([, value]) => value),
});

describe('Series', () => {
  it('take their places on the grid; what is missing or no number is a gap', () => {
    const points = minutes([1, 10], [3, Number.NaN], [4, Number.POSITIVE_INFINITY], [5, 0], [9, 1]);
    assert.deepEqual(onGrid(points, grid), [10, null, null, null, 0]);
  });

  it('are summed where at least one has a value', () => {
    assert.deepEqual(
      sumOf([
        [1, null, null],
        [2, 3, null],
      ]),
      [3, 3, null],
    );
  });

  it('give a share where there was traffic, and none where there was not', () => {
    assert.deepEqual(shareOf([3, 0, 0, null, null], [1, 5, 0, 2, null]), [0.75, 0, null, 0, null]);
  });

  it('are cut to the largest, without a rest of one', () => {
    const all = ['a', 'b', 'c', 'd'].map((name, weight) => ({ name, weight }));
    assert.deepEqual(
      largest(all, 2).shown.map(({ name }) => name),
      ['d', 'c'],
    );
    assert.deepEqual(largest(all, 3).rest, []);
  });
});

describe('A counter that was recorded now and then', () => {
  it('gives its increase a second', () => {
    const points = minutes([0, 0], [1, 60], [2, 180], [3, 180], [4, 240], [5, 300]);
    assert.deepEqual(rateOf(points, grid, 60_000), [1, 2, 0, 1, 1]);
    assert.deepEqual(rateOf(points, grid, 120_000).slice(1), [1.5, 1, 0.5, 1]);
  });

  it('counts from nothing after a restart, and never backwards', () => {
    assert.deepEqual(rateOf(minutes([0, 600], [1, 660], [2, 30], [3, 90]), grid, 60_000).slice(0, 3), [1, 0.5, 1]);
  });

  it('has a gap where it was not read', () => {
    const points = minutes([0, 0], [1, 60], [4, 240], [5, 300]);
    assert.deepEqual(rateOf(points, grid, 60_000), [1, null, null, null, 1]);
    // Over a long pause nothing is known, even where the window reaches across it.
    const apart = minutes([0, 0], [30, 60]);
    assert.deepEqual(rateOf(apart, { fromMs: 30 * 60_000, stepMs: 60_000, count: 1 }, 3_600_000), [null]);
  });

  it('says how far apart it was read', () => {
    assert.equal(spacingOf(minutes([0, 1], [1, 1], [2, 1], [60, 1])), 60_000);
    assert.equal(spacingOf(minutes([0, 1])), 0);
  });
});

describe('A gauge that was recorded now and then', () => {
  it('is the mean of a step, and holds no longer than it may', () => {
    const points = minutes([0.5, 10], [1, 20], [2, 40]);
    assert.deepEqual(gaugeOf(points, grid, 60_000), [15, 40, 40, null, null]);
  });
});
