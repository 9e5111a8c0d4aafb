import type { Clock } from './clock.ts';
import type { Disposable } from './disposable.ts';

export interface PollerOptions {
  readonly intervalMs: number;
  /** Reads once. Resolves to whether it went well; a failure lengthens the next pause. Must not throw. */
  readonly poll: (signal: AbortSignal) => Promise<boolean>;
  readonly clock: Clock;
  /** Between 0 and 1; spreads the retries of many pollers. */
  readonly random?: () => number;
}

/** However long a server has been failing, it is asked again after this. */
export const longestPauseMs = 60_000;

/**
 * Calls `poll` again and again while somebody wants its results, never twice at once. After failures the pause doubles,
 * up to `longestPauseMs`, each stretched by up to a fifth at random. When nobody is left, a running poll is aborted and
 * nothing is scheduled.
 */
export class Poller implements Disposable {
  readonly #options: PollerOptions;
  #users = 0;
  #failures = 0;
  #lastEndedMs: number | undefined;
  #timer: Disposable | undefined;
  #running: { readonly done: Promise<void>; readonly abort: AbortController } | undefined;
  #disposed = false;

  constructor(options: PollerOptions) {
    if (!(options.intervalMs >= 1)) throw new RangeError(`An interval of ${options.intervalMs} ms is none.`);
    this.#options = options;
  }

  /** Polls from now on, until the returned object is disposed. */
  use(): Disposable {
    this.#users++;
    if (this.#users === 1) this.#schedule();
    let used = true;
    return {
      dispose: () => {
        if (!used) return;
        used = false;
        this.#users--;
        if (this.#users === 0) this.#pause();
      },
    };
  }

  /** Polls now, whatever the pause; joins a poll that is under way. Also works while nobody uses it. */
  async refresh(): Promise<void> {
    if (this.#disposed) return;
    if (!this.#running) {
      this.#failures = 0;
      this.#start();
    }
    await this.#running?.done;
  }

  /** Begins a new poll now if anybody uses it; one under way is of no use any more, and its end counts for nothing. */
  restart(): void {
    this.#failures = 0;
    this.#lastEndedMs = undefined;
    this.#running?.abort.abort();
    // A poll that is aborted schedules the next when it ends.
    if (this.#users > 0) this.#schedule();
  }

  /** Polls at once where it would wait because it failed; where all is well, the interval holds. */
  retry(): void {
    if (this.#failures > 0) this.restart();
  }

  dispose(): void {
    this.#disposed = true;
    this.#users = 0;
    this.#pause();
  }

  #pause(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#running?.abort.abort();
  }

  #schedule(): void {
    if (this.#users === 0 || this.#running || this.#disposed) return;
    this.#timer?.dispose();
    const sinceLastMs =
      this.#lastEndedMs === undefined ? Infinity : this.#options.clock.monotonicMs() - this.#lastEndedMs;
    const delayMs = Math.max(0, this.#pauseMs() - sinceLastMs);
    this.#timer = this.#options.clock.after(delayMs, () => this.#start());
  }

  #pauseMs(): number {
    if (this.#failures === 0) return this.#options.intervalMs;
    const grown = this.#options.intervalMs * 2 ** Math.min(this.#failures, 16);
    const stretch = 1 + (this.#options.random ?? Math.random)() / 5;
    return Math.max(this.#options.intervalMs, Math.min(grown, longestPauseMs)) * stretch;
  }

  #start(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    const abort = new AbortController();
    this.#running = { abort, done: this.#run(abort.signal) };
  }

  async #run(signal: AbortSignal): Promise<void> {
    const succeeded = await this.#options.poll(signal);
    this.#running = undefined;
    if (!signal.aborted) {
      this.#lastEndedMs = this.#options.clock.monotonicMs();
      this.#failures = succeeded ? 0 : this.#failures + 1;
    }
    this.#schedule();
  }
}
