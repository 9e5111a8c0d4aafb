import type { LookupHistory } from '../metrics/hitRate.ts';
import type { ServiceReport } from './reading.ts';
import { worst } from './reading.ts';
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
  const readings = [
    ...connectionReadings(sample, recent, limits),
    ...(sentinel ? sentinelReadings(sentinel, sample.address, info) : []),
    ...(cluster ? clusterReadings(cluster) : []),
    ...(info ? infoReadings(sample, info, history, limits, recent) : [infoDenied(user)]),
    ...(slow ? slowReadings(slow, user, sample.readAtMs) : []),
    ...(cluster ? nodeReadings(cluster) : []),
  ];
  const state = worst(readings.map((reading) => reading.state));
  const troubled = readings.filter((reading) => reading.state === state).map((reading) => reading.label.toLowerCase());
  const summary = state === 'healthy' ? 'healthy' : `${state}: ${troubled.join(', ')}`;
  return { state, summary, readings, readAtMs: sample.readAtMs };
}
