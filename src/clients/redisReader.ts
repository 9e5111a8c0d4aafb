import type { Redis } from 'ioredis';
import type { Clock } from '../core/clock.ts';
import { parseInfo } from '../core/health/redisInfo.ts';
import type { RedisInfo } from '../core/health/redisInfo.ts';
import type { RedisSample } from '../core/health/redisReport.ts';
import { addressOf } from './redisLink.ts';
import type { RedisTarget } from './redisLink.ts';

/** A user without INFO is asked again only so often: the right may be given meanwhile. */
const infoRetryMs = 60_000;

/** Reads one server over whatever connection there is at the time: PING, then INFO. */
export class RedisReader {
  readonly #clock: Clock;
  #infoDeniedAtMs: number | undefined;
  #askedOver: Redis | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async read(redis: Redis, target: RedisTarget): Promise<RedisSample> {
    if (redis !== this.#askedOver) this.#infoDeniedAtMs = undefined;
    this.#askedOver = redis;
    const startedMs = this.#clock.monotonicMs();
    await redis.ping();
    const roundTripMs = this.#clock.monotonicMs() - startedMs;
    const info = await this.#info(redis);
    return {
      atMs: this.#clock.monotonicMs(),
      readAtMs: this.#clock.wallMs(),
      roundTripMs,
      address: addressOf(target),
      user: target.username ?? 'default',
      info,
    };
  }

  async #info(redis: Redis): Promise<RedisInfo | undefined> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#infoDeniedAtMs !== undefined && nowMs - this.#infoDeniedAtMs < infoRetryMs) return undefined;
    try {
      const info = parseInfo(await redis.info());
      this.#infoDeniedAtMs = undefined;
      return info;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOPERM')) throw error;
      this.#infoDeniedAtMs = nowMs;
      return undefined;
    }
  }
}
