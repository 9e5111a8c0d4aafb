import type { Redis } from 'ioredis';
import { OpsError } from '../../core/errors.ts';
import { redisError } from '../redisErrors.ts';
import { addressOf, connectRedis, readTimeoutMs } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';
import { createRedis } from '../redisOptions.ts';

/** A server that answers nothing for so long hangs. */
const silenceMs = 15_000;

/**
 * Runs `work` over a connection of its own, for as long as it takes, and ends it. What it sends through `sent` may take
 * 15 s each. Throws OpsError.
 */
export async function withRedis<T>(
  target: RedisTarget,
  work: (redis: Redis, sent: <R>(reply: Promise<R>) => Promise<R>) => Promise<T>,
): Promise<T> {
  const address = addressOf(target);
  const redis = createRedis(target, readTimeoutMs);
  try {
    await connectRedis(redis, address);
    return await work(redis, (reply) => within(reply, redis, address));
  } catch (error) {
    throw redisError(error, address);
  } finally {
    redis.disconnect();
  }
}

function within<R>(reply: Promise<R>, redis: Redis, address: string): Promise<R> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new OpsError('timedOut', `${address} did not answer for ${silenceMs / 1000} s.`));
      redis.disconnect();
    }, silenceMs);
    reply.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The shortest of a few PINGs: the link, without what the server was busy with. */
export async function roundTripMs(redis: Redis): Promise<number> {
  let shortest = Infinity;
  for (let n = 0; n < 3; n++) {
    const startedMs = performance.now();
    await redis.ping();
    shortest = Math.min(shortest, performance.now() - startedMs);
  }
  return shortest;
}
