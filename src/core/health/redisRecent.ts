import { minuteMs } from '../metrics/hitRate.ts';
import type { RedisInfo } from './redisInfo.ts';

const keptMs = 5 * minuteMs;
const mostRoundTrips = 120;
/** A replica that was taken away on purpose is no fault for ever. */
const rememberedMs = 60 * minuteMs;

type Counter = 'evicted_keys' | 'expired_keys' | 'rejected_connections';
const counters: readonly Counter[] = ['evicted_keys', 'expired_keys', 'rejected_connections'];

/** How far a primary's stream of changes had come. */
interface Written {
  readonly atMs: number;
  readonly offset: number;
}

interface Counted extends Readonly<Record<Counter, number | undefined>> {
  readonly atMs: number;
}

/** How much a counter rose, over what the two samples really span. */
export interface Rise {
  readonly count: number;
  readonly windowMs: number;
}

/** A replica that was linked, and since when it is not. */
export interface GoneReplica {
  readonly address: string;
  readonly forMs: number;
}

export interface RoundTrips {
  readonly polls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What the last polls brought, bounded: counters whose rise is worth more than their sum, round trips, replicas. */
export class RedisRecent {
  #runId: string | undefined;
  #counted: Counted[] = [];
  #roundTripsMs: number[] = [];
  #written: Written[] = [];
  readonly #linkedAtMs = new Map<string, number>();
  /** How many replicas were linked at once, and when last. */
  #most = { count: 0, atMs: 0 };

  add(sample: { readonly atMs: number; readonly roundTripMs: number; readonly info: RedisInfo | undefined }): void {
    this.#roundTripsMs.push(sample.roundTripMs);
    if (this.#roundTripsMs.length > mostRoundTrips) this.#roundTripsMs.shift();
    const { info, atMs } = sample;
    if (!info) return;
    const last = this.#counted.at(-1);
    const fell = last && counters.some((name) => (info[name] ?? 0) < (last[name] ?? 0));
    if (info.run_id !== this.#runId || fell) this.#counted = [];
    this.#rememberReplicas(info, atMs);
    this.#rememberWritten(info, atMs);
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

  /** Replicas that were linked to this server within the last hour and are not, nor others in their place. */
  goneReplicas({ replicas = [] }: RedisInfo, atMs: number): readonly GoneReplica[] {
    const linked = new Set(replicas.map(({ address }) => address));
    return [...this.#linkedAtMs]
      .filter(([address]) => !linked.has(address))
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, Math.max(0, this.#most.count - linked.size))
      .map(([address, lastMs]) => ({ address, forMs: atMs - lastMs }));
  }

  /** For how long at least a replica has lacked something, by what it has acknowledged; 0 while that cannot be told. */
  behindMs(acknowledged: number): number {
    const lacked = this.#written.find(({ offset }) => offset > acknowledged);
    return lacked ? (this.#written.at(-1)?.atMs ?? 0) - lacked.atMs : 0;
  }

  #rememberWritten({ run_id: runId, master_repl_offset: offset }: RedisInfo, atMs: number): void {
    const isAnother = runId !== this.#runId || (offset ?? 0) < (this.#written.at(-1)?.offset ?? 0);
    if (isAnother || offset === undefined) this.#written = [];
    if (offset !== undefined) this.#written.push({ atMs, offset });
    while ((this.#written[1]?.atMs ?? Infinity) < atMs - keptMs) this.#written.shift();
  }

  #rememberReplicas({ run_id: runId, replicas = [] }: RedisInfo, atMs: number): void {
    // After a failover, others replicate from another server.
    if (runId !== this.#runId) this.#linkedAtMs.clear();
    const old = runId !== this.#runId || atMs - this.#most.atMs > rememberedMs;
    if (old || replicas.length >= this.#most.count) this.#most = { count: replicas.length, atMs };
    for (const { address } of replicas) this.#linkedAtMs.set(address, atMs);
    for (const [address, lastMs] of this.#linkedAtMs)
      if (atMs - lastMs > rememberedMs) this.#linkedAtMs.delete(address);
  }

  roundTrips(): RoundTrips | undefined {
    const sorted = this.#roundTripsMs.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return sorted.length < 2 ? undefined : { polls: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
  }
}
