import type { ErrorCode } from '../errors.ts';
import type { SourcedHitRate } from '../metrics/sourcedHitRate.ts';

/** What a judged reading means. `unknown` is never healthy: it could not be read, and says why. */
export type HealthState = 'healthy' | 'degraded' | 'down' | 'unknown';

/** One thing that was read: its value as words, and what it means. */
export interface Reading {
  /** Stable within its service: `memory`. */
  readonly id: string;
  readonly label: string;
  /** As a person reads it, with unit: `212 MB of 512 MB`. */
  readonly value: string;
  /** `fact` is shown without a judgement: there is no rule by which it would be good or bad. */
  readonly state: HealthState | 'fact';
  /** The rule that decided, where the value comes from, or which right is missing. */
  readonly detail?: string;
  /** Wall clock, ms since 1970, where it was not read with the rest of its service. */
  readonly readAtMs?: number;
  /** The operation that does something about it; its row offers it. */
  readonly offer?: 'allowWrites';
}

/** Why a service could not be read. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: string | undefined;
}

/** What one service of an environment showed when it was last asked. */
export interface ServiceReport {
  readonly state: HealthState;
  /** A few words: `healthy`, `connection refused`. */
  readonly summary: string;
  readonly readings: readonly Reading[];
  /** Wall clock, ms since 1970, of the last successful read; undefined: never. */
  readonly readAtMs: number | undefined;
  readonly failure?: Failure;
  /** The values of the queries that alerts ask of Prometheus, by query; one without a value is left out. */
  readonly numbers?: ReadonlyMap<string, number> | { readonly failure: Failure };
  /** What can be drawn over time, in base units, by a stable name. */
  readonly amounts?: Readonly<Record<string, number>>;
  /** The hit rates this service can tell, one for each way; none after a failed read. */
  readonly hitRates?: readonly SourcedHitRate[];
}

/** The report as what it is worth when nobody read for long: what was so then is not known to be so now. */
export function outdate(report: ServiceReport): ServiceReport {
  const readings = report.readings.map((reading) => ({
    ...reading,
    state: reading.state === 'fact' ? reading.state : ('unknown' as const),
    detail: 'Not read for a while: this is the last known value.',
  }));
  return { ...report, state: 'unknown', summary: 'not read for a while', readings, hitRates: [] };
}

const severity: Record<HealthState, number> = { healthy: 0, degraded: 1, unknown: 2, down: 3 };

/** The state that most needs attention; `unknown` of nothing. Facts do not count. */
export function worst(states: Iterable<HealthState | 'fact'>): HealthState {
  let found: HealthState | undefined;
  for (const state of states) {
    if (state !== 'fact' && (found === undefined || severity[state] > severity[found])) found = state;
  }
  return found ?? 'unknown';
}
