import type { Clock } from '../../../src/core/clock.ts';

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #nowMs = 0;
  #waiting: { readonly dueMs: number; readonly run: () => void }[] = [];

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }

  after(delayMs: number, run: () => void): { dispose(): void } {
    const one = { dueMs: this.#nowMs + delayMs, run };
    this.#waiting.push(one);
    return { dispose: () => (this.#waiting = this.#waiting.filter((other) => other !== one)) };
  }

  /** When the next call is due, counted from now; undefined when nothing is scheduled. */
  get nextInMs(): number | undefined {
    return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map(({ dueMs }) => dueMs)) - this.#nowMs;
  }

  /** Moves on, calling what falls due in order and letting the promises in between settle. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const [next] = this.#waiting.filter(({ dueMs }) => dueMs <= untilMs).toSorted((a, b) => a.dueMs - b.dueMs);
      if (!next) break;
      this.#nowMs = next.dueMs;
      this.#waiting = this.#waiting.filter((other) => other !== next);
      next.run();
      await settled();
    }
    this.#nowMs = untilMs;
    await settled();
  }
}

/** Lets every promise that can settle do so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
