import { systemClock } from '../../../src/core/clock.ts';
import type { Clock } from '../../../src/core/clock.ts';

const timesAsFast = 100;

/** What an operation waits for, a minute of it in half a second; what it does takes the time it takes. */
export const hurriedClock: Clock = {
  monotonicMs: () => systemClock.monotonicMs() * timesAsFast,
  wallMs: () => systemClock.wallMs(),
  after: (delayMs, run) => systemClock.after(delayMs / timesAsFast, run),
};
