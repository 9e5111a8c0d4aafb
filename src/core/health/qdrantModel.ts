import type { Failure } from './reading.ts';
import type { Part } from './monitorParts.ts';

/** A collection as GET /collections/{name} shows it; counts are approximate, and each may be missing. */
export interface Collection {
  /** `green`, `yellow`, `grey`, `red`, or what a later version adds. */
  readonly status: string;
  /** Undefined: the optimizers have no error to report. */
  readonly optimizerError: string | undefined;
  readonly points: number | undefined;
  readonly indexed: number | undefined;
  readonly segments: number | undefined;
  /** Updates that wait, from 1.17. */
  readonly waiting: number | undefined;
  /** `64 dimensions, Cosine`, one for each vector. */
  readonly vectors: readonly string[];
  /** Their lengths. */
  readonly vectorSizes: readonly number[];
  /** From 1.16. */
  readonly warnings: readonly string[];
}

/** What asking for one collection came to. */
export type CollectionAnswer =
  | { readonly kind: 'found'; readonly collection: Collection; readonly readAtMs: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Snapshot {
  readonly name: string;
  readonly sizeBytes: number;
  /** UTC, ms since 1970; undefined where neither its name nor the server says it. */
  readonly atMs: number | undefined;
}

export interface Alias {
  readonly alias: string;
  readonly collection: string;
}

export type Cluster =
  | { readonly enabled: false }
  | {
      readonly enabled: true;
      readonly peers: number;
      readonly hasLeader: boolean;
      /** `working`, or what it stopped for. */
      readonly consensus: string;
      /** Peers that messages do not reach, with the last error. */
      readonly sendFailures: readonly { readonly peer: string; readonly count: number; readonly error: string }[];
    };

/** Replicas and transfers of one collection. */
export interface Shards {
  /** The state of each replica: `Active`, `Dead`, `Partial`, …; later versions add more. */
  readonly replicas: readonly { readonly shard: number; readonly peer: string; readonly state: string }[];
  readonly transfers: number;
  readonly resharding: number;
}

/** From GET /metrics. */
export interface QdrantMetrics {
  readonly residentBytes: number | undefined;
  readonly recoveryMode: boolean;
  /** Answers with a status of 500 or more since the server started, by method and address; a full disk shows only here. */
  readonly serverErrors: ReadonlyMap<string, number>;
  /** Those of the reading before; undefined at the first. */
  readonly earlierErrors: ReadonlyMap<string, number> | undefined;
}

/** What is asked at every poll. Without configured collections: those that the server lists. */
export interface QdrantEssential {
  readonly configured: ReadonlyMap<string, CollectionAnswer>;
  readonly listed: readonly string[] | undefined;
  /** Asked for again where it is known to be one: a dead peer shows nowhere else. */
  readonly cluster: Part<Cluster> | undefined;
}

export interface QdrantDetails {
  readonly version: Part<string>;
  readonly ready: Part<string>;
  /** Collections that are shown because none is configured. */
  readonly collections: ReadonlyMap<string, CollectionAnswer>;
  readonly aliases: Part<readonly Alias[]>;
  /** By the collection's own name. */
  readonly snapshots: ReadonlyMap<string, Part<readonly Snapshot[]>>;
  readonly shards: ReadonlyMap<string, Part<Shards>>;
  readonly cluster: Part<Cluster>;
  readonly metrics: Part<QdrantMetrics>;
}
