import { formatCountOf, formatDuration } from '../format.ts';

export const minuteMs = 60_000;

/** How far back the hit rate of an environment looks. */
export const recentWindowMs = 5 * minuteMs;

/** What a server said at one moment about its lookups since it started counting. */
export interface LookupSample {
  /** Monotonic milliseconds, so that a clock that jumps changes no window. */
  readonly atMs: number;
  readonly hits: number;
  readonly misses: number;
  /** Changes when the server restarts. */
  readonly runId: string | undefined;
}

/** A hit rate with what it rests on. No traffic and no data are states of their own, never 0 % and never NaN. */
export type HitRate =
  | {
      readonly kind: 'rate';
      /** 0 to 1. */
      readonly ratio: number;
      readonly hits: number;
      readonly misses: number;
      /** What the two samples really span; undefined when it is counted since the server started. */
      readonly windowMs: number | undefined;
    }
  | { readonly kind: 'noTraffic'; readonly windowMs: number | undefined }
  | { readonly kind: 'noData'; readonly why: string };

/** Hits and misses as counted over `windowMs` (undefined: since the server started counting). */
export function hitRateOf(hits: number, misses: number, windowMs: number | undefined): HitRate {
  const lookups = hits + misses;
  return lookups > 0
    ? { kind: 'rate', ratio: hits / lookups, hits, misses, windowMs }
    : { kind: 'noTraffic', windowMs };
}

/** `1,234 hits, 1 miss` */
export function lookupCounts({ hits, misses }: Extract<HitRate, { readonly kind: 'rate' }>): string {
  return `${formatCountOf(hits, 'hit')}, ${formatCountOf(misses, 'miss', 'misses')}`;
}

/** The window in words: `last 61 s`, `last 5 min`, `since start`. */
export function windowWords(rate: HitRate): string {
  if (rate.kind === 'noData') return rate.why;
  if (rate.windowMs === undefined) return 'since start';
  const seconds = Math.round(rate.windowMs / 1000);
  return seconds < 100 ? `last ${seconds} s` : `last ${formatDuration(Math.round(seconds / 60) * minuteMs)}`;
}

/**
 * The samples of the last minutes, from which rates over a window are differences. Bounded: what is older than
 * `keepMs` is dropped, but for the one sample that the full window needs.
 */
export class LookupHistory {
  readonly #keepMs: number;
  // Without the run id, which may be a slice that keeps a whole INFO reply in memory.
  #samples: Omit<LookupSample, 'runId'>[] = [];
  #runId: string | undefined;
  #restartedAtMs: number | undefined;

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** When a restart or a counter reset was noticed within what is kept; rates then reach back to it at most. */
  get restartedAtMs(): number | undefined {
    return this.#restartedAtMs;
  }

  add({ atMs, hits, misses, runId }: LookupSample): void {
    const last = this.#samples.at(-1);
    if (last && (runId !== this.#runId || hits < last.hits || misses < last.misses)) {
      this.#samples = [];
      this.#restartedAtMs = atMs;
    }
    this.#runId = runId;
    this.#samples.push({ atMs, hits, misses });
    const oldestMs = atMs - this.#keepMs;
    const firstInside = this.#samples.findIndex((one) => one.atMs > oldestMs);
    if (firstInside > 1) this.#samples.splice(0, firstInside - 1);
    if (this.#restartedAtMs !== undefined && this.#restartedAtMs < oldestMs) this.#restartedAtMs = undefined;
  }

  /** How many samples the rate over the window is made of. */
  samplesIn(windowMs: number): number {
    return this.#within(windowMs).length;
  }

  /** The rate between now's sample and the one `windowMs` before it (or the oldest there is, if that is younger). */
  over(windowMs: number): HitRate {
    const within = this.#within(windowMs);
    const [first, last] = [within[0], within.at(-1)];
    if (!first || !last) return { kind: 'noData', why: 'not read yet' };
    if (first === last) return { kind: 'noData', why: 'read only once so far' };
    return hitRateOf(last.hits - first.hits, last.misses - first.misses, last.atMs - first.atMs);
  }

  /** The rate since the server started counting. */
  sinceStart(): HitRate {
    const last = this.#samples.at(-1);
    return last ? hitRateOf(last.hits, last.misses, undefined) : { kind: 'noData', why: 'not read yet' };
  }

  /** From the last sample at or before the start of the window, else the oldest. */
  #within(windowMs: number): readonly Omit<LookupSample, 'runId'>[] {
    const from = (this.#samples.at(-1)?.atMs ?? 0) - windowMs;
    return this.#samples.slice(
      Math.max(
        0,
        this.#samples.findLastIndex((one) => one.atMs <= from),
      ),
    );
  }
}
