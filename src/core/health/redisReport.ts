import type { LookupHistory } from '../metrics/hitRate.ts';
import type { HitRateLimits } from './hitRateLimits.ts';
import type { Failure, HealthState, ServiceReport } from './reading.ts';
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
  /** Undefined when the user may not call INFO. */
  readonly info: RedisInfo | undefined;
  /** What is asked once a minute, as last heard. */
  readonly slow?: SlowState;
  /** Where it is the primary of a Sentinel group. */
  readonly sentinel?: SentinelState;
  /** Where it is a cluster: `info` is then the sum, `address` the node that was asked for the state of the whole. */
  readonly cluster?: ClusterState;
}

/** The limits of an environment that concern Redis; memory in bytes. */
export interface RedisLimits {
  readonly hitRate?: HitRateLimits | undefined;
  readonly redisMemory?: number | undefined;
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
    ...connectionReadings(sample, recent),
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

/** Reads that failed: what was known is kept as what it was, but nothing of it is claimed to be so now. */
export function reportFailure(failure: Failure, last: ServiceReport | undefined): ServiceReport {
  const state: HealthState = failure.code === 'secretMissing' || failure.code === 'settings' ? 'unknown' : 'down';
  const readings = (last?.readings ?? [])
    .filter((reading) => reading.id !== 'connection')
    .map((reading) => ({
      ...reading,
      state: 'unknown' as const,
      detail: 'Not read now: this is the last known value.',
    }));
  return { state, summary: failureWords[failure.code] ?? failure.code, readings, readAtMs: last?.readAtMs, failure };
}

const failureWords: Partial<Record<Failure['code'], string>> = {
  settings: 'not set up',
  secretMissing: 'secret needed',
  nameNotResolved: 'host name not found',
  refused: 'connection refused',
  unreachable: 'not reachable',
  closed: 'connection closed',
  tls: 'TLS failed',
  authentication: 'login failed',
  permission: 'not permitted',
  timedOut: 'timed out',
  busy: 'not ready',
  protocol: 'unexpected answer',
  file: 'file not readable',
};
