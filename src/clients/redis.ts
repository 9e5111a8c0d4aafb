import type { Clock } from '../core/clock.ts';
import type { RedisProbe } from '../core/health/redisMonitor.ts';
import type { RedisSample } from '../core/health/redisReport.ts';
import { RedisLink } from './redisLink.ts';
import type { RedisTarget } from './redisLink.ts';
import { RedisReader } from './redisReader.ts';

export { addressOf, readTimeoutMs } from './redisLink.ts';
export type { RedisTarget, RedisTls } from './redisLink.ts';

/** One connection to a standalone Redis. A read is PING, then INFO: two commands. */
export class RedisConnection implements RedisProbe {
  readonly #link: RedisLink;
  readonly #reader: RedisReader;

  constructor(openTarget: () => Promise<RedisTarget>, clock: Clock, timeoutMs?: number) {
    this.#link = new RedisLink(openTarget, clock, timeoutMs);
    this.#reader = new RedisReader(clock);
  }

  read(signal: AbortSignal): Promise<RedisSample> {
    return this.#link.use(signal, (redis, target) => this.#reader.read(redis, target));
  }

  close(): void {
    this.#link.close();
  }
}

/** Reads `target` once and closes the connection: for trying out settings before they are saved. */
export async function tryRedis(target: RedisTarget, clock: Clock, signal: AbortSignal): Promise<RedisSample> {
  const connection = new RedisConnection(() => Promise.resolve(target), clock);
  try {
    return await connection.read(signal);
  } finally {
    connection.close();
  }
}
