import type { Clock } from '../core/clock.ts';
import { parseInfo } from '../core/health/redisInfo.ts';
import type { RedisInfo } from '../core/health/redisInfo.ts';
import type { ServiceIdentity } from '../core/operations/identity.ts';
import { addressOf, RedisLink } from './redisLink.ts';
import type { RedisTarget } from './redisLink.ts';

/** Who answers at each of these servers: run id, role and version, as INFO says. Throws OpsError. */
export async function identifyRedis(
  targets: readonly RedisTarget[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly ServiceIdentity[]> {
  const infos = await readInfos(targets, clock, signal);
  return infos.map(({ run_id, role, redis_version, valkey_version }, index) => {
    const target = targets[index];
    const version = valkey_version ?? redis_version;
    return {
      service: 'Redis',
      address: target ? addressOf(target) : '',
      role: role === 'master' ? 'primary' : (role ?? ''),
      ...(version === undefined ? {} : { version }),
      marks: run_id === undefined ? {} : { 'run id': run_id },
    };
  });
}

/** INFO of each of these servers, in their order. Throws OpsError. */
export function readInfos(
  targets: readonly RedisTarget[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly RedisInfo[]> {
  return Promise.all(
    targets.map(async (target) => {
      const link = new RedisLink(() => Promise.resolve(target), clock);
      try {
        return parseInfo(await link.use(signal, (redis) => redis.info()));
      } finally {
        link.close();
      }
    }),
  );
}
