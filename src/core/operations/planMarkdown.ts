import { cell, code, table } from '../checks/markdown.ts';
import { formatBytes, formatCount, formatDuration } from '../format.ts';
import { tierWords } from '../health/present.ts';
import { identityWords } from './identity.ts';
import type { LastBackup, Plan, PlanSection, PlanStep, PlanTarget } from './plan.ts';

/** The whole plan as Markdown: what a person reads before confirming, and what a dry run gives. */
export function planMarkdown(plan: Plan): string {
  const { title, environment, summary, obstacles = [], nothingToDo } = plan;
  const destructive = plan.effect === 'destructive' ? '**Destructive.** ' : '';
  return [
    `# ${cell(title)}`,
    `${destructive}${cell(nothingToDo ?? summary)}`,
    ...(obstacles.length === 0 ? [] : ['## Cannot be carried out', bullets(obstacles)]),
    '## Where',
    table(
      ['', ''],
      [
        ['Environment', `**${cell(environment.name)}** (${cell(tierWords(environment))})`],
        ...plan.identities.map((one) => [cell(one.service), cell(identityWords(one))]),
        ['Planned at', new Date(plan.plannedAtMs).toISOString()],
      ],
    ).join('\n'),
    ...planParts(plan),
    '',
  ].join('\n\n');
}

/** The parts of a plan that are kept in the journal as well; each is a block of Markdown. */
export function planParts(
  plan: Pick<
    Plan,
    'targets' | 'irreversible' | 'undo' | 'warnings' | 'steps' | 'sections' | 'lastBackup' | 'plannedAtMs'
  >,
): readonly string[] {
  const { irreversible, warnings, undo, sections = [] } = plan;
  return [
    ...(warnings.length === 0 ? [] : ['### Warnings', bullets(warnings)]),
    '### What is touched',
    table(['Target', 'How much', 'Which'], plan.targets.map(targetRow)).join('\n'),
    '### What cannot be undone',
    irreversible.length === 0 ? 'Nothing: all of it can be undone.' : bullets(irreversible),
    '### How to get back',
    cell(undo),
    `Last backup: ${cell(backupWords(plan.lastBackup, plan.plannedAtMs))}`,
    '### Steps in order',
    ...plan.steps.map(stepPart),
    ...sections.flatMap((one) => [`### ${cell(one.title)}`, sectionPart(one)]),
  ];
}

/** `612,034 keys`, `about 600,000 keys (estimate)`. */
export function countWords({ value, unit, exact }: NonNullable<PlanTarget['count']>): string {
  const figure = unit === 'bytes' ? formatBytes(value) : `${formatCount(value)} ${unit}`;
  return exact ? figure : `about ${figure} (estimate)`;
}

export function backupWords(backup: LastBackup | undefined, nowMs: number): string {
  if (!backup) return 'none is known.';
  const ago = (atMs: number): string =>
    atMs > nowMs
      ? `at ${new Date(atMs).toISOString()} (the clock was set back since)`
      : `${formatDuration(nowMs - atMs)} before this plan`;
  const tested =
    backup.testedAtMs === undefined
      ? 'never test-restored, so it may not be one'
      : `restored in a test ${ago(backup.testedAtMs)}`;
  const said = `${backup.what} of ${backup.from}, ${ago(backup.takenAtMs)}; ${tested}.`;
  if (backup.source === 'elsewhere') return `none of these servers is known. Of others that had this name: ${said}`;
  return backup.source === 'same'
    ? said
    : `${said} It is of the same address; whether the same server answers there now is not known.`;
}

function targetRow({ what, count, detail }: PlanTarget): readonly string[] {
  return [cell(what), count === undefined ? '' : cell(countWords(count)), detail === undefined ? '' : code(detail)];
}

function stepPart({ title, commands, skip }: PlanStep, index: number): string {
  const head = `${index + 1}. ${cell(title)}${skip === undefined ? '' : ` – **skipped**: ${cell(skip)}`}`;
  return commands.length === 0 ? head : `${head}\n\n${indented(fenced(commands, 'bash'))}`;
}

function sectionPart({ lines, as = 'text' }: PlanSection): string {
  if (as === 'code') return fenced(lines, '');
  if (as === 'text') return lines.map(cell).join('  \n');
  const [head = [], ...rows] = lines.map((line) => line.split('\t').map(cell));
  return table(head, rows).join('\n');
}

function fenced(lines: readonly string[], language: string): string {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '   ');
}

function bullets(sentences: readonly string[]): string {
  return sentences.map((one) => `- ${cell(one)}`).join('\n');
}
