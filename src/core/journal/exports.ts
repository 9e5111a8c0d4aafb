import { cell, table } from '../checks/markdown.ts';
import { formatDuration } from '../format.ts';
import { entryFacts, resultSentence, stepsOf, stepTable } from './entryMarkdown.ts';
import { planParts } from '../operations/planMarkdown.ts';
import type { JournalEntry } from './history.ts';

/** What was changed and how, for whoever approves or audits changes. */
export function changeRecordOf(entry: JournalEntry): string {
  const { begun, ended } = entry;
  return [
    `# Change record: ${cell(begun.title)}`,
    entryFacts(entry),
    '## Outcome',
    resultSentence(entry),
    ...findings(entry),
    '## What was planned',
    ...planParts({ ...begun.plan, lastBackup: begun.plan.lastBackup, plannedAtMs: Date.parse(begun.at) }),
    '## What was done',
    stepTable(entry),
    ...(ended?.why === undefined ? [] : [cell(ended.why)]),
    source(entry),
    '',
  ].join('\n\n');
}

/** How long before and after an entry others belong to the same incident. */
const aroundMs = 24 * 3_600_000;

/**
 * A post-mortem begun from what is written down: a time line of all that was carried out in the environment within a day
 * of the entry. What nobody wrote down is left as blanks, never made up.
 */
export function postMortemOf(entry: JournalEntry, all: readonly JournalEntry[]): string {
  const { begun } = entry;
  const around = all
    .filter(({ begun: other }) => other.environment.id === begun.environment.id)
    .filter((other) => Math.abs(other.orderMs - entry.orderMs) <= aroundMs)
    .toSorted((a, b) => a.orderMs - b.orderMs);
  return [
    `# Post-mortem: ${cell(begun.title)} in ${cell(begun.environment.name)}`,
    entryFacts(entry),
    '## Summary',
    `${resultSentence(entry)} What led to it: ___`,
    '## Impact',
    'Who noticed, from when to when, how much: ___',
    '## Time line',
    table(['When (UTC)', 'Who', 'What', 'Result'], around.flatMap(timeRows)).join('\n'),
    '## What was found afterwards',
    ...(findings(entry).length === 0 ? ['Nothing is written down.'] : findings(entry)),
    '## Cause',
    '___',
    '## What went well, what did not',
    '___',
    '## What is to be done',
    '| What | Who | By when |\n| --- | --- | --- |\n| ___ | ___ | ___ |',
    source(entry),
    '',
  ].join('\n\n');
}

function timeRows(entry: JournalEntry): readonly (readonly string[])[] {
  const { begun, ended } = entry;
  const who = cell(begun.person.git ?? begun.person.os);
  const why = begun.reason === undefined ? '' : ` (${cell(begun.reason)})`;
  const steps = stepsOf(entry)
    .filter(({ state }) => state !== 'notRun' && state !== 'done')
    .map(({ title, state, why: said = '' }) => ['', '', cell(title), cell(`${state} ${said}`)]);
  const end =
    ended === undefined
      ? []
      : [[ended.at, '', `ended after ${formatDuration(ended.durationMs)}`, resultSentence(entry)]];
  return [[begun.at, who, `${cell(begun.title)}${why}`, 'began'], ...steps, ...end];
}

function findings({ ended }: JournalEntry): readonly string[] {
  return ended === undefined || ended.findings.length === 0
    ? []
    : [ended.findings.map((one) => `- ${cell(one)}`).join('\n')];
}

function source({ id, file, tampered }: JournalEntry): string {
  const edited = tampered ? ' **A line of it is not as it was written.**' : ' Its hashes are as they were written.';
  return `From the journal ${cell(file)}, entry ${id}.${edited}`;
}
