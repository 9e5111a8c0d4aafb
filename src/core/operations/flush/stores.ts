import type { ServiceIdentity } from '../identity.ts';
import type { Progress } from '../progress.ts';
import type { PointFilter } from './request.ts';

/** Told how far something is; as often as one likes. */
export type Report = (progress: Progress) => void;

/** A primary of the environment's Redis, as it is when it is asked. */
export interface RedisServer {
  readonly identity: ServiceIdentity;
  /** `redis-1:6379` */
  readonly address: string;
  readonly db: number;
  /** Of `db`. */
  readonly keys: number;
  /** Databases in use, with their keys; undefined where the user may not read INFO. */
  readonly databases: readonly { readonly db: number; readonly keys: number }[] | undefined;
  readonly isPrimary: boolean;
  readonly isCluster: boolean;
  /** Lookups that found something, since the counters began, and when they were read (monotonic ms). */
  readonly hits: { readonly count: number; readonly atMs: number } | undefined;
}

/** What matches a pattern on all primaries. */
export interface KeyCount {
  /** By address. */
  readonly matched: ReadonlyMap<string, number>;
  /** The scan came to its end everywhere: the count is exact. Else it is reckoned from what was seen. */
  readonly exact: boolean;
  readonly sample: readonly string[];
  /** Reckoned from every nth matching key; undefined where MEMORY USAGE is not allowed. */
  readonly bytes: number | undefined;
  /** Keys without expiry, then by bucket (`ttlLabels`); undefined where PTTL is not allowed. */
  readonly ttl: readonly number[] | undefined;
}

/** Keys of a database by prefix, largest first. */
export interface PrefixCount {
  readonly prefixes: readonly { readonly name: string; readonly keys: number }[];
  readonly exact: boolean;
}

export interface UnlinkResult {
  readonly removed: number;
  /** Keys that matched and that this user may not remove. */
  readonly denied: number;
  /** How it was done: by script, or by single commands and why. */
  readonly by: string;
}

/** What flushing needs of Redis. All throw OpsError. */
export interface RedisFlushStore {
  /** The servers that hold the data now. */
  servers(signal: AbortSignal): Promise<readonly RedisServer[]>;
  /** An aborted signal ends the scan, not the call: it gives what is known by then. */
  count(pattern: string, report: Report, signal: AbortSignal): Promise<KeyCount>;
  prefixes(report: Report, signal: AbortSignal): Promise<PrefixCount>;
  /**
   * Removes what matches on one server, paced, page by page. Follows a failover to the server that took over its data,
   * and to no other. Throws when it has to stop; what was removed until then was reported.
   */
  unlink(
    server: RedisServer,
    request: { readonly pattern: string; readonly cursorKey: string },
    report: Report,
    signal: AbortSignal,
  ): Promise<UnlinkResult>;
  /** FLUSHDB ASYNC. */
  flushDb(server: RedisServer, signal: AbortSignal): Promise<void>;
  /** FLUSHALL ASYNC. */
  flushAll(server: RedisServer, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** What flushing needs of Qdrant. All throw OpsError. No filter means every point. */
export interface QdrantFlushStore {
  readonly address: string;
  identify(signal: AbortSignal): Promise<ServiceIdentity>;
  /** Exact; undefined where there is no such collection. */
  count(collection: string, filter: PointFilter | undefined, signal: AbortSignal): Promise<number | undefined>;
  /** Removes points a page at a time, and gives how many. */
  remove(collection: string, filter: PointFilter | undefined, report: Report, signal: AbortSignal): Promise<number>;
  close(): void;
}

/** What flushing needs of the application. */
export interface ApplicationClearStore {
  /** Without a login. */
  readonly url: string;
  readonly method: string;
  identify(signal: AbortSignal): Promise<ServiceIdentity>;
  /** Sends the request once; gives what it said. Throws OpsError for any status but 2xx. */
  clear(signal: AbortSignal): Promise<string>;
  close(): void;
}
