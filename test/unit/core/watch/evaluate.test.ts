import assert from 'node:assert/strict';
import { array, assert as assertProperty, constantFrom, integer, property, tuple } from 'fast-check';
import { recoveryMs, step, unread } from '../../../../src/core/watch/evaluate.ts';
import type { RuleState } from '../../../../src/core/watch/evaluate.ts';

const pace = { holdMs: 120_000, mostGapMs: 20_000 };
const wallOf = (monotonicMs: number): number => Date.UTC(2026, 0, 1) + monotonicMs;

/** Feeds answers, each at a time in seconds, and gives what changed when. `jumps` moves the wall clock from there on. */
function feed(
  answers: readonly (readonly [atSeconds: number, holds: boolean | undefined])[],
  { holdMs = pace.holdMs, jumps = new Map<number, number>() } = {},
): { readonly changes: readonly string[]; readonly state: RuleState } {
  let state = unread;
  let jumpedMs = 0;
  const changes: string[] = [];
  for (const [seconds, holds] of answers) {
    jumpedMs += jumps.get(seconds) ?? 0;
    const at = { monotonicMs: seconds * 1000, wallMs: wallOf(seconds * 1000) + jumpedMs };
    const next = step(state, { holds, words: String(holds), value: undefined }, at, { ...pace, holdMs });
    state = next.state;
    if (next.change) changes.push(`${next.change} at ${seconds}`);
  }
  return { changes, state };
}

/** A read every ten seconds from `from` to `to`, all with the same answer. */
function every10(from: number, to: number, holds: boolean | undefined): [number, boolean | undefined][] {
  return Array.from({ length: (to - from) / 10 + 1 }, (_, index) => [from + index * 10, holds]);
}

describe('An alert with a duration', () => {
  it('is pending until the condition has lasted, then fires once', () => {
    assert.deepEqual(feed(every10(0, 110, true)).changes, []);
    assert.equal(feed(every10(0, 110, true)).state.seenMs, 110_000);
    assert.deepEqual(feed(every10(0, 600, true)).changes, ['fired at 120']);
  });

  it('begins anew when the condition passes in between', () => {
    const answers = [...every10(0, 110, true), ...every10(120, 120, false), ...every10(130, 250, true)];
    assert.deepEqual(feed(answers).changes, ['fired at 250']);
  });

  it('without a duration fires at the first read', () => {
    assert.deepEqual(feed([[0, true]], { holdMs: 0 }).changes, ['fired at 0']);
  });

  it('does not count time that nobody watched', () => {
    const answers = [...every10(0, 60, true), ...every10(400, 510, true)];
    assert.deepEqual(feed(answers).changes, []);
    assert.deepEqual(feed([...answers, [520, true]]).changes, ['fired at 520']);
  });

  it('does not count time in which the machine slept, which stops one clock and not the other', () => {
    const jumps = new Map([[70, 8 * 3_600_000]]);
    assert.deepEqual(feed(every10(0, 180, true), { jumps }).changes, []);
    assert.deepEqual(feed(every10(0, 190, true), { jumps }).changes, ['fired at 190']);
  });

  it('is not put off by a clock that was set back', () => {
    const jumps = new Map([[70, -3_600_000]]);
    assert.deepEqual(feed(every10(0, 120, true), { jumps }).changes, ['fired at 120']);
  });
});

describe('A read that says nothing', () => {
  it('neither fires nor resolves, and is said with its reason and since when', () => {
    const { changes, state } = feed([...every10(0, 60, true), ...every10(70, 600, undefined)]);
    assert.deepEqual(changes, []);
    assert.deepEqual(state.noData, { sinceWallMs: wallOf(70_000), why: 'undefined' });
    const firing = feed([...every10(0, 130, true), ...every10(140, 900, undefined)]);
    assert.deepEqual(firing.changes, ['fired at 120']);
    assert.equal(firing.state.firing, true);
    assert.ok(firing.state.noData);
  });

  it('does not count, and does not undo what was seen when it is only one', () => {
    const answers = [...every10(0, 60, true), ...every10(70, 70, undefined), ...every10(80, 140, true)];
    assert.deepEqual(feed(answers.slice(0, -1)).changes, []);
    assert.deepEqual(feed(answers).changes, ['fired at 140']);
  });
});

describe('A firing alert', () => {
  const fired = every10(0, 120, true);

  it('recovers when the condition has passed for a while', () => {
    const holds = recoveryMs(pace.holdMs) / 1000;
    assert.equal(holds, 120);
    assert.deepEqual(feed([...fired, ...every10(130, 240, false)]).changes, ['fired at 120']);
    assert.deepEqual(feed([...fired, ...every10(130, 250, false)]).changes, ['fired at 120', 'recovered at 250']);
  });

  it('that comes and goes is one episode', () => {
    const flapping = Array.from({ length: 60 }, (_, index): [number, boolean] => [130 + index * 10, index % 4 === 0]);
    assert.deepEqual(feed([...fired, ...flapping]).changes, ['fired at 120']);
  });

  it('does not recover over a gap', () => {
    const answers = [...fired, ...every10(130, 180, false), ...every10(900, 1010, false)];
    assert.deepEqual(feed(answers).changes, ['fired at 120']);
    assert.deepEqual(feed([...answers, [1020, false]]).changes, ['fired at 120', 'recovered at 1020']);
  });
});

it('An alert never fires on less watched time than its duration, whatever is read when', () => {
  const gaps = array(tuple(integer({ min: 1, max: 60 }), constantFrom(true, true, true, false, undefined)));
  assertProperty(
    property(gaps, (steps) => {
      let seconds = 0;
      let trueSeconds = 0;
      let last: { readonly at: number; readonly holds: boolean | undefined } | undefined;
      let state = unread;
      for (const [gap, holds] of steps) {
        seconds += gap;
        const counts = last?.holds === true && holds === true && gap <= pace.mostGapMs / 1000;
        trueSeconds = holds === false ? 0 : trueSeconds + (counts ? gap : 0);
        const at = { monotonicMs: seconds * 1000, wallMs: wallOf(seconds * 1000) };
        const next = step(state, { holds, words: '', value: undefined }, at, pace);
        if (next.change === 'fired') assert.ok(trueSeconds * 1000 >= pace.holdMs, `${trueSeconds} s`);
        state = next.state;
        last = { at: seconds, holds };
      }
    }),
  );
});
