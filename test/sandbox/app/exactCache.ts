import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Config } from './config.ts';
import type { Namespace } from './questions.ts';

/** Answers in Redis, found again by exactly the same question. Every method throws when Redis does not answer. */
export interface ExactCache {
  get(key: string): Promise<string | undefined>;
  set(key: string, answer: string): Promise<void>;
  /** Removes the entries of a namespace; returns how many there were. */
  clear(namespace: Namespace): Promise<number>;
  count(namespace: Namespace): Promise<number>;
  ping(): Promise<void>;
  close(): void;
}

export function exactKey(namespace: Namespace, question: string): string {
  return `cache:${namespace}:${createHash('sha256').update(question).digest('hex').slice(0, 24)}`;
}

/** Connects; when that fails it goes on trying in the background, and calls throw at once meanwhile. */
export async function openExactCache(config: Config): Promise<ExactCache> {
  const redis = new Redis(config.redisUrl, {
    ...(config.redisUsername === undefined ? {} : { username: config.redisUsername }),
    ...(config.redisPassword === undefined ? {} : { password: config.redisPassword }),
    connectionName: 'sample-app',
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1000,
    retryStrategy: () => 250,
  });
  redis.on('error', () => {}); // shown by ping(), and so by /health
  await redis.connect().catch(() => {});
  return {
    get: async (key) => (await redis.get(key)) ?? undefined,
    set: async (key, answer) => void (await redis.set(key, answer, 'EX', lifetimeSeconds(key, config.ttlSeconds))),
    clear: (namespace) => eachPage(redis, namespace, (keys) => redis.unlink(...keys)),
    count: (namespace) => eachPage(redis, namespace, (keys) => keys.length),
    ping: async () => void (await redis.ping()),
    close: () => redis.disconnect(),
  };
}

/** Between half of the time to live and all of it, so that what was stored together does not expire together. */
function lifetimeSeconds(key: string, ttlSeconds: number): number {
  const part = createHash('md5').update(key).digest().readUInt16LE(0) / 0xffff;
  return Math.max(1, Math.round(ttlSeconds * (0.5 + 0.5 * part)));
}

async function eachPage(
  redis: Redis,
  namespace: Namespace,
  work: (keys: readonly string[]) => number | Promise<number>,
): Promise<number> {
  let cursor = '0';
  let total = 0;
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `cache:${namespace}:*`, 'COUNT', 500);
    if (keys.length > 0) total += await work(keys);
    cursor = next;
  } while (cursor !== '0');
  return total;
}
