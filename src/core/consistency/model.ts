import type { Failure } from '../health/reading.ts';

/** What a check may cost the servers. */
export interface ConsistencyBudget {
  /** Most points of a collection. */
  readonly points: number;
  /** Most keys of a prefix. */
  readonly keys: number;
  /** Points in a page, and COUNT of each SCAN. */
  readonly page: number;
  /** Left to others after each page. */
  readonly pauseMs: number;
  /** Ends after so long. */
  readonly mostMs: number;
}

export const usualBudget: ConsistencyBudget = { points: 1_000, keys: 1_000, page: 500, pauseMs: 0, mostMs: 120_000 };

/** For production. */
export const gentleBudget: ConsistencyBudget = { ...usualBudget, page: 200, pauseMs: 5 };

/** Points of one collection, each held against the key that its payload names. */
export interface PointsChecked {
  readonly collection: string;
  /** As the server counts them: approximate. Undefined where it does not say. */
  readonly total: number | undefined;
  /** How those that were looked at were chosen: `first` are those with the lowest ids, where the server cannot sample. */
  readonly sampled: 'all' | 'random' | 'first';
  readonly looked: number;
  /** The payload names no key. */
  readonly withoutLink: number;
  /** The key it names is not in Redis; seen twice, a moment apart. */
  readonly withoutKey: number;
  /** Removed, changed or put right between the two looks. */
  readonly changed: number;
  /** Redis does not say whether the key is there: no right, or its slot is being moved. */
  readonly unknown: number;
  readonly examples: readonly { readonly point: string; readonly key: string }[];
  /** Why it was not looked at. */
  readonly failure?: Failure;
}

/** Keys with one prefix, each held against the points that name it. */
export interface KeysChecked {
  readonly prefix: string;
  /** Of the environment; undefined: the prefix was read off the points. */
  readonly namespace: string | undefined;
  readonly looked: number;
  /** Every key with the prefix was looked at. */
  readonly complete: boolean;
  /** No point names it; seen twice, a moment apart. */
  readonly withoutPoint: number;
  readonly changed: number;
  readonly examples: readonly string[];
  readonly failure?: Failure;
}

/** How long the vectors of a collection are. */
export interface VectorSizes {
  readonly collection: string;
  readonly sizes: readonly number[];
}

export interface ConsistencyCheck {
  readonly environment: string;
  /** Payload field that names the key. */
  readonly link: string;
  /** Wall clock, ms since 1970. */
  readonly startedAtMs: number;
  readonly tookMs: number;
  readonly budget: ConsistencyBudget;
  readonly ended: 'complete' | 'mostMs' | 'cancelled';
  readonly points: readonly PointsChecked[];
  readonly keys: readonly KeysChecked[];
  readonly vectors: readonly VectorSizes[];
  /** As the settings give it. */
  readonly wantedSize: number | undefined;
}

/** A share of what was looked at; undefined: nothing was. */
export interface Share {
  readonly found: number;
  readonly looked: number;
}

/** Points that name a key that is not there. Those without a link, and those nothing is known of, do not count. */
export function pointsWithoutKey({ points }: Pick<ConsistencyCheck, 'points'>): Share {
  return {
    found: sum(points, ({ withoutKey }) => withoutKey),
    looked: sum(points, ({ looked, withoutLink, unknown, changed }) => looked - withoutLink - unknown - changed),
  };
}

export function keysWithoutPoint({ keys }: Pick<ConsistencyCheck, 'keys'>): Share {
  return {
    found: sum(keys, ({ withoutPoint }) => withoutPoint),
    looked: sum(keys, ({ looked, changed }) => looked - changed),
  };
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
