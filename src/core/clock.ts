import type { Disposable } from './disposable.ts';

/** Time, injected so that tests decide it. */
export interface Clock {
  /** Milliseconds that never jump: for windows, ages and pauses. */
  monotonicMs(): number;
  /** Milliseconds since 1970 as the machine believes: for showing only. */
  wallMs(): number;
  /** Calls `run` once after `delayMs`, unless disposed before. */
  after(delayMs: number, run: () => void): Disposable;
}

const longestTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, run) {
    // A timer takes anything longer, and anything that is no number, for no delay at all.
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), longestTimerMs));
    return { dispose: () => clearTimeout(timer) };
  },
};
