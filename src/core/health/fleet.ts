import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import type { Environment } from '../environment/environment.ts';
import type { RedisProbe } from './redisMonitor.ts';
import { RedisMonitor } from './redisMonitor.ts';

export interface FleetOptions {
  readonly openRedis: (environment: Environment) => RedisProbe;
  readonly clock: Clock;
  readonly onRead: (environment: Environment) => void;
}

interface Watched {
  readonly environment: Environment;
  readonly intervalMs: number;
  readonly redis: RedisMonitor;
}

/** The monitors of all environments: one each, kept while its settings stay the same. */
export class Fleet implements Disposable {
  readonly #options: FleetOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Follows the settings: an environment that is the same object keeps its monitor with its history. */
  update(environments: readonly Environment[], intervalMs: number): void {
    const wanted = new Map(environments.filter(({ settings }) => settings.redis).map((one) => [one.id, one]));
    for (const [id, watched] of this.#watched) {
      if (wanted.get(id) === watched.environment && watched.intervalMs === intervalMs) continue;
      watched.redis.dispose();
      this.#watched.delete(id);
    }
    for (const environment of wanted.values()) {
      if (!this.#watched.has(environment.id)) this.#watched.set(environment.id, this.#watch(environment, intervalMs));
    }
  }

  /** Undefined for an environment without Redis, or one that is gone. */
  redisOf(environment: Environment): RedisMonitor | undefined {
    return this.#watched.get(environment.id)?.redis;
  }

  /** Every connection is made anew: secrets changed. */
  reopen(): void {
    for (const { redis } of this.#watched.values()) redis.reopen();
  }

  dispose(): void {
    for (const { redis } of this.#watched.values()) redis.dispose();
    this.#watched.clear();
  }

  #watch(environment: Environment, intervalMs: number): Watched {
    const redis = new RedisMonitor({
      openProbe: () => this.#options.openRedis(environment),
      limits: environment.settings.limits ?? {},
      intervalMs,
      clock: this.#options.clock,
      onRead: () => this.#options.onRead(environment),
    });
    return { environment, intervalMs, redis };
  }
}
