import { formatBytes, formatCount, formatDuration, formatRatio } from '../format.ts';
import { codeSpan, markdownTable } from '../markdownTable.ts';
import type { KeyGroup, KeyspaceAnalysis, MemoryEstimate } from './model.ts';
import { coverageOf, ttlLabels } from './model.ts';

const mostRows = 30;
const barWidth = 20;

/** The analysis as a page of Markdown: what was looked at first, then each question with bars. */
export function keyspaceReport(analysis: KeyspaceAnalysis, startedAtWords: string): string {
  const { environment, db, nodes, seen, memory } = analysis;
  return [
    `# Keyspace of ${environment}`,
    `Database ${db}, ${startedAtWords}, in ${formatDuration(analysis.tookMs)}.`,
    coverage(analysis),
    `**${formatCount(seen)} keys, ${memoryWords(memory)}.**`,
    '## Keys by prefix',
    groupTable('Prefix', analysis.prefixes, seen),
    '## Expiry',
    expiryTable(analysis),
    '## Types',
    groupTable('Type', analysis.types, seen),
    '## Biggest keys',
    biggestTable(analysis),
    ...(nodes.length > 1 ? ['## Nodes', nodeTable(analysis)] : []),
    '## How it was read',
    howWords(analysis),
  ].join('\n\n');
}

const endedWords: Record<KeyspaceAnalysis['ended'], string> = {
  complete: 'SCAN came to its end',
  mostKeys: 'it ended after the most keys the budget allows',
  mostMs: 'it ended after the most time the budget allows',
  cancelled: 'it was cancelled',
};

/** `Coverage 42.0 %: …`, said before any number that rests on it. */
export function coverage({ nodes, seen, ended, gone, denied }: KeyspaceAnalysis): string {
  const total = nodes.reduce((sum, one) => sum + one.total, 0);
  const parts = [
    `Coverage ${formatRatio(coverageOf(nodes))}: ${formatCount(seen)} keys seen of ${formatCount(total)} by DBSIZE at the start; ${endedWords[ended]}.`,
    gone > 0 ? `${formatCount(gone)} were gone before they were read.` : '',
    denied > 0 ? `${formatCount(denied)} may not be read by this user.` : '',
    ended === 'complete' ? '' : 'Shares below are of what was seen.',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function memoryWords({ bytes, measuredKeys }: MemoryEstimate): string {
  return bytes === undefined
    ? 'memory not measured'
    : `about ${formatBytes(bytes)} by MEMORY USAGE of ${formatCount(measuredKeys)} of them`;
}

function groupTable(title: string, groups: readonly KeyGroup[], seen: number): string {
  if (groups.length === 0) return 'None.';
  const shown = groups.slice(0, mostRows);
  const most = Math.max(...shown.map(({ keys }) => keys));
  const rows = shown.map(({ name, keys, withoutExpiry, memory }) => [
    codeSpan(name),
    formatCount(keys),
    formatRatio(keys / seen),
    bar(keys / most),
    memory.bytes === undefined ? 'not measured' : formatBytes(memory.bytes),
    formatCount(withoutExpiry),
  ]);
  const left = groups.slice(mostRows);
  const more =
    left.length === 0 ? '' : `\n\n${formatCount(left.length)} more, with ${formatCount(sumKeys(left))} keys.`;
  return markdownTable([title, 'Keys', 'Share', '', 'Memory, about', 'Without expiry'], rows) + more;
}

function expiryTable({ ttl, seen }: KeyspaceAnalysis): string {
  const rows = [
    ['none: stays until evicted or removed', ttl.withoutExpiry] as const,
    ...ttlLabels.map((label, index) => [label, ttl.buckets[index] ?? 0] as const),
  ];
  const most = Math.max(1, ...rows.map(([, keys]) => keys));
  return markdownTable(
    ['Expires in', 'Keys', 'Share', ''],
    rows.map(([label, keys]) => [
      label,
      formatCount(keys),
      seen === 0 ? '' : formatRatio(keys / seen),
      bar(keys / most),
    ]),
  );
}

/** Why no biggest key can be named; undefined where there are some. */
export function whyNoBiggest({ biggest, isBiggestForgotten }: KeyspaceAnalysis): string | undefined {
  if (isBiggestForgotten === true) return 'Names of keys are not kept over a restart; analyse again to see them.';
  return biggest.length === 0 ? 'None was measured.' : undefined;
}

function biggestTable(analysis: KeyspaceAnalysis): string {
  const none = whyNoBiggest(analysis);
  if (none !== undefined) return none;
  const { biggest, memory, seen } = analysis;
  const caveat =
    memory.measuredKeys < seen
      ? `Of the ${formatCount(memory.measuredKeys)} keys that were measured; there may be bigger ones among the others.\n\n`
      : '';
  const rows = biggest.map(({ key, type, bytes }) => [codeSpan(key), type, formatBytes(bytes)]);
  return caveat + markdownTable(['Key', 'Type', 'Memory'], rows);
}

function nodeTable({ nodes }: KeyspaceAnalysis): string {
  const rows = nodes.map(({ address, total, seen, complete }) => [
    codeSpan(address),
    formatCount(seen),
    formatCount(total),
    complete ? 'yes' : 'no',
  ]);
  return markdownTable(['Primary', 'Keys seen', 'DBSIZE at the start', 'Complete'], rows);
}

/** How the keys were read, and what that means for the numbers. */
export function howWords({ by, budget }: KeyspaceAnalysis): string {
  const way = by === 'commands' ? 'single commands in pipelines' : `a script (${by}) of one page each`;
  const pause = budget.pauseMs > 0 ? `, ${budget.pauseMs} ms apart` : '';
  return `SCAN with COUNT ${budget.count}${pause}, by ${way}. KEYS is never used, and nothing was written. A key that is added or removed meanwhile may be missed or seen twice. Memory of a group is the average of its measured keys times all of them.`;
}

function sumKeys(groups: readonly KeyGroup[]): number {
  return groups.reduce((sum, { keys }) => sum + keys, 0);
}

function bar(share: number): string {
  return '█'.repeat(Math.round(share * barWidth)) || '▏';
}
