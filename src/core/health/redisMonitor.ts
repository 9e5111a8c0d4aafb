import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import { LookupHistory, minuteMs } from '../metrics/hitRate.ts';
import type { HitRate } from '../metrics/hitRate.ts';
import { Poller } from '../poller.ts';
import type { ServiceReport } from './reading.ts';
import { failureOf } from './redisFailure.ts';
import { RedisRecent } from './redisRecent.ts';
import type { RedisLimits, RedisSample } from './redisReport.ts';
import { reportFailure, reportRedis } from './redisReport.ts';

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

/** How far back the status bar's rate looks. */
export const recentWindowMs = 5 * minuteMs;

/** Keeps what one environment's Redis last showed, as long as somebody uses it. */
export class RedisMonitor implements Disposable {
  readonly #options: RedisMonitorOptions;
  readonly #history = new LookupHistory(recentWindowMs);
  readonly #recent = new RedisRecent();
  readonly #poller: Poller;
  readonly #probe: RedisProbe;
  #lastGood: ServiceReport | undefined;
  #sample: RedisSample | undefined;
  #countsLookups = false;
  #report: ServiceReport | undefined;

  constructor(options: RedisMonitorOptions) {
    this.#options = options;
    this.#probe = options.openProbe();
    this.#poller = new Poller({
      intervalMs: options.intervalMs,
      clock: options.clock,
      poll: (signal) => this.#read(signal),
    });
    this.#probe.onMoved?.(() => this.#poller.restart());
  }

  /** Undefined until the first read has ended. */
  get report(): ServiceReport | undefined {
    return this.#report;
  }

  /** What the last good read brought; undefined when the last read failed. */
  get sample(): RedisSample | undefined {
    return this.#report?.failure ? undefined : this.#sample;
  }

  /** The rate of the last minutes; where there was no traffic or only one read yet, the one since start (its window says so). */
  recentHitRate(): HitRate {
    if (!this.#report) return { kind: 'noData', why: 'not read yet' };
    if (this.#report.failure) return { kind: 'noData', why: this.#report.summary };
    if (!this.#countsLookups) return { kind: 'noData', why: 'keyspace hits could not be read' };
    const recent = this.#history.over(recentWindowMs);
    if (recent.kind === 'rate') return recent;
    const sinceStart = this.#history.sinceStart();
    return sinceStart.kind === 'rate' ? sinceStart : recent;
  }

  use(): Disposable {
    return this.#poller.use();
  }

  refresh(): Promise<void> {
    return this.#poller.refresh();
  }

  /** Connects anew at the next read, which is now if anybody watches: secrets or rights may have changed. */
  reopen(): void {
    this.#probe.close();
    this.#poller.restart();
  }

  dispose(): void {
    this.#poller.dispose();
    this.#probe.close();
  }

  async #read(signal: AbortSignal): Promise<boolean> {
    try {
      const sample = await this.#probe.read(signal);
      this.#sample = sample;
      this.#recent.add(sample);
      this.#remember(sample);
      this.#report = this.#lastGood = reportRedis(sample, this.#history, this.#options.limits, this.#recent);
    } catch (error) {
      if (signal.aborted) return true;
      this.#report = reportFailure(failureOf(error), this.#lastGood);
    }
    this.#options.onRead();
    return this.#report.failure === undefined;
  }

  #remember({ atMs, info }: RedisSample): void {
    this.#countsLookups = info?.keyspace_hits !== undefined && info.keyspace_misses !== undefined;
    if (info?.keyspace_hits === undefined || info.keyspace_misses === undefined) return;
    this.#history.add({ atMs, hits: info.keyspace_hits, misses: info.keyspace_misses, runId: info.run_id });
  }
}
