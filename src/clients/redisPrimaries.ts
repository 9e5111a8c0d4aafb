import type { Clock } from '../core/clock.ts';
import { formatHostPort } from '../core/environment/hosts.ts';
import { OpsError } from '../core/errors.ts';
import { ClusterConnection } from './redisCluster.ts';
import type { RedisTarget } from './redisLink.ts';
import { findSentinelPrimary } from './redisSentinel.ts';
import { targetOn } from './redisTarget.ts';
import type { RedisTopology } from './redisTarget.ts';

/**
 * The servers that hold the data now: one, the primary that the sentinels name, or each primary of the cluster that
 * has slots. Throws OpsError where they cannot be found.
 */
export async function findPrimaries(
  topology: RedisTopology,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly RedisTarget[]> {
  if (topology.kind === 'single') return [topology.target];
  if (topology.kind === 'sentinel') return [await findSentinelPrimary(topology, clock, signal)];
  const connection = new ClusterConnection(() => Promise.resolve(topology), clock);
  try {
    const { cluster } = await connection.read(signal);
    const primaries = (cluster?.nodes ?? []).filter(({ member }) => member.role === 'primary' && member.slots > 0);
    if (primaries.length > 0) return primaries.map(({ member }) => targetOn(topology.login, member));
  } finally {
    connection.close();
  }
  throw new OpsError(
    'unreachable',
    `No node of the cluster at ${topology.seeds.map(formatHostPort).join(', ')} has slots.`,
  );
}
