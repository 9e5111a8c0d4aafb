import type { LookupHistory } from '../metrics/hitRate.ts';
import { reportReadings } from './monitorParts.ts';
import type { Reading, ServiceReport } from './reading.ts';
import type { RedisInfo } from './redisInfo.ts';
import { clusterReadings, nodeReadings } from './redisClusterReadings.ts';
import { connectionReadings, infoDenied, infoReadings } from './redisReadings.ts';
import type { RedisRecent } from './redisRecent.ts';
import { sentinelReadings } from './redisSentinelReadings.ts';
import { slowReadings } from './redisSlow.ts';
import type { SlowState } from './redisSlow.ts';
import type { ClusterState, SentinelState } from './redisTopology.ts';

/** What one poll of a Redis brought back. */
export interface RedisSample {
  /** Monotonic ms, and wall clock ms since 1970, of the moment the answer was complete. */
  readonly atMs: number;
  readonly readAtMs: number;
  /** PING and its answer. */
  readonly roundTripMs: number;
  /** `redis-primary:6379`, `/run/redis.sock`. */
  readonly address: string;
  readonly user: string;
  /** Why the server refuses every write, in its own words; undefined: it did not say that it does. */
  readonly writesRefused?: string | undefined;
  /** Undefined when the user may not call INFO. */
  readonly info: RedisInfo | undefined;
  /** What is asked once a minute, as last heard. */
  readonly slow?: SlowState;
  /** Where it is the primary of a Sentinel group. */
  readonly sentinel?: SentinelState;
  /** Where it is a cluster: `info` is then the sum, `address` the node that was asked for the state of the whole. */
  readonly cluster?: ClusterState;
}

/** The limits of an environment that concern Redis alone; memory in bytes. */
export interface RedisLimits {
  readonly redisMemory?: number | undefined;
  /** Milliseconds. */
  readonly roundTrip?: number | undefined;
  readonly evictionsPerMinute?: number | undefined;
}

/** What a sample means: every reading with its state, in the order the tree shows them. */
export function reportRedis(
  sample: RedisSample,
  history: LookupHistory,
  limits: RedisLimits,
  recent?: RedisRecent,
): ServiceReport {
  const { info, sentinel, cluster, slow, user } = sample;
  const nowMs = serverNowMs(sample);
  const readings = [
    ...connectionReadings(sample, recent, limits),
    ...(sentinel ? sentinelReadings(sentinel, sample.address, info) : []),
    ...(cluster ? clusterReadings(cluster) : []),
    ...(info?.cluster_enabled === 1 && !cluster ? [loneNode] : []),
    ...(info ? infoReadings(sample, info, history, limits, recent, nowMs) : withoutInfo(sample)),
    ...(slow ? slowReadings(slow, user, nowMs) : []),
    ...(cluster ? nodeReadings(cluster) : []),
  ];
  return reportReadings(readings, sample.readAtMs);
}

/** By whose clock it says when something was, where it tells; of a cluster, by this machine’s. */
function serverNowMs({ info, readAtMs }: RedisSample): number {
  return info?.server_time_usec === undefined ? readAtMs : info.server_time_usec / 1000;
}

/** A cluster none of whose primaries answers has refused nobody. */
function withoutInfo({ user, cluster }: RedisSample): readonly Reading[] {
  const asked = cluster?.nodes.filter(({ member, failure }) => member.role === 'primary' && !failure);
  return asked?.length === 0 ? [] : [infoDenied(user)];
}

const loneNode: Reading = {
  id: 'clusterSlots',
  label: 'Cluster',
  value: 'one node of it',
  state: 'unknown',
  detail:
    'This is one node of a cluster: only its share of the keys is read, and whether the cluster serves is not known. Name the cluster in redis.cluster instead of redis.url.',
};
