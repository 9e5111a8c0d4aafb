import type { EnvironmentSettings } from '../environment/schema.ts';
import { formatCount } from '../format.ts';
import { select } from '../health/applicationMetrics.ts';
import type { Sample } from '../health/applicationMetrics.ts';
import type { Verdict } from '../verdict.ts';

/** What the application has counted since it started. */
export interface Counters {
  /** Of the flag, or of the cache as a whole. */
  readonly hits: number;
  /** Answered with and without the cache. */
  readonly requests: number;
}

/** Undefined where the settings name no metrics, or the page has none of them. */
export function readCounters(
  samples: readonly Sample[],
  metrics: EnvironmentSettings['metrics'],
  counter: string | undefined,
): Counters | undefined {
  if (!metrics) return undefined;
  const all = sum(samples, metrics.hits);
  const misses = sum(samples, metrics.misses);
  const hits = counter === undefined ? all : sum(samples, counter);
  if (hits === undefined || all === undefined || misses === undefined) return undefined;
  return { hits, requests: all + misses };
}

export function sum(samples: readonly Sample[], selector: string): number | undefined {
  const found = select(samples, selector);
  return found === undefined || found.length === 0 ? undefined : found.reduce((total, { value }) => total + value, 0);
}

/** Whether the hits stood still while there were requests to hit. */
export function judgeFlat(before: Counters, after: Counters, seconds: number): Verdict {
  const hits = after.hits - before.hits;
  const requests = after.requests - before.requests;
  const within = `within ${seconds.toFixed(1)} s`;
  if (hits < 0 || requests < 0)
    return {
      kind: 'inconclusive',
      why: 'the counters went back: it was started anew, or several processes answer in turn',
    };
  if (hits > 0)
    return { kind: 'failed', why: `${formatCount(hits)} hits of ${formatCount(requests)} requests came in ${within}` };
  if (requests === 0) return { kind: 'inconclusive', why: `no request came in ${within}, so there was nothing to hit` };
  return { kind: 'passed', why: `no hit in ${formatCount(requests)} requests ${within}` };
}
