import assert from 'node:assert/strict';
import { longestPauseMs, Poller } from '../../../src/core/poller.ts';
import { FakeClock, settled } from './fakeClock.ts';

describe('Poller', () => {
  function setUp(poll: (signal: AbortSignal) => Promise<boolean>) {
    const clock = new FakeClock();
    return { clock, poller: new Poller({ intervalMs: 5_000, poll, clock, random: () => 0 }) };
  }

  it('polls at once when first used, then at every interval', async () => {
    let polls = 0;
    const { clock, poller } = setUp(() => Promise.resolve(++polls > 0));
    assert.equal(clock.nextInMs, undefined, 'nothing is scheduled while nobody uses it');
    poller.use();
    await clock.advance(0);
    assert.equal(polls, 1);
    await clock.advance(15_000);
    assert.equal(polls, 4);
  });

  it('stops when the last user leaves, and aborts the poll under way', async () => {
    const signals: AbortSignal[] = [];
    const { clock, poller } = setUp((signal) => {
      signals.push(signal);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)));
    });
    const first = poller.use();
    const second = poller.use();
    await clock.advance(0);
    first.dispose();
    first.dispose();
    assert.equal(signals[0]?.aborted, false, 'one user is left, however often the other leaves');
    second.dispose();
    assert.equal(signals[0]?.aborted, true);
    await clock.advance(600_000);
    assert.equal(signals.length, 1);
  });

  it('does not poll more often for being used again and again', async () => {
    let polls = 0;
    const { clock, poller } = setUp(() => Promise.resolve(++polls > 0));
    for (let round = 0; round < 10; round++) {
      const use = poller.use();
      await clock.advance(100);
      use.dispose();
    }
    assert.equal(polls, 1);
    poller.use();
    await clock.advance(4_000);
    assert.equal(polls, 2, 'the interval counts from the last poll');
  });

  it('never polls twice at once, however long one takes', async () => {
    let running = 0;
    let most = 0;
    let end = (): void => undefined;
    const { clock, poller } = setUp(async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => (end = resolve));
      running--;
      return true;
    });
    poller.use();
    await clock.advance(0);
    const joined = poller.refresh();
    await clock.advance(60_000);
    assert.equal(running, 1);
    end();
    await joined;
    assert.equal(most, 1);
  });

  it('doubles the pause with every failure, up to a minute, and is back to the interval after a success', async () => {
    let works = false;
    const { clock, poller } = setUp(() => Promise.resolve(works));
    poller.use();
    await clock.advance(0);
    const pauses: number[] = [];
    for (let failure = 0; failure < 5; failure++) {
      pauses.push(clock.nextInMs ?? 0);
      await clock.advance(clock.nextInMs ?? 0);
    }
    assert.deepEqual(pauses, [10_000, 20_000, 40_000, longestPauseMs, longestPauseMs]);
    works = true;
    await clock.advance(longestPauseMs);
    assert.equal(clock.nextInMs, 5_000);
  });

  it('stretches the pause after a failure by up to a fifth, so that many windows do not come back at once', async () => {
    const clock = new FakeClock();
    const poller = new Poller({ intervalMs: 5_000, poll: () => Promise.resolve(false), clock, random: () => 1 });
    poller.use();
    await clock.advance(0);
    assert.equal(clock.nextInMs, 12_000);
  });

  it('polls at once when asked to, also after failures and also while nobody uses it', async () => {
    let polls = 0;
    const { clock, poller } = setUp(() => Promise.resolve(++polls > 2));
    await poller.refresh();
    await poller.refresh();
    assert.equal(polls, 2);
    await clock.advance(600_000);
    assert.equal(polls, 2, 'nobody uses it');
    poller.use();
    await poller.refresh();
    await settled();
    assert.equal(polls, 3);
  });

  it('begins anew when told that what is under way is of no use any more, and counts no failure', async () => {
    const signals: AbortSignal[] = [];
    const { clock, poller } = setUp((signal) => {
      signals.push(signal);
      if (signals.length > 1) return Promise.resolve(true);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)));
    });
    poller.use();
    await clock.advance(0);
    poller.restart();
    await settled();
    await clock.advance(0);
    assert.equal(signals[0]?.aborted, true);
    assert.equal(signals.length, 2);
    assert.equal(clock.nextInMs, 5_000);
  });

  it('refuses an interval that is none', () => {
    for (const intervalMs of [Number.NaN, 0, -1]) {
      assert.throws(
        () => new Poller({ intervalMs, poll: () => Promise.resolve(true), clock: new FakeClock() }),
        RangeError,
      );
    }
  });

  it('is silent once disposed', async () => {
    let polls = 0;
    const { clock, poller } = setUp(() => Promise.resolve(++polls > 0));
    poller.use();
    poller.dispose();
    await poller.refresh();
    poller.restart();
    await clock.advance(600_000);
    assert.equal(polls, 0);
  });
});
