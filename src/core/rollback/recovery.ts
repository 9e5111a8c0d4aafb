import type { Clock } from '../clock.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import { OpsError } from '../errors.ts';
import type { ApplicationView } from '../flags/application.ts';
import { sum } from '../flags/counters.ts';
import { formatCount, formatMilliseconds, formatRatio } from '../format.ts';
import { select } from '../health/applicationMetrics.ts';
import type { Sample } from '../health/applicationMetrics.ts';
import type { Piece } from '../operations/piece.ts';
import { partOfHistogram } from '../metrics/selector.ts';
import { pause } from '../pause.ts';
import type { Verdict } from '../verdict.ts';

/** What the application did between two looks at its metrics page. */
export interface Recovery {
  readonly requests: number | undefined;
  /** From 0 to 1; undefined: not counted, or no request. */
  readonly errorRate: number | undefined;
  readonly p95Ms: number | undefined;
}

export interface RecoveryWatch {
  readonly settings: EnvironmentSettings;
  readonly application: ApplicationView;
  readonly clock: Clock;
  /** Each look in words, as it comes. */
  readonly show: (line: string) => void;
  readonly everyMs?: number;
  readonly atMostMs?: number;
}

/** Looks in a row that have to be within the limits. */
const enoughGood = 3;

/** Follows error rate and latency until they are within the environment's limits. */
export function watchPiece({
  settings,
  application,
  clock,
  show,
  everyMs = 5_000,
  atMostMs = 120_000,
}: RecoveryWatch): Piece {
  return {
    step: { id: 'watch', title: 'Watch error rate and latency return', commands: [] },
    offers: ['retry', 'skip', 'undo'],
    work: async (step) => {
      const begunMs = clock.monotonicMs();
      let before = await application.samples(step.signal);
      let good = 0;
      for (;;) {
        await pause(clock, everyMs, step.signal);
        const after = await application.samples(step.signal);
        const elapsedMs = clock.monotonicMs() - begunMs;
        const found = recoveryBetween(before ?? [], after ?? [], settings.metrics);
        const verdict = judgeRecovery(found, settings.limits);
        const words = recoveryWords(found, verdict);
        before = after;
        show(words);
        step.report({ done: Math.round(elapsedMs / 1000), total: atMostMs / 1000, unit: 'seconds', now: words });
        good = verdict.kind === 'passed' ? good + 1 : 0;
        if (good >= enoughGood) return step.note(`Recovered: ${words}.`);
        if (elapsedMs < atMostMs) continue;
        if (verdict.kind !== 'failed') return step.note(`Not told whether it recovered: ${words}.`);
        throw new OpsError('conflict', `It has not recovered after ${Math.round(elapsedMs / 1000)} s: ${words}.`, {
          next: 'Watch on, or go further back.',
        });
      }
    },
  };
}

export function recoveryBetween(
  before: readonly Sample[],
  after: readonly Sample[],
  metrics: EnvironmentSettings['metrics'],
): Recovery {
  const delta = (selector: string | undefined): number | undefined => {
    const now = selector === undefined ? undefined : sum(after, selector);
    if (selector === undefined || now === undefined) return undefined;
    // A series may begin with its first event, and a counter with a restart.
    const was = sum(before, selector) ?? 0;
    return now >= was ? now - was : now;
  };
  const counted = delta(metrics?.requests) ?? both(delta(metrics?.hits), delta(metrics?.misses));
  const errors = metrics?.errors === undefined ? undefined : (delta(metrics.errors) ?? 0);
  return {
    requests: counted,
    errorRate: errors === undefined || !counted ? undefined : errors / counted,
    p95Ms: metrics?.latency === undefined ? undefined : p95Between(before, after, metrics.latency),
  };
}

function both(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

/** Of a histogram in seconds, interpolated within its bucket as Prometheus does. */
function p95Between(before: readonly Sample[], after: readonly Sample[], latency: string): number | undefined {
  const selector = partOfHistogram(latency, '_bucket');
  const was = bucketsOf(before, selector);
  const buckets = [...bucketsOf(after, selector)]
    .map(([bound, count]) => [bound, Math.max(0, count - (was.get(bound) ?? 0))] as const)
    .toSorted(([a], [b]) => a - b);
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total === 0) return undefined;
  const rank = 0.95 * total;
  const at = buckets.findIndex(([, count]) => count >= rank);
  const [upper, upTo] = buckets[at] ?? [Infinity, total];
  const [lower, below] = buckets[at - 1] ?? [0, 0];
  // Above the last bound nothing is known but that bound.
  const seconds =
    upper === Infinity ? lower : lower + ((upper - lower) * (rank - below)) / Math.max(1e-9, upTo - below);
  return seconds * 1000;
}

function bucketsOf(samples: readonly Sample[], selector: string): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { labels, value } of select(samples, selector) ?? []) {
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    found.set(bound, (found.get(bound) ?? 0) + value);
  }
  return found;
}

export function judgeRecovery(
  { requests, errorRate, p95Ms }: Recovery,
  limits: EnvironmentSettings['limits'],
): Verdict {
  if (!requests) return { kind: 'inconclusive', why: 'no request came in' };
  const { errorRate: mostErrors, p95: mostP95 } = limits ?? {};
  const over: string[] = [];
  let judged = 0;
  if (mostErrors !== undefined && errorRate !== undefined) {
    judged++;
    if (errorRate > mostErrors) over.push(`error rate over ${formatRatio(mostErrors)}`);
  }
  if (mostP95 !== undefined && p95Ms !== undefined) {
    judged++;
    if (p95Ms > mostP95) over.push(`p95 over ${formatMilliseconds(mostP95)}`);
  }
  if (over.length > 0) return { kind: 'failed', why: over.join(', ') };
  return judged > 0
    ? { kind: 'passed' }
    : { kind: 'inconclusive', why: 'the environment sets no limit for what is measured' };
}

export function recoveryWords({ requests, errorRate, p95Ms }: Recovery, verdict: Verdict): string {
  const figures = [
    requests === undefined ? 'requests not counted' : `${formatCount(requests)} requests`,
    errorRate === undefined ? 'error rate not measured' : `error rate ${formatRatio(errorRate)}`,
    p95Ms === undefined ? 'p95 not measured' : `p95 ${formatMilliseconds(p95Ms)}`,
  ];
  const judged = verdict.kind === 'passed' ? 'within the limits' : 'why' in verdict ? (verdict.why ?? '') : '';
  return `${figures.join(', ')}; ${judged}`;
}
