import type { Redis } from 'ioredis';
import { keySlot } from '../../core/backup/keySlot.ts';
import type { Clock } from '../../core/clock.ts';
import { formatHostPort } from '../../core/environment/hosts.ts';
import type { HostPort } from '../../core/environment/hosts.ts';
import { OpsError } from '../../core/errors.ts';
import { addressOf, RedisLink } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';
import { findPrimaries } from '../redisPrimaries.ts';
import { targetOn } from '../redisTarget.ts';
import type { RedisTopology } from '../redisTarget.ts';

/** One server that holds keys. */
export interface Route {
  readonly address: string;
  readonly link: RedisLink;
}

/** Some hundred megabytes of values may be on their way. */
const batchTimeoutMs = 60_000;

/** Which server a key belongs to: always the same one, or the primary of its slot. */
export class KeyRoutes {
  readonly #topology: RedisTopology;
  readonly #clock: Clock;
  readonly #routes = new Map<string, Route>();
  /** By slot; empty where there is no cluster. */
  #slots: (Route | undefined)[] = [];
  #only: Route | undefined;

  private constructor(topology: RedisTopology, clock: Clock) {
    this.#topology = topology;
    this.#clock = clock;
  }

  /** Finds the servers now. Throws OpsError. */
  static async open(topology: RedisTopology, clock: Clock, signal: AbortSignal): Promise<KeyRoutes> {
    const routes = new KeyRoutes(topology, clock);
    const [first, ...others] = await findPrimaries(topology, clock, signal);
    if (!first) throw new OpsError('unreachable', 'There is no server to write to.');
    const route = routes.#routeTo(first);
    for (const target of others) routes.#routeTo(target);
    if (topology.kind === 'cluster') await routes.#readSlots(route, topology.seeds[0], signal);
    else routes.#only = route;
    return routes;
  }

  get all(): readonly Route[] {
    return [...this.#routes.values()];
  }

  /** The server that holds every key, where there is no cluster. */
  get only(): Route | undefined {
    return this.#only;
  }

  of(key: Uint8Array): Route {
    const route = this.#only ?? this.#slots[keySlot(key)];
    if (route) return route;
    throw new OpsError('unreachable', 'No node of the cluster serves the slot of a key.', {
      next: 'Look at the state of the cluster.',
    });
  }

  /** As MOVED says: the slot is at `place` from now on. */
  moved(slot: number, place: HostPort): Route {
    const route = this.at(place);
    this.#slots[slot] = route;
    return route;
  }

  at(place: HostPort): Route {
    if (this.#topology.kind !== 'cluster') throw new OpsError('protocol', 'The server says that it is in a cluster.');
    return this.#routeTo(targetOn(this.#topology.login, place));
  }

  close(): void {
    for (const { link } of this.#routes.values()) link.close();
  }

  #routeTo(target: RedisTarget): Route {
    const address = addressOf(target);
    const known = this.#routes.get(address);
    if (known) return known;
    const made = { address, link: new RedisLink(() => Promise.resolve(target), this.#clock, batchTimeoutMs) };
    this.#routes.set(address, made);
    return made;
  }

  async #readSlots({ link }: Route, seed: HostPort | undefined, signal: AbortSignal): Promise<void> {
    const reply: unknown = await link.use(signal, (redis: Redis) => redis.call('CLUSTER', 'SLOTS'));
    for (const range of Array.isArray(reply) ? reply : []) {
      const [first, last, node]: unknown[] = Array.isArray(range) ? range : [];
      const [host, port]: unknown[] = Array.isArray(node) ? node : [];
      // A node that does not know its own name yet is where it was asked.
      const at = { host: typeof host === 'string' && host !== '' ? host : (seed?.host ?? ''), port: Number(port) };
      const route = this.#routes.get(formatHostPort(at)) ?? this.at(at);
      for (let slot = Number(first); slot <= Number(last); slot++) this.#slots[slot] = route;
    }
  }
}
