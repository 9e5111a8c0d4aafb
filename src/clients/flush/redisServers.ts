import type { Redis } from 'ioredis';
import { parseInfo } from '../../core/health/redisInfo.ts';
import type { RedisServer } from '../../core/operations/flush/stores.ts';
import { readIdentity, whereDenied } from '../redisIdentity.ts';
import type { RedisTarget } from '../redisLink.ts';

/** Who a server is and what it holds. A user without INFO learns less. */
export async function readServer(redis: Redis, target: RedisTarget): Promise<RedisServer> {
  const [{ identity, info, isCluster }, keys] = await Promise.all([readIdentity(redis, target), redis.dbsize()]);
  const atMs = performance.now();
  return {
    identity,
    address: identity.address,
    db: target.db,
    keys,
    databases: info?.keyspace.map(({ db, keys: count }) => ({ db, keys: count })),
    isPrimary: identity.role !== 'replica',
    isCluster,
    hits: info?.keyspace_hits === undefined ? undefined : { count: info.keyspace_hits, atMs },
  };
}

/** Replication ids of the data a server holds: its own, and that of the primary it took over from. */
export async function lineageOf(redis: Redis): Promise<readonly string[]> {
  const reply = await redis.info('replication').catch(whereDenied);
  if (reply === undefined) return [];
  const { master_replid, master_replid2 } = parseInfo(reply);
  return [master_replid, master_replid2].filter((one) => one !== undefined);
}
