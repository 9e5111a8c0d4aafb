/** What counters showed at one moment. */
export interface CounterSample {
  /** Monotonic milliseconds. */
  readonly atMs: number;
  readonly values: ReadonlyMap<string, number>;
  /** When the process that counts began, in seconds since 1970, where it says so. */
  readonly startedSeconds: number | undefined;
}

/** How much counters rose, and what that rests on. */
export interface Rises {
  readonly counts: ReadonlyMap<string, number>;
  /** What the samples really span. */
  readonly windowMs: number;
  readonly samples: number;
  /** How often the process began anew meanwhile. */
  readonly restarts: number;
}

interface Kept {
  readonly sample: CounterSample;
  readonly restarted: boolean;
}

/**
 * Counters of one process, read again and again, whose rise over a window is the sum of the rises from sample to sample:
 * after a restart a counter is what it has risen by. Bounded by `keepMs` and the number of counters.
 */
export class CounterHistory {
  readonly #keepMs: number;
  #kept: Kept[] = [];
  #mixedAtMs: number | undefined;

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** Several processes answer in turn behind one address: their counters cannot be compared. */
  get isMixed(): boolean {
    // Without a time of start, a second fall is taken for it: a rate that is made up would be worse than none.
    const falls = this.#kept.filter(({ sample, restarted }) => restarted && sample.startedSeconds === undefined);
    return this.#mixedAtMs !== undefined || falls.length > 1;
  }

  add(sample: CounterSample): void {
    // What was read long ago, before nobody wanted it for a while, tells nothing of the last minutes.
    if ((this.#kept.at(-1)?.sample.atMs ?? sample.atMs) < sample.atMs - this.#keepMs) this.#kept = [];
    const last = this.#kept.at(-1)?.sample;
    // A process that began earlier than the one before is another one.
    if (last && isBefore(sample.startedSeconds, last.startedSeconds)) this.#mixedAtMs = sample.atMs;
    this.#kept.push({ sample, restarted: last !== undefined && isRestart(last, sample) });
    const oldestMs = sample.atMs - this.#keepMs;
    const firstInside = this.#kept.findIndex((one) => one.sample.atMs > oldestMs);
    if (firstInside > 1) this.#kept.splice(0, firstInside - 1);
    if (this.#mixedAtMs !== undefined && this.#mixedAtMs < oldestMs) this.#mixedAtMs = undefined;
  }

  /** What came in the `windowMs` before the last sample, or since the oldest; undefined before the second sample. */
  over(windowMs: number): Rises | undefined {
    const last = this.#kept.at(-1)?.sample;
    if (!last) return undefined;
    const from = last.atMs - windowMs;
    const first = Math.max(
      0,
      this.#kept.findLastIndex(({ sample }) => sample.atMs <= from),
    );
    const inside = this.#kept.slice(first);
    const [oldest] = inside;
    if (!oldest || inside.length < 2) return undefined;
    const counts = new Map<string, number>();
    for (const [index, { sample, restarted }] of inside.entries()) {
      const before = index === 0 || restarted ? undefined : inside[index - 1]?.sample;
      // The page is whole each time: a counter that was not on it had counted nothing.
      for (const [key, value] of sample.values)
        counts.set(key, (counts.get(key) ?? 0) + (index === 0 ? 0 : value - (before?.values.get(key) ?? 0)));
    }
    const restarts = inside.slice(1).filter(({ restarted }) => restarted).length;
    return { counts, windowMs: last.atMs - oldest.sample.atMs, samples: inside.length, restarts };
  }
}

/** All counters of a process begin anew together. */
function isRestart(last: CounterSample, next: CounterSample): boolean {
  if (isBefore(last.startedSeconds, next.startedSeconds)) return true;
  return [...last.values].some(([key, value]) => (next.values.get(key) ?? 0) < value);
}

function isBefore(a: number | undefined, b: number | undefined): boolean {
  // Some runtimes work the time out anew at every read.
  return a !== undefined && b !== undefined && a < b - 1;
}
