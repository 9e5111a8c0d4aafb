import { randomBytes } from 'node:crypto';
import { explain } from '../../src/core/errors.ts';
import { STAGING_USER } from './environments.ts';
import { startQdrant } from './qdrant.ts';
import type { QdrantServer } from './qdrant.ts';
import { startRedis } from './redis.ts';
import type { RedisServer } from './redis.ts';
import type { Setup } from './setup.ts';

/** The servers that hold the cache's entries. */
export interface Stores {
  readonly redis: RedisServer;
  readonly stagingRedis: RedisServer;
  /** Of the staging Redis, for the default user and {@link STAGING_USER}; another one with every start. */
  readonly stagingPassword: string;
  /** Undefined where no Qdrant runs; then there are no semantic entries. */
  readonly qdrant: QdrantServer | undefined;
  /** Why there is no Qdrant, and what to do. */
  readonly qdrantMissing: string | undefined;
}

export async function startStores(setup: Setup): Promise<Stores> {
  const { own, dataFolder, report } = setup;
  const stagingPassword = randomBytes(12).toString('hex');
  const config = { maxmemory: '64mb', 'maxmemory-policy': 'allkeys-lru', save: '3600 1 300 100' };
  const common = { config, ...report };
  const [redis, stagingRedis, qdrant] = await Promise.all([
    own(startRedis({ folder: dataFolder('redis'), ...(await setup.port('redis')), ...common })),
    own(
      startRedis({
        folder: dataFolder('redis-staging'),
        acl: stagingUsers(stagingPassword),
        ...(await setup.port('stagingRedis')),
        ...common,
      }),
    ),
    own(startQdrant({ folder: dataFolder('qdrant'), ...(await setup.port('qdrant')), ...report })).catch(
      (error: unknown) => explain(error),
    ),
  ]);
  const servers = { redis, stagingRedis, stagingPassword };
  return typeof qdrant === 'string'
    ? { ...servers, qdrant: undefined, qdrantMissing: qdrant }
    : { ...servers, qdrant, qdrantMissing: undefined };
}

/** The default user has the password too, so that REDISCLI_AUTH alone is enough for redis-cli. */
function stagingUsers(password: string): readonly string[] {
  return ['default', STAGING_USER].map((user) => `user ${user} on >${password} ~* &* +@all`);
}
