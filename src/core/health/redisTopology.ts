import type { Failure } from './reading.ts';
import type { RedisInfo } from './redisInfo.ts';
import type { SlowState } from './redisSlow.ts';

/** What one sentinel says of the primary it watches, or why it says nothing. */
export interface SentinelView {
  /** `sentinel-1:26379`. */
  readonly address: string;
  readonly failure?: Failure;
  readonly primary?: SentinelPrimary;
  /** Whether enough sentinels are reachable from this one to agree on a failover; undefined: it did not say. */
  readonly quorum?: { readonly reached: boolean; readonly words: string };
}

/** Source: the SENTINEL MASTER reply (redis.io, "High availability with Redis Sentinel"). */
export interface SentinelPrimary {
  readonly host: string;
  readonly port: number;
  /** `master`, `s_down`, `o_down`, `disconnected`, … */
  readonly flags: readonly string[];
  readonly replicas: number | undefined;
  /** How many have to agree. */
  readonly quorum: number | undefined;
  /** Of two views, the higher one is the newer. */
  readonly epoch: number;
}

/** A Sentinel group as its sentinels describe it. */
export interface SentinelState {
  /** The name under which they watch the primary. */
  readonly name: string;
  readonly views: readonly SentinelView[];
}

/** One line of CLUSTER NODES. */
export interface ClusterMember {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly hostname: string | undefined;
  readonly role: 'primary' | 'replica';
  /** `fail`, `fail?`, `handshake`, `noaddr`, … without role and `myself`. */
  readonly flags: readonly string[];
  readonly primaryId: string | undefined;
  readonly slots: number;
  /** Slots on their way in or out. */
  readonly moving: number;
}

/** A member, and what it answered itself. */
export interface ClusterNode {
  readonly member: ClusterMember;
  /** `redis-1:6379`. */
  readonly address: string;
  readonly roundTripMs?: number;
  readonly info?: RedisInfo | undefined;
  readonly slow?: SlowState;
  /** As of a single server. */
  readonly writesRefused?: string | undefined;
  readonly failure?: Failure;
}

/** A cluster as one of its nodes sees it, and as each node answers for itself. */
export interface ClusterState {
  /** The node that was asked for the state of the whole. */
  readonly askedAt: string;
  /** `ok` or `fail`, of CLUSTER INFO; undefined: it did not say. */
  readonly state: string | undefined;
  readonly slotsAssigned: number | undefined;
  readonly slotsOk: number | undefined;
  readonly slotsFailing: number | undefined;
  readonly nodes: readonly ClusterNode[];
}

/** Every cluster has this many. */
export const clusterSlots = 16_384;
