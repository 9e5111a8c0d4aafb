import { formatDuration } from '../format.ts';
import type { Row } from '../row.ts';
import type { Verdict } from '../verdict.ts';
import type { Evidence } from './evidence.ts';

const icons: Readonly<Record<Verdict['kind'], NonNullable<Row['icon']>>> = {
  passed: { name: 'pass', color: 'testing.iconPassed' },
  failed: { name: 'error', color: 'testing.iconFailed' },
  inconclusive: { name: 'question', color: 'testing.iconQueued' },
  notRun: { name: 'circle-outline', color: 'testing.iconSkipped' },
};

const words: Readonly<Record<Verdict['kind'], string>> = {
  passed: 'passed',
  failed: 'failed',
  inconclusive: 'inconclusive',
  notRun: 'not run',
};

/** How evidence shows: in words first, so that it can be read without colours. */
export interface EvidenceView {
  readonly icon: NonNullable<Row['icon']>;
  /** `passed 2 min ago`, `failed 3 s ago: exit code 1`, `passed 1 h ago, stale`. */
  readonly words: string;
  /** Older than the environment's last change: what it says may no longer be so. */
  readonly stale: boolean;
  /** Plain lines: verdict and why, what was run, where, when. */
  readonly detail: readonly string[];
}

/** `changedAtMs`: when the environment was last changed from here; wall clock, as `nowMs`. */
export function presentEvidence(evidence: Evidence, changedAtMs: number | undefined, nowMs: number): EvidenceView {
  const { verdict, atMs, by, what, where, durationMs, override, reason } = evidence;
  const stale = isStale(evidence, changedAtMs);
  const ago = `${formatDuration(Math.max(0, nowMs - atMs))} ago`;
  const why = verdict.kind === 'failed' || verdict.kind === 'inconclusive' ? `: ${verdict.why}` : '';
  const doubt = stale ? ', stale' : '';
  return {
    icon: stale ? { name: 'history', color: 'testing.iconQueued' } : icons[verdict.kind],
    words: `${words[verdict.kind]} ${ago}${doubt}${why}`,
    stale,
    detail: [
      `${words[verdict.kind]}${why === '' && 'why' in verdict && verdict.why !== undefined ? `: ${verdict.why}` : why}`,
      ...(override === undefined ? [] : [`Gone on in spite of it: ${override}`]),
      ...(reason === undefined ? [] : [`Reason: ${reason}`]),
      ...(stale ? ['The environment was changed since: run or verify it again.'] : []),
      `${by === 'person' ? 'Judged by a person' : by === 'verify' ? 'Checked' : 'Ran'}: ${what}`,
      `Where: ${where}`,
      `When: ${new Date(atMs).toISOString()}${durationMs === undefined ? '' : `, took ${formatDuration(durationMs)}`}`,
    ],
  };
}

/** Whether the environment was changed since: what the evidence says may no longer be so. */
export function isStale({ atMs }: Evidence, changedAtMs: number | undefined): boolean {
  return changedAtMs !== undefined && atMs < changedAtMs;
}

/**
 * The verdict of a whole from those of its parts: failed when one failed, else inconclusive when one is, else not run
 * when one was not, else passed. Undefined for nothing.
 */
export function verdictOfAll(verdicts: readonly Verdict[]): Verdict | undefined {
  for (const kind of ['failed', 'inconclusive', 'notRun'] as const) {
    const found = verdicts.find((verdict) => verdict.kind === kind);
    if (found) return found;
  }
  return verdicts[0];
}
