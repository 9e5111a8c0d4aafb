import { Redis } from 'ioredis';
import { RedisFlush } from '../../../src/clients/flush/redisFlush.ts';
import type { RedisTopology } from '../../../src/clients/redisTarget.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { FlushOperation } from '../../../src/core/operations/flush/flush.ts';
import { RedisKeysPart } from '../../../src/core/operations/flush/redisKeys.ts';
import type { RedisFlushStore } from '../../../src/core/operations/flush/stores.ts';
import { environmentOf } from '../../unit/core/operations/ports.ts';

export const staging = environmentOf({ tier: 'staging' });

export function flushStore(topology: RedisTopology): RedisFlush {
  return new RedisFlush({ open: () => Promise.resolve(topology), clock: systemClock, gentle: false });
}

/** The operation that removes what matches `pattern`, on a real server. */
export function flushOf(store: RedisFlushStore, pattern: string): FlushOperation {
  return new FlushOperation(staging, { what: 'pattern', pattern }, [new RedisKeysPart(store, pattern, 'test')]);
}

/** Runs `work` with a plain client of its own. */
export async function withClient<T>(port: number, work: (redis: Redis) => Promise<T>, password?: string): Promise<T> {
  const redis = new Redis({ host: '127.0.0.1', port, ...(password === undefined ? {} : { password }) });
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** Writes keys `<prefix>0` to `<prefix>n-1`, of a few bytes each. */
export async function fill(redis: Redis, prefix: string, count: number): Promise<void> {
  const page = 5_000;
  for (let from = 0; from < count; from += page) {
    const pipeline = redis.pipeline();
    for (let n = from; n < Math.min(count, from + page); n++) pipeline.set(`${prefix}${n}`, `value ${n}`);
    await pipeline.exec();
  }
}

export async function keysOf(redis: Redis, pattern: string): Promise<number> {
  const keys = await redis.keys(pattern);
  return keys.length;
}
