import type { RedisInfo } from '../health/redisInfo.ts';
import type { ServiceIdentity } from '../operations/identity.ts';

/** The setting by which a server refuses writes once a save failed. Source: redis.conf */
export const writeGuard = 'stop-writes-on-bgsave-error';

/** Whether a primary takes writes, and what its saves have to do with it, as it is when it is asked. */
export interface WriteState {
  readonly identity: ServiceIdentity;
  /** `redis-1:6379` */
  readonly address: string;
  readonly user: string;
  readonly isCluster: boolean;
  /** Undefined: the user may not call INFO. */
  readonly info: RedisInfo | undefined;
  /** Why it refuses every write, in its own words (MISCONF); undefined: it does not say that it does. */
  readonly refusal: string | undefined;
  /** `yes` or `no`, of `writeGuard`. Undefined: CONFIG may not be read. */
  readonly guard: string | undefined;
  /** `3600 1 300 100`; '' where there are none. Undefined: CONFIG may not be read. */
  readonly savePoints: string | undefined;
  /** Why `writeGuard` may not be set, in the server's words; undefined: it may, or nobody asked since nothing is refused. */
  readonly denied: string | undefined;
}

/** The primaries of an environment's Redis. All throw OpsError. */
export interface WriteStates {
  identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]>;
  read(signal: AbortSignal): Promise<readonly WriteState[]>;
  /** Sets `writeGuard` to no on the server that was seen, and on no other. */
  allow(seen: WriteState, signal: AbortSignal): Promise<void>;
  close(): void;
}
