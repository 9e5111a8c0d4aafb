import type { Redis } from 'ioredis';
import { formatCount } from '../../core/format.ts';
import { parseInfo } from '../../core/health/redisInfo.ts';
import { whereDenied } from '../redisIdentity.ts';
import type { KeyRoutes, Route } from './keyRoutes.ts';

/** They are behind by milliseconds, or for long. */
const withinMs = 3_000;

/**
 * Whether the replicas that were there when writing began have confirmed what was written (WAIT): one that takes over
 * without has lost the rest. What may not be asked is not doubted.
 */
export class Replicas {
  readonly #routes: KeyRoutes;
  readonly #signal: AbortSignal;
  readonly #before = new Map<string, number>();

  constructor(routes: KeyRoutes, signal: AbortSignal) {
    this.#routes = routes;
    this.#signal = signal;
  }

  async count(): Promise<void> {
    const counted = await this.#ask(async (redis) => parseInfo(await redis.info('replication')).connected_slaves ?? 0);
    for (const [{ address }, count] of counted) this.#before.set(address, count);
  }

  /** A sentence for each server; over the connections that were written on. */
  async doubts(): Promise<readonly string[]> {
    const confirmed = await this.#ask(async (redis, { address }) => {
      const wanted = this.#before.get(address) ?? 0;
      return wanted === 0 ? 0 : Number(await redis.call('WAIT', wanted, withinMs));
    });
    return confirmed.flatMap(([{ address }, count]) => {
      const wanted = this.#before.get(address) ?? 0;
      if (count >= wanted) return [];
      return [
        `${formatCount(count)} of ${formatCount(wanted)} replicas of ${address} have confirmed what was written; one that takes over without has lost it`,
      ];
    });
  }

  async #ask(work: (redis: Redis, route: Route) => Promise<number>): Promise<(readonly [Route, number])[]> {
    const asked = this.#routes.all.map(async (route) => {
      const answer = await route.link.use(this.#signal, (redis) => work(redis, route).catch(whereDenied));
      return answer === undefined ? [] : [[route, answer] as const];
    });
    return (await Promise.all(asked)).flat();
  }
}
