import type { Clock } from '../core/clock.ts';
import { parseInfo } from '../core/health/redisInfo.ts';
import type { ServiceIdentity } from '../core/operations/identity.ts';
import { addressOf, RedisLink } from './redisLink.ts';
import type { RedisTarget } from './redisLink.ts';

/** Who answers at each of these servers: run id, role and version, as INFO says. Throws OpsError. */
export function identifyRedis(
  targets: readonly RedisTarget[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly ServiceIdentity[]> {
  return Promise.all(
    targets.map(async (target) => {
      const link = new RedisLink(() => Promise.resolve(target), clock);
      try {
        const info = parseInfo(await link.use(signal, (redis) => redis.info()));
        const version = info.valkey_version ?? info.redis_version;
        return {
          service: 'Redis',
          address: addressOf(target),
          role: info.role === 'master' ? 'primary' : (info.role ?? ''),
          ...(version === undefined ? {} : { version }),
          marks: info.run_id === undefined ? {} : { 'run id': info.run_id },
        };
      } finally {
        link.close();
      }
    }),
  );
}
