import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/environment/environment.ts';
import { OpsError } from '../core/errors.ts';
import type { RedisProbe } from '../core/health/redisMonitor.ts';
import { RedisConnection } from './redis.ts';
import { ClusterConnection } from './redisCluster.ts';
import type { Dial } from './redisLink.ts';
import { SentinelConnection } from './redisSentinel.ts';
import { resolveRedisTarget, resolveRedisTopology } from './redisTarget.ts';
import type { RedisTopology, SecretLookup } from './redisTarget.ts';

/** Reads the Redis of an environment, however it is deployed; through `dial` where there is a tunnel. */
export function openRedisProbe(environment: Environment, secret: SecretLookup, clock: Clock, dial?: Dial): RedisProbe {
  const { redis } = environment.settings;
  const topology = (): Promise<RedisTopology> => resolveRedisTopology(environment, secret, dial);
  if (redis?.sentinels !== undefined)
    return new SentinelConnection(async () => only('sentinel', await topology()), clock);
  if (redis?.cluster !== undefined) return new ClusterConnection(async () => only('cluster', await topology()), clock);
  return new RedisConnection(() => resolveRedisTarget(environment, secret, dial), clock);
}

function only<K extends RedisTopology['kind']>(kind: K, topology: RedisTopology): Extract<RedisTopology, { kind: K }> {
  if (isKind(kind, topology)) return topology;
  throw new OpsError('settings', `The environment describes a ${topology.kind} Redis, not a ${kind}.`);
}

function isKind<K extends RedisTopology['kind']>(
  kind: K,
  topology: RedisTopology,
): topology is Extract<RedisTopology, { kind: K }> {
  return topology.kind === kind;
}
