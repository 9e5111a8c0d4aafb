import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import type { Environment } from '../environment/environment.ts';
import { minuteMs } from '../metrics/hitRate.ts';
import type { Monitor, ServiceProbe } from './monitor.ts';
import { environmentHitRate, serviceOfSource } from './environmentHitRate.ts';
import type { EnvironmentHitRate } from './environmentHitRate.ts';
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
  readonly openService?: (service: ProbedServiceId, environment: Environment, needs: ProbeNeeds) => ServiceProbe;
  readonly clock: Clock;
  readonly onRead: (environment: Environment) => void;
  /** Readings of a service that are made on request, and not polled. */
  readonly besides?: (environment: Environment, service: ServiceId) => readonly Reading[];
}

/** What others wait for a service to tell, so that it is read no more often than that. */
export interface ProbeNeeds {
  /** How often the hits and misses are wanted; 0: at every read; undefined: a better source gives the hit rate. */
  readonly lookupsEveryMs: () => number | undefined;
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

  hitRateOf(environment: Environment): EnvironmentHitRate {
    return environmentHitRate(environment, this.reportsOf(environment));
  }

  /**
   * The monitors by which the environment's hit rate is known: those of its best source, and of the next ones while the
   * better do not give it. Redis always, whose failure is said beside the rate.
   */
  hitRateMonitorsOf(environment: Environment): ReadonlyMap<ServiceId, Monitor> {
    const monitors = this.monitorsOf(environment);
    const needed = new Set<ServiceId>(['redis']);
    for (const { source, rate } of this.hitRateOf(environment).sources) {
      const service = serviceOfSource[source];
      needed.add(service);
      if (rate.kind !== 'noData' || !monitors.get(service)?.report) break;
    }
    return new Map([...monitors].filter(([id]) => needed.has(id)));
  }

  /** Reads what the hit rate needs now, the next source only where the better do not give it. */
  async refreshHitRate(environment: Environment): Promise<EnvironmentHitRate> {
    const read = new Set<Monitor>();
    for (;;) {
      const next = [...this.hitRateMonitorsOf(environment).values()].filter((monitor) => !read.has(monitor));
      if (next.length === 0) return this.hitRateOf(environment);
      await Promise.all(next.map((monitor) => monitor.refresh()));
      for (const monitor of next) read.add(monitor);
    }
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
      openProbe: () => openService(service, environment, { lookupsEveryMs: () => this.#lookupsEveryMs(environment) }),
      intervalMs,
      clock,
      onRead: () => onRead(environment),
    });
  }

  /** Always where there is no Prometheus; where it was asked and tells none, what the budget of requests leaves. */
  #lookupsEveryMs(environment: Environment): number | undefined {
    const best = this.hitRateOf(environment).sources.find(({ source }) => source === 'prometheus');
    if (!best) return 0;
    const isMissing = best.rate.kind === 'noData' && this.monitorOf(environment, 'prometheus')?.report !== undefined;
    return isMissing ? minuteMs : undefined;
  }
}

function disposeAll({ monitors }: Watched): void {
  for (const one of monitors.values()) one.dispose();
}
