import type { Redis } from 'ioredis';
import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import type { FlagStore } from '../../core/flags/target.ts';
import { fine } from '../../core/flags/target.ts';
import { commandWords } from '../../core/flags/commandWords.ts';
import { readIdentity } from '../redisIdentity.ts';
import { RedisLink } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';
import { changedMeanwhile } from './fileStore.ts';

/** The servers that hold the data, and what has to be given back when they are done with. */
export interface OpenPrimaries {
  readonly targets: readonly RedisTarget[];
  close(): void;
}

/**
 * A Redis key that holds the flag. Compared and set in one transaction (WATCH), which every user with the right to write
 * the key may call; its expiry is kept. The primaries are found anew each time: a failover moves them.
 */
export function redisStore(
  key: string,
  open: (signal: AbortSignal) => Promise<OpenPrimaries>,
  clock: Clock,
): FlagStore {
  const where = `Redis key ${key}`;
  const use = async <T>(signal: AbortSignal, work: (redis: Redis, target: RedisTarget) => Promise<T>): Promise<T> => {
    const primaries = await open(signal);
    try {
      for (const target of primaries.targets) {
        const link = new RedisLink(() => Promise.resolve(target), clock);
        try {
          return await link.use(signal, work);
        } catch (error) {
          // Another primary of the cluster has the key's slot.
          if (!isMoved(error)) throw error;
        } finally {
          link.close();
        }
      }
    } finally {
      primaries.close();
    }
    throw new OpsError('unreachable', `No primary of Redis has the slot of ${key}.`);
  };
  const read = (signal: AbortSignal): Promise<string | undefined> =>
    use(signal, async (redis) => (await redis.get(key)) ?? undefined);
  return {
    where,
    rollsOut: false,
    identify: (signal) => use(signal, async (redis, target) => (await readIdentity(redis, target)).identity),
    inspect: async (signal) => {
      await read(signal);
      return fine;
    },
    read,
    write: ({ expected, value }, signal) =>
      use(signal, async (redis) => {
        await redis.watch(key);
        const found = (await redis.get(key)) ?? undefined;
        if (found !== expected) throw changedMeanwhile(where, expected, found);
        const transaction = redis.multi();
        if (value === undefined) transaction.del(key);
        else if (found === undefined) transaction.set(key, value);
        else transaction.set(key, value, 'KEEPTTL');
        if ((await transaction.exec()) === null) throw changedMeanwhile(where, expected, await read(signal));
      }),
    commands: (value) => [
      commandWords(value === undefined ? ['redis-cli', 'DEL', key] : ['redis-cli', 'SET', key, value, 'KEEPTTL']),
    ],
  };
}

function isMoved(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) if (one.message.startsWith('MOVED ')) return true;
  return false;
}
