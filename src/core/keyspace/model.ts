/** What an analysis may cost the server. */
export interface KeyspaceBudget {
  /** COUNT of each SCAN: how many keys one page holds, about; nobody else is served while a page is read. */
  readonly count: number;
  /** Left to others after each page. */
  readonly pauseMs: number;
  /** Ends after so many keys. */
  readonly mostKeys: number;
  /** Ends after so long. */
  readonly mostMs: number;
  /** MEMORY USAGE of every nth key; 0: of none. */
  readonly memoryOfEvery: number;
}

/**
 * A page takes about half a millisecond, and between two others are served. Larger pages are no faster on the whole, and on a busy machine others wait longer for them.
 */
export const usualBudget: KeyspaceBudget = {
  count: 200,
  pauseMs: 0,
  mostKeys: 20_000_000,
  mostMs: 300_000,
  memoryOfEvery: 10,
};

/** For production: about a third of the server's time at most, and for longer. */
export const gentleBudget: KeyspaceBudget = { ...usualBudget, pauseMs: 2 };

/** Over a long way each page costs a round trip, in which the server rests: there it holds more, within a few ms of work. */
export function countOver(roundTripMs: number, { count }: KeyspaceBudget): number {
  return roundTripMs < longWayMs ? count : Math.max(count, longWayCount);
}

const longWayMs = 5;
const longWayCount = 1_000;

/** Some keys and what was read of each, at the same index. */
export interface KeyPage {
  readonly keys: readonly string[];
  /** `string`, `hash`, …; `none` when the key is gone meanwhile, `?` when it may not be read. */
  readonly types: readonly string[];
  /** At least the lower end of its bucket; -1 without expiry, -2 gone meanwhile, -3 when it may not be read. */
  readonly ttlsMs: readonly number[];
  /** -1 where it was not measured. */
  readonly bytes: readonly number[];
}

/** Upper ends in milliseconds, exclusive; what is longer has a bucket of its own. */
export const ttlEdgesMs = [60_000, 3_600_000, 86_400_000, 604_800_000] as const;
export const ttlLabels = ['under 1 min', 'under 1 h', 'under 1 day', 'under 7 days', '7 days or more'] as const;

/** How many keys expire when. */
export interface TtlDistribution {
  readonly withoutExpiry: number;
  /** In the order of `ttlLabels`. */
  readonly buckets: readonly number[];
}

export interface MemoryEstimate {
  readonly measuredKeys: number;
  readonly measuredBytes: number;
  /** Of all keys seen, by the average of the measured ones; undefined when none was measured. */
  readonly bytes: number | undefined;
}

export interface KeyGroup {
  readonly name: string;
  readonly keys: number;
  readonly withoutExpiry: number;
  readonly memory: MemoryEstimate;
}

export interface NodeCoverage {
  /** `redis-1:6379`. */
  readonly address: string;
  /** DBSIZE at the start. */
  readonly total: number;
  readonly seen: number;
  /** The SCAN came to its end. */
  readonly complete: boolean;
}

export interface KeyspaceAnalysis {
  readonly environment: string;
  readonly db: number;
  /** Wall clock, ms since 1970. */
  readonly startedAtMs: number;
  readonly tookMs: number;
  readonly ended: 'complete' | 'mostKeys' | 'mostMs' | 'cancelled';
  /** How pages were read: by a read-only script, a script, or single commands. */
  readonly by: 'EVAL_RO' | 'EVAL' | 'commands';
  readonly budget: KeyspaceBudget;
  readonly nodes: readonly NodeCoverage[];
  readonly seen: number;
  /** Expired or removed between being found and being read. */
  readonly gone: number;
  /** Keys this user may not read. */
  readonly denied: number;
  readonly memory: MemoryEstimate;
  /** Largest first. */
  readonly prefixes: readonly KeyGroup[];
  readonly types: readonly KeyGroup[];
  readonly ttl: TtlDistribution;
  readonly biggest: readonly { readonly key: string; readonly type: string; readonly bytes: number }[];
  /** Left out since the window that read them was closed: names of keys are not kept. */
  readonly isBiggestForgotten?: boolean | undefined;
}

/** 0 to 1: keys seen of those DBSIZE counted; 1 when every SCAN came to its end. */
export function coverageOf(nodes: readonly NodeCoverage[]): number {
  if (nodes.every(({ complete }) => complete)) return 1;
  const total = nodes.reduce((sum, one) => sum + one.total, 0);
  const seen = nodes.reduce((sum, one) => sum + Math.min(one.seen, one.total), 0);
  return total === 0 ? 0 : seen / total;
}
