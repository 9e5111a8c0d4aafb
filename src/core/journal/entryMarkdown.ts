import { cell, code, table } from '../checks/markdown.ts';
import { formatDuration } from '../format.ts';
import { identityWords } from '../operations/identity.ts';
import { kindNames } from '../operations/kind.ts';
import { resultNames } from '../operations/outcomeWords.ts';
import { planParts } from '../operations/planMarkdown.ts';
import type { StepResult } from '../operations/operation.ts';
import type { Plan } from '../operations/plan.ts';
import { amountWords } from '../operations/progress.ts';
import type { JournalEntry } from './history.ts';
import { resultOfEntry } from './history.ts';

/**
 * What was done, by whom, where, why, and what came of it: an entry as a page. `now`, of one that was interrupted: the same
 * wish planned anew, or why it could not be.
 */
export function entryMarkdown(entry: JournalEntry, now?: Plan | string): string {
  const { begun, ended, file, tampered } = entry;
  const warning = tampered
    ? ['> **A line of this entry is not as it was written.** Somebody edited the journal, or it was damaged.']
    : [];
  return [
    `# ${cell(begun.title)}`,
    ...warning,
    entryFacts(entry),
    '## What came of it',
    ended === undefined
      ? 'Its end was never written: it was interrupted, or is still under way. The steps below had been ended by then.'
      : `${resultSentence(entry)}${ended.why === undefined ? '' : ` ${cell(ended.why)}`}`,
    ...(ended === undefined || ended.findings.length === 0
      ? []
      : [ended.findings.map((one) => `- ${cell(one)}`).join('\n')]),
    ...(now === undefined ? [] : nowParts(now)),
    '## Steps',
    stepTable(entry),
    '## The plan',
    ...planParts({ ...begun.plan, lastBackup: begun.plan.lastBackup, plannedAtMs: Date.parse(begun.at) }),
    `Entry ${code(begun.id)} of ${code(file)}.`,
    '',
  ].join('\n\n');
}

/** A plan says what the servers show, and what is left to do. */
function nowParts(now: Plan | string): readonly string[] {
  const head = '## What the servers show now';
  if (typeof now === 'string') return [head, `It could not be read. ${cell(now)}`];
  const { nothingToDo, summary, plannedAtMs, obstacles = [], warnings } = now;
  const left =
    nothingToDo === undefined ? `Left to do: ${cell(summary)}.` : `Nothing is left to do. ${cell(nothingToDo)}`;
  return [
    head,
    `${left} (Read at ${new Date(plannedAtMs).toISOString()}.)`,
    table(
      ['', ''],
      now.identities.map((one) => [cell(one.service), cell(identityWords(one))]),
    ).join('\n'),
    ...[...obstacles, ...warnings].map((one) => `- ${cell(one)}`),
    nothingToDo === undefined
      ? '**To go on**: “Plan Again” in the message below, or “Go On” in the row’s menu. It asks before anything is changed.'
      : '',
  ].filter((part) => part !== '');
}

/** Who, where, when, why, as a table. */
export function entryFacts({ begun, ended }: JournalEntry): string {
  const { person, machine, environment, identities, reason } = begun;
  const who = person.git === undefined || person.git === person.os ? person.os : `${person.git} (${person.os})`;
  return table(
    ['', ''],
    [
      ['What', kindNames[begun.kind]],
      ['Environment', `**${cell(environment.name)}** (${environment.tier})`],
      ...identities.map((one) => [cell(one.service), cell(identityWords(one))]),
      ['Who', cell(`${who}, on ${machine}`)],
      ['Began', begun.at],
      ...(ended === undefined ? [] : [['Ended', `${ended.at}, the steps took ${formatDuration(ended.durationMs)}`]]),
      ['Why', reason === undefined ? 'no reason was asked for' : cell(reason)],
    ],
  ).join('\n');
}

export function resultSentence(entry: JournalEntry): string {
  const result = resultOfEntry(entry);
  const why = entry.ended?.verdict.why;
  const words = result === 'unfinished' ? 'not ended' : resultNames[result];
  return `**${words.charAt(0).toUpperCase()}${words.slice(1)}.**${why === undefined ? '' : ` ${cell(why)}.`}`;
}

/** Every step of the plan, also those that were never begun. */
export function stepsOf({ begun, ended, steps }: JournalEntry): readonly StepResult[] {
  const known = new Map([...steps, ...(ended?.steps ?? [])].map((step) => [step.id, step]));
  return begun.plan.steps.map(({ id, title }) => known.get(id) ?? { id, title, state: 'notRun' });
}

export function stepTable(entry: JournalEntry): string {
  const steps = stepsOf(entry);
  // Of an entry without an end, the first step that has none may well have been begun.
  const atWork = entry.ended === undefined ? steps.findIndex(({ state }) => state === 'notRun') : -1;
  const rows = steps.map(({ title, state, progress, durationMs, why, notes = [] }, index) => [
    cell(title),
    index === atWork ? 'begun perhaps, not ended' : stateNames[state],
    progress === undefined ? '' : cell(amountWords(progress)),
    durationMs === undefined ? '' : formatDuration(durationMs),
    cell([why ?? '', ...notes].filter((one) => one !== '').join(' ')),
  ]);
  return table(['Step', 'State', 'Done', 'Took', 'Said'], rows).join('\n');
}

const stateNames: Readonly<Record<StepResult['state'], string>> = {
  notRun: 'not begun',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
  undone: 'undone',
};
