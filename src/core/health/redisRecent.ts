import { minuteMs } from '../metrics/hitRate.ts';
import type { RedisInfo } from './redisInfo.ts';

const keptMs = 5 * minuteMs;
const mostRoundTrips = 120;

type Counter = 'evicted_keys' | 'expired_keys' | 'rejected_connections';
const counters: readonly Counter[] = ['evicted_keys', 'expired_keys', 'rejected_connections'];

interface Counted extends Readonly<Record<Counter, number | undefined>> {
  readonly atMs: number;
}

/** How much a counter rose, over what the two samples really span. */
export interface Rise {
  readonly count: number;
  readonly windowMs: number;
}

export interface RoundTrips {
  readonly polls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What the last polls brought, bounded: counters whose rise is worth more than their sum, and round trips. */
export class RedisRecent {
  #runId: string | undefined;
  #counted: Counted[] = [];
  #roundTripsMs: number[] = [];

  add(sample: { readonly atMs: number; readonly roundTripMs: number; readonly info: RedisInfo | undefined }): void {
    this.#roundTripsMs.push(sample.roundTripMs);
    if (this.#roundTripsMs.length > mostRoundTrips) this.#roundTripsMs.shift();
    const { info, atMs } = sample;
    if (!info) return;
    const last = this.#counted.at(-1);
    const fell = last && counters.some((name) => (info[name] ?? 0) < (last[name] ?? 0));
    if (info.run_id !== this.#runId || fell) this.#counted = [];
    this.#runId = info.run_id;
    const { evicted_keys, expired_keys, rejected_connections } = info;
    this.#counted.push({ atMs, evicted_keys, expired_keys, rejected_connections });
    while ((this.#counted[1]?.atMs ?? Infinity) < atMs - keptMs) this.#counted.shift();
  }

  /** Undefined while it was read only once since the server started, or where the server does not count it. */
  rise(name: Counter, windowMs = minuteMs): Rise | undefined {
    const last = this.#counted.at(-1);
    if (!last) return undefined;
    const first = this.#counted.findLast((one) => one.atMs <= last.atMs - windowMs) ?? this.#counted[0];
    const [from, to] = [first?.[name], last[name]];
    if (!first || first === last || from === undefined || to === undefined) return undefined;
    return { count: to - from, windowMs: last.atMs - first.atMs };
  }

  roundTrips(): RoundTrips | undefined {
    const sorted = this.#roundTripsMs.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return sorted.length < 2 ? undefined : { polls: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
  }
}
