import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/environment/environment.ts';
import { OpsError } from '../core/errors.ts';
import type { RedisProbe } from '../core/health/redisMonitor.ts';
import { RedisConnection } from './redis.ts';
import { ClusterConnection } from './redisCluster.ts';
import { SentinelConnection } from './redisSentinel.ts';
import { resolveRedisTarget, resolveRedisTopology } from './redisTarget.ts';
import type { RedisTopology, SecretLookup } from './redisTarget.ts';
import type { Dial } from './tunnel/stream.ts';
import type { TunnelWay } from './tunnels.ts';

/** Reads the Redis of an environment, however it is deployed; through its tunnel, which has to be given where it names one. */
export function openRedisProbe(
  environment: Environment,
  secret: SecretLookup,
  clock: Clock,
  tunnel?: TunnelWay,
): RedisProbe {
  const probe = openDirectly(environment, secret, clock, tunnel?.dial);
  if (!tunnel) return probe;
  return {
    read: (signal) => probe.read(signal),
    close: () => {
      probe.close();
      tunnel.close();
    },
    onMoved: (listener) => probe.onMoved?.(listener),
  };
}

function openDirectly(
  environment: Environment,
  secret: SecretLookup,
  clock: Clock,
  dial: Dial | undefined,
): RedisProbe {
  const { redis } = environment.settings;
  const topology = (): Promise<RedisTopology> => resolveRedisTopology(environment, secret, dial);
  if (redis?.sentinels !== undefined) {
    return new SentinelConnection(async () => only('sentinel', await topology()), clock);
  }
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
