import { formatDuration } from '../format.ts';
import { amountWords } from './progress.ts';
import type { Outcome, RunReport, StepResult, Verification } from './operation.ts';

/** One word for how it went: what the run's end and the verification say together. Only `succeeded` is a success. */
export type Result = 'succeeded' | 'failed' | 'cancelled' | 'undone' | 'unverified';

export function resultOf({ ended }: Pick<RunReport, 'ended'>, { verdict }: Pick<Verification, 'verdict'>): Result {
  // What was to be taken back, and is not as it was.
  if (ended === 'undone' && verdict.kind === 'failed') return 'failed';
  if (ended !== 'completed') return ended;
  if (verdict.kind === 'passed') return 'succeeded';
  return verdict.kind === 'failed' ? 'failed' : 'unverified';
}

export const resultNames: Readonly<Record<Result, string>> = {
  succeeded: 'done and verified',
  failed: 'failed',
  cancelled: 'cancelled',
  undone: 'undone',
  unverified: 'done, but not verified',
};

/** What to tell the person at the end: how it went, why, what is so now. Whole sentences on one line. */
export function outcomeWords(outcome: Outcome): string {
  const { plan } = outcome;
  const head = `${plan.title} in ${plan.environment.name}`;
  if (outcome.kind === 'nothingToDo') return `${head}: nothing to do. ${outcome.why}`;
  const { report, verification, journalProblem } = outcome;
  const result = resultOf(report, verification);
  const { verdict, findings } = verification;
  const why = [
    report.why,
    result === 'succeeded' || verdict.why === undefined ? undefined : asSentence(verdict.why),
    result === 'succeeded' ? undefined : stepsWords(report.steps),
    ...findings,
    journalProblem === undefined ? undefined : `What happened could not be written into the journal: ${journalProblem}`,
  ].filter((one) => one !== undefined && one !== '');
  return `${head}: ${resultNames[result]}, after ${formatDuration(report.durationMs)}. ${why.join(' ')}`.trimEnd();
}

/** `Step 2 of 3 failed after 12,000 of 600,000 keys; 1 not begun.`; '' when all are done. */
export function stepsWords(steps: readonly StepResult[]): string {
  const at = steps.findIndex(({ state }) => state === 'failed' || state === 'cancelled');
  const stopped = steps[at];
  if (!stopped) return '';
  const after = stopped.progress === undefined ? '' : ` after ${amountWords(stopped.progress)}`;
  const notBegun = steps.filter(({ state }) => state === 'notRun').length;
  const rest = notBegun === 0 ? '' : `; ${notBegun} not begun`;
  return `Step ${at + 1} of ${steps.length} (${stopped.title}) ${stopped.state === 'failed' ? 'failed' : 'was cancelled'}${after}${rest}.`;
}

/** With a capital and a full stop. */
export function asSentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
}
