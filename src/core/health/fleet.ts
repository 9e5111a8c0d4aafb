import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import type { Environment } from '../environment/environment.ts';
import type { Monitor, ServiceProbe } from './monitor.ts';
import { ServiceMonitor } from './monitor.ts';
import { serviceIds, servicesOf } from './monitorServices.ts';
import type { ProbedServiceId, ServiceId } from './monitorServices.ts';
import { addReadings } from './monitorParts.ts';
import { outdate } from './reading.ts';
import type { Reading, ServiceReport } from './reading.ts';
import type { RedisProbe } from './redisMonitor.ts';
import { RedisMonitor } from './redisMonitor.ts';

export interface FleetOptions {
  readonly openRedis: (environment: Environment) => RedisProbe;
  /** Left out, only Redis is watched, and the tree says so. */
  readonly openService?: (service: ProbedServiceId, environment: Environment) => ServiceProbe;
  readonly clock: Clock;
  readonly onRead: (environment: Environment) => void;
  /** Readings of a service that are made on request, and not polled. */
  readonly besides?: (environment: Environment, service: ServiceId) => readonly Reading[];
}

interface Watched {
  readonly environment: Environment;
  readonly intervalMs: number;
  readonly redis: RedisMonitor | undefined;
  readonly monitors: ReadonlyMap<ServiceId, Monitor>;
}

/** Services other than Redis are read every second poll: they take several requests, and change more slowly. */
const slowerBy = 2;

/** A poll that takes its time. */
const longestReadMs = 5_000;

/** Beyond the polls that were missed, for one that takes its time. */
const graceMs = 30_000;

/** The monitors of all environments: one for each service, kept while the environment's settings stay the same. */
export class Fleet implements Disposable {
  readonly #options: FleetOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Follows the settings: an environment that is the same object keeps its monitors with their history. */
  update(environments: readonly Environment[], intervalMs: number): void {
    const wanted = new Map(environments.map((one) => [one.id, one]));
    for (const [id, watched] of this.#watched) {
      if (wanted.get(id) === watched.environment && watched.intervalMs === intervalMs) continue;
      disposeAll(watched);
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

  /** Undefined for a service the environment does not name, or that is not watched. */
  monitorOf(environment: Environment, service: ServiceId): Monitor | undefined {
    return this.#watched.get(environment.id)?.monitors.get(service);
  }

  /** The watched services of an environment, in the order of the tree. */
  monitorsOf(environment: Environment): ReadonlyMap<ServiceId, Monitor> {
    return this.#watched.get(environment.id)?.monitors ?? new Map<ServiceId, Monitor>();
  }

  /**
   * What is known of the watched services of an environment; undefined for one that was not read yet. A reading that nobody
   * renewed for long, because nothing showed it or the machine slept, is unknown.
   */
  reportsOf(environment: Environment): ReadonlyMap<ServiceId, ServiceReport | undefined> {
    const watched = this.#watched.get(environment.id);
    const oldMs = this.#options.clock.wallMs() - graceMs - 3 * slowerBy * (watched?.intervalMs ?? 0);
    return new Map(
      [...this.monitorsOf(environment)].map(([id, { report }]) => {
        const old = report && !report.failure && report.readAtMs !== undefined && report.readAtMs < oldMs;
        if (old) return [id, outdate(report)];
        const besides = this.#options.besides?.(environment, id) ?? [];
        return [id, report && !report.failure ? addReadings(report, besides) : report];
      }),
    );
  }

  /** Polls of a service that are further apart than this were not made one after the other. */
  mostGapMs(environment: Environment, service: ServiceId): number {
    const intervalMs = this.#watched.get(environment.id)?.intervalMs ?? 0;
    return 3 * intervalMs * (service === 'redis' ? 1 : slowerBy) + longestReadMs;
  }

  /** The connections of an environment are made anew: its secrets changed. */
  reopen(environmentId: string): void {
    for (const one of this.#watched.get(environmentId)?.monitors.values() ?? []) one.reopen();
  }

  /** Whether any service could not be read when it was last tried. */
  get isFailing(): boolean {
    return [...this.#watched.values()].some(({ monitors }) =>
      [...monitors.values()].some(({ report }) => report?.failure !== undefined),
    );
  }

  /** What failed is read at once, if anybody looks at it. */
  retry(): void {
    for (const { monitors } of this.#watched.values()) for (const one of monitors.values()) one.retry();
  }

  dispose(): void {
    for (const watched of this.#watched.values()) disposeAll(watched);
    this.#watched.clear();
  }

  #watch(environment: Environment, intervalMs: number): Watched {
    const named = servicesOf(environment);
    const redis = named.includes('redis') ? this.#watchRedis(environment, intervalMs) : undefined;
    const monitors = new Map<ServiceId, Monitor>();
    for (const id of serviceIds) {
      const monitor = id === 'redis' ? redis : this.#watchService(id, environment, intervalMs * slowerBy);
      if (monitor && named.includes(id)) monitors.set(id, monitor);
    }
    return { environment, intervalMs, redis, monitors };
  }

  #watchRedis(environment: Environment, intervalMs: number): RedisMonitor {
    return new RedisMonitor({
      openProbe: () => this.#options.openRedis(environment),
      limits: environment.settings.limits ?? {},
      intervalMs,
      clock: this.#options.clock,
      onRead: () => this.#options.onRead(environment),
    });
  }

  #watchService(service: ProbedServiceId, environment: Environment, intervalMs: number): Monitor | undefined {
    const { openService, clock, onRead } = this.#options;
    if (!openService || environment.settings[service] === undefined) return undefined;
    return new ServiceMonitor({
      openProbe: () => openService(service, environment),
      intervalMs,
      clock,
      onRead: () => onRead(environment),
    });
  }
}

function disposeAll({ monitors }: Watched): void {
  for (const one of monitors.values()) one.dispose();
}
