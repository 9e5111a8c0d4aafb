import assert from 'node:assert/strict';
import { comparisonDays, daysBefore, endOf, gridOf, presets, timesOf } from '../../../../src/core/dashboard/range.ts';

const now = Date.UTC(2026, 2, 4, 12, 34, 56, 789);

describe('The grid of a range', () => {
  for (const width of [300, 1000, 2000])
    for (const { words, spanMs } of presets)
      it(`has at most one point a pixel for the ${words} at ${width} px, at whole steps`, () => {
        const grid = gridOf({ kind: 'live', spanMs }, now, width);
        assert.ok(grid.count <= width + 1, String(grid.count));
        // Not so coarse either that a chart would be made of corners.
        assert.ok(grid.count >= Math.min(width / 4, spanMs / 10_000), String(grid.count));
        assert.equal(grid.fromMs % grid.stepMs, 0);
        assert.ok(now - endOf(grid) < grid.stepMs && endOf(grid) <= now);
        assert.equal(timesOf(grid).at(-1), endOf(grid));
      });

  it('keeps its moments while time goes on', () => {
    const range = { kind: 'live', spanMs: 3_600_000 } as const;
    const [before, after] = [gridOf(range, now, 500), gridOf(range, now + 7 * 60_000, 500)];
    assert.equal((after.fromMs - before.fromMs) % before.stepMs, 0);
    assert.equal(before.count, after.count);
  });

  it('never asks Prometheus for more points than it gives', () => {
    assert.ok(gridOf({ kind: 'live', spanMs: 30 * 86_400_000 }, now, 20_000).count <= 11_000);
  });
});

describe('The same time on another day', () => {
  const zone = process.env['TZ'];
  before(() => {
    process.env['TZ'] = 'Europe/Berlin';
  });
  after(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('is 24 hours before on most days, 23 after the clocks went forward and 25 after they went back', () => {
    const hoursBack = (at: string): number => (Date.parse(at) - daysBefore(Date.parse(at), 1)) / 3_600_000;
    assert.equal(hoursBack('2026-03-10T12:00:00+01:00'), 24);
    assert.equal(hoursBack('2026-03-29T12:00:00+02:00'), 23);
    assert.equal(hoursBack('2026-10-25T12:00:00+01:00'), 25);
    assert.equal(daysBefore(Date.parse('2026-03-30T12:00:00+02:00'), 7), Date.parse('2026-03-23T12:00:00+01:00'));
  });

  it('is the day before for up to two days, else the week before', () => {
    assert.equal(comparisonDays(gridOf({ kind: 'live', spanMs: 86_400_000 }, now, 1000)), 1);
    assert.equal(comparisonDays(gridOf({ kind: 'live', spanMs: 7 * 86_400_000 }, now, 1000)), 7);
  });
});
