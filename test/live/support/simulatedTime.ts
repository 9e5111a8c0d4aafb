import type { Clock } from '../../../src/core/clock.ts';
import type { Disposable } from '../../../src/core/disposable.ts';

/**
 * Time that passes as fast as the work allows: it moves on to what is due next as soon as nothing is being done. What is
 * done is real, over real connections.
 */
export class SimulatedTime implements Clock {
  #aheadMs = 0;
  #waiting: { readonly dueMs: number; readonly run: () => void }[] = [];
  #busy = 0;
  #onIdle: () => void = () => undefined;

  monotonicMs(): number {
    return performance.now() + this.#aheadMs;
  }

  wallMs(): number {
    return Date.now() + this.#aheadMs;
  }

  after(delayMs: number, run: () => void): Disposable {
    const one = { dueMs: this.monotonicMs() + delayMs, run };
    this.#waiting.push(one);
    return { dispose: () => void (this.#waiting = this.#waiting.filter((other) => other !== one)) };
  }

  /** Whoever works says when it begins (1) and ends (-1). */
  readonly busy = (change: 1 | -1): void => {
    this.#busy += change;
    if (this.#busy === 0) this.#onIdle();
  };

  async pass(byMs: number): Promise<void> {
    const untilMs = this.monotonicMs() + byMs;
    for (;;) {
      const next = this.#waiting.toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (!next || next.dueMs > untilMs) break;
      this.#moveTo(next.dueMs);
      this.#runDue();
      await this.#idle();
    }
    this.#moveTo(untilMs);
  }

  #runDue(): void {
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= this.monotonicMs());
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { run } of due) run();
  }

  #moveTo(atMs: number): void {
    this.#aheadMs += Math.max(0, atMs - this.monotonicMs());
  }

  /** Meanwhile time passes as it does anyway: a limit on how long something may take still ends it. */
  async #idle(): Promise<void> {
    const limits = setInterval(() => this.#runDue(), 50);
    if (this.#busy > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    clearInterval(limits);
    // What follows from the last answer is scheduled before time moves on.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
