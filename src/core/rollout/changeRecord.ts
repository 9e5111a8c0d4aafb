import type { Checklist, ChecklistNode, Item, Stage } from '../checklist/model.ts';
import { formatDuration } from '../format.ts';
import type { Verdict } from '../verdict.ts';
import type { Rollout } from './rollout.ts';

/** What is known of an item besides its tick. Never holds a secret. */
export interface EvidenceSummary {
  readonly verdict: Verdict;
  /** When and where it was found, as a person reads it: "2025-11-20 14:03, redis-1:6379". */
  readonly where: string;
}

export interface ChangeRecordInput {
  readonly rollout: Rollout;
  readonly checklist: Checklist;
  /** Path of the copy, relative to the record. */
  readonly copy: string;
  /** By item id. */
  readonly evidence: ReadonlyMap<string, EvidenceSummary>;
  /** What the person who finished it wanted to say; '' for nothing. */
  readonly remark: string;
}

/** The change record of a finished rollout, as Markdown: what, where, who, when, and what was not done. */
export function changeRecord({ rollout, checklist, copy, evidence, remark }: ChangeRecordInput): string {
  const entries = [...entriesIn(checklist.stages)].filter(({ item }) => item.box !== undefined);
  const counted = entries.filter(({ stage }) => stage.role === 'work');
  const open = counted.filter(({ item }) => item.box?.checked === false);
  const title = checklist.title === '' ? rollout.checklist : checklist.title;
  const lines = [
    `# Change record: ${escape(title)}`,
    '',
    ...facts(rollout, copy, `${counted.length - open.length} of ${counted.length} items ticked`),
    ...(remark === '' ? [] : ['', `> ${escape(remark).replace(/\s*[\r\n]+\s*/g, '\n> ')}`]),
    '',
    '## Left open',
    '',
    ...(open.length === 0
      ? ['Nothing: every item that counts is ticked.']
      : open.map((entry) => `${line({ ...entry, depth: 0 }, evidence)} *(${escape(entry.path)})*`)),
    ...byStage(entries).flatMap(([stage, items]) => [
      '',
      `## ${escape(stage)}`,
      '',
      ...items.map((one) => line(one, evidence)),
    ]),
    '',
  ];
  return lines.join('\n');
}

function facts(rollout: Rollout, copy: string, progress: string): readonly string[] {
  const { environment, tier, outcome, who, started, finished, commit, branch } = rollout;
  const took = finished === undefined ? NaN : Date.parse(finished) - Date.parse(started);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Outcome', `${outcome}, ${progress}`],
    ['Environment', `${environment} (${tier})`],
    ['Who', who ?? 'not known'],
    ['Started', started],
    [
      'Finished',
      finished === undefined ? undefined : `${finished}${took >= 0 ? ` (after ${formatDuration(took)})` : ''}`,
    ],
    [
      'Commit',
      commit === undefined
        ? 'not known: no git repository'
        : `${commit.replace(/\+$/, ', with changes that were not committed')}${branch === undefined ? '' : ` (${branch})`}`,
    ],
    ['Checklist', rollout.checklist],
    ['Worked through in', `[${copy}](${encodeURI(copy)})`],
  ];
  const body = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`| ${name} | ${name === 'Worked through in' ? value : cell(value)} |`],
  );
  const [first = '', ...others] = body;
  return [first, '| --- | --- |', ...others];
}

interface Entry {
  readonly stage: Stage;
  /** Titles from the outermost stage to the innermost. */
  readonly path: string;
  readonly depth: number;
  readonly item: Item;
}

function* entriesIn(stages: readonly Stage[], around: readonly string[] = []): Generator<Entry, void> {
  for (const stage of stages) {
    const path = [...around, ...(stage.level <= 1 && stages.length === 1 ? [] : [stage.title])];
    yield* itemsIn(stage.children, stage, path.join(' › ') || stage.title, 0);
    yield* entriesIn(
      stage.children.filter((node) => node.kind === 'stage'),
      path,
    );
  }
}

function* itemsIn(nodes: readonly ChecklistNode[], stage: Stage, path: string, depth: number): Generator<Entry, void> {
  for (const node of nodes) {
    if (node.kind === 'stage') continue;
    if (node.kind === 'item') yield { stage, path, depth, item: node };
    yield* itemsIn(node.children, stage, path, node.kind === 'item' ? depth + 1 : depth);
  }
}

function byStage(entries: readonly Entry[]): readonly (readonly [stage: string, items: readonly Entry[]])[] {
  return [...Map.groupBy(entries, ({ path }) => path)];
}

/** Without a box of its own, or the record would be found as a checklist. */
function line({ item, depth }: Entry, evidence: ReadonlyMap<string, EvidenceSummary>): string {
  const found = evidence.get(item.id);
  const said = found === undefined ? '' : `: ${verdictWords(found.verdict)} (${escape(found.where)})`;
  return `${'  '.repeat(depth)}- ${item.box?.checked === true ? '☑' : '☐'} ${escape(item.text === '' ? 'No text' : item.text)}${said}`;
}

function verdictWords(verdict: Verdict): string {
  const name = { passed: 'passed', failed: 'failed', inconclusive: 'inconclusive', notRun: 'not run' }[verdict.kind];
  return verdict.why === undefined ? name : `${name}, ${escape(verdict.why)}`;
}

/** Text that stays text: no markup, no HTML. */
function escape(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, String.raw`\$&`);
}

function cell(text: string): string {
  return escape(text)
    .replaceAll('|', String.raw`\|`)
    .replace(/[\r\n]+/g, ' ');
}
