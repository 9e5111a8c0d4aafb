import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import { formatDuration } from '../format.ts';
import { LookupHistory, recentWindowMs } from '../metrics/hitRate.ts';
import type { SourcedHitRate } from '../metrics/sourcedHitRate.ts';
import { keyspaceSource, withoutRate } from '../metrics/sourcedHitRate.ts';
import { ServiceMonitor } from './monitor.ts';
import type { Monitor } from './monitor.ts';
import type { ServiceReport } from './reading.ts';
import { RedisRecent } from './redisRecent.ts';
import type { Rise } from './redisRecent.ts';
import type { RedisLimits, RedisSample } from './redisReport.ts';

/** One Redis, asked with at most two commands a read and server, and two more once a minute. */
export interface RedisProbe {
  /** Connects first where there is no connection. Throws OpsError; never hangs longer than its own time limit. */
  read(signal: AbortSignal): Promise<RedisSample>;
  /** Ends the connection; the next read opens a new one. */
  close(): void;
  /** Calls back when the place to read has changed, so that it is read at once: a failover. */
  onMoved?(listener: () => void): void;
}

export interface RedisMonitorOptions {
  readonly openProbe: () => RedisProbe;
  readonly limits: RedisLimits;
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Called after every read, good or bad. */
  readonly onRead: () => void;
}

/** Keeps what one environment's Redis last showed, as long as somebody uses it. */
export class RedisMonitor implements Monitor {
  readonly #limits: RedisLimits;
  readonly #history = new LookupHistory(recentWindowMs);
  readonly #recent = new RedisRecent();
  readonly #monitor: ServiceMonitor;
  #sample: RedisSample | undefined;

  constructor({ openProbe, limits, ...options }: RedisMonitorOptions) {
    this.#limits = limits;
    this.#monitor = new ServiceMonitor({
      ...options,
      openProbe: () => {
        const probe = openProbe();
        return {
          read: async (signal) => this.#judge(await probe.read(signal)),
          close: () => probe.close(),
          onMoved: (listener) => probe.onMoved?.(listener),
        };
      },
    });
  }

  get report(): ServiceReport | undefined {
    return this.#monitor.report;
  }

  /** What the last good read brought; undefined when the last read failed. */
  get sample(): RedisSample | undefined {
    return this.report?.failure ? undefined : this.#sample;
  }

  /** How many keys were evicted in the last minute; undefined while that cannot be told. */
  evictions(): Rise | undefined {
    return this.sample && this.#recent.rise('evicted_keys');
  }

  use(): Disposable {
    return this.#monitor.use();
  }

  refresh(): Promise<void> {
    return this.#monitor.refresh();
  }

  reopen(): void {
    this.#monitor.reopen();
  }

  retry(): void {
    this.#monitor.retry();
  }

  dispose(): void {
    this.#monitor.dispose();
  }

  async #judge(sample: RedisSample): Promise<ServiceReport> {
    // Loaded with the first answer: where no Redis is read, nothing has to be known of one.
    const { reportRedis } = await import('./redisReport.ts');
    this.#sample = sample;
    this.#recent.add(sample);
    const hitRates = [this.#keyspaceRate(sample)];
    return { ...reportRedis(sample, this.#history, this.#limits, this.#recent), hitRates };
  }

  /** Of the last minutes; where there was only one read yet, the one since start (its window says so). */
  #keyspaceRate({ atMs, readAtMs, info }: RedisSample): SourcedHitRate {
    if (info?.keyspace_hits === undefined || info.keyspace_misses === undefined)
      return withoutRate('keyspace', 'keyspace hits could not be read');
    this.#history.add({ atMs, hits: info.keyspace_hits, misses: info.keyspace_misses, runId: info.run_id });
    const recent = this.#history.over(recentWindowMs);
    const { restartedAtMs } = this.#history;
    return {
      source: 'keyspace',
      rate: recent.kind === 'noData' ? this.#history.sinceStart() : recent,
      parts: [],
      samples: this.#history.samplesIn(recentWindowMs),
      newestAtMs: readAtMs,
      restart:
        restartedAtMs === undefined
          ? undefined
          : `The server’s counters began anew ${formatDuration(atMs - restartedAtMs)} ago; what was counted before is left out.`,
      note: keyspaceSource,
    };
  }
}
