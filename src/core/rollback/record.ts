import type { Environment } from '../environment/environment.ts';
import { formatDuration } from '../format.ts';
import { tierWords } from '../health/present.ts';
import type { Outcome, StepResult } from '../operations/operation.ts';
import { asSentence, resultNames, resultOf } from '../operations/outcomeWords.ts';
import { formatSeconds, usedTimeMs } from './rollBack.ts';
import { budgetsMs } from './way.ts';
import type { RollBackWay } from './way.ts';

/** What a rollback came to, in the words of the log and of an incident. */
export interface RollBackRecord {
  readonly environment: Environment;
  readonly title: string;
  /** `done and verified`, `failed`. */
  readonly result: string;
  readonly reason: string | undefined;
  /** Wall clock, ms since 1970. */
  readonly startedAtMs: number;
  readonly usedMs: number;
  readonly budgetMs: number;
  /** What is wrong, or not known. */
  readonly why: string | undefined;
  readonly steps: readonly StepResult[];
  readonly findings: readonly string[];
}

export function recordOf(
  { plan, report, verification, reason }: Extract<Outcome, { readonly kind: 'ran' }>,
  way: RollBackWay,
  givenReason?: string,
): RollBackRecord {
  const { verdict, findings } = verification;
  const why = [
    report.why,
    verdict.kind === 'passed' || verdict.why === undefined ? undefined : asSentence(verdict.why),
  ].filter((one) => one !== undefined);
  return {
    environment: plan.environment,
    title: plan.title,
    result: resultNames[resultOf(report, verification)],
    reason: reason ?? givenReason,
    startedAtMs: report.startedAtMs,
    usedMs: usedTimeMs(report),
    budgetMs: budgetsMs[way],
    why: why.length === 0 ? undefined : why.join(' '),
    steps: report.steps,
    findings,
  };
}

/**
 * A line of the rollback log, which begins as deployment checklists write it with `echo`: "Rollback performed at … due
 * to: …". Without a line end.
 */
export function logLine({ environment, title, result, reason, startedAtMs, usedMs, budgetMs }: RollBackRecord): string {
  const why = (reason ?? 'not given').replaceAll(/\s+/g, ' ');
  const used = `${formatSeconds(usedMs)} of ${formatDuration(budgetMs)}`;
  return `Rollback performed at ${dateWords(startedAtMs)} due to: ${why} (${environment.name}: ${title}, ${result}, ${used})`;
}

/** As the program `date` writes it in UTC: `Fri Nov 20 10:40:00 UTC 2026`. */
function dateWords(ms: number): string {
  const at = new Date(ms);
  const [weekday, month, day, time] = [
    at.toLocaleDateString('en-US', { weekday: 'short', timeZone: 'UTC' }),
    at.toLocaleDateString('en-US', { month: 'short', timeZone: 'UTC' }),
    String(at.getUTCDate()).padStart(2, ' '),
    at.toISOString().slice(11, 19),
  ];
  return `${weekday} ${month} ${day} ${time} UTC ${at.getUTCFullYear()}`;
}

/** To be pasted into an incident: Markdown that also reads as plain text. */
export function incidentSummary(record: RollBackRecord): string {
  const { environment, title, result, reason, startedAtMs, usedMs, budgetMs, why, steps, findings } = record;
  const over = usedMs > budgetMs ? ' – over budget' : '';
  return [
    `# ${title} of ${environment.name} (${tierWords(environment)}): ${result}`,
    [
      `- Begun: ${new Date(startedAtMs).toISOString().replace('T', ' ').slice(0, 19)} UTC`,
      `- Reason: ${reason ?? 'not given'}`,
      `- Time: ${formatSeconds(usedMs)} of ${formatDuration(budgetMs)}, without watching the recovery${over}`,
      ...(why === undefined ? [] : [`- What is wrong or not known: ${why}`]),
    ].join('\n'),
    '## What was done',
    steps.map((step, index) => `${index + 1}. ${stepWords(step)}`).join('\n'),
    '## What is so now',
    findings.length === 0 ? 'Nothing could be read.' : findings.map((one) => `- ${one}`).join('\n'),
  ].join('\n\n');
}

const stateWords: Readonly<Record<StepResult['state'], string>> = {
  notRun: 'not begun',
  done: 'done',
  failed: 'FAILED',
  cancelled: 'cancelled',
  skipped: 'left out',
  undone: 'done, then taken back',
};

function stepWords({ title, state, durationMs, why, notes = [] }: StepResult): string {
  const took = durationMs === undefined || state === 'skipped' ? '' : ` (${formatSeconds(durationMs)})`;
  const said = [why === undefined ? undefined : asSentence(why), ...notes].filter((one) => one !== undefined).join(' ');
  return `${title}: ${stateWords[state]}${took}${said === '' ? '' : `. ${said}`}`;
}
