import * as z from 'zod/mini';
import { formatBytes, formatCount, formatDuration, formatMilliseconds, formatRatio } from '../format.ts';
import type { KeyGroup, KeyspaceAnalysis } from './model.ts';
import { ttlLabels } from './model.ts';
import { coverage, howWords, whyNoBiggest } from './report.ts';
import { sectionSchema } from './section.ts';
import type { Section } from './section.ts';

/** An analysis as its page draws it: words and lengths of bars, nothing left to reckon. */
export const keyspacePageSchema = z.object({
  title: z.string(),
  when: z.string(),
  coverage: z.string(),
  isComplete: z.boolean(),
  facts: z.array(z.object({ label: z.string(), value: z.string() })),
  sections: z.array(sectionSchema),
  how: z.string(),
});
export type KeyspacePage = z.output<typeof keyspacePageSchema>;

/** What the extension says to the page. */
export const keyspaceHostMessage = z.object({
  type: z.literal('analysis'),
  environmentId: z.string(),
  page: keyspacePageSchema,
});
export type KeyspaceHostMessage = z.output<typeof keyspaceHostMessage>;
/** What the page says: it is there, or a button was pressed. */
export const keyspacePageMessage = z.object({ type: z.enum(['ready', 'export', 'report', 'again']) });

const mostRows = 15;

export function keyspacePage(analysis: KeyspaceAnalysis, title: string, startedAtWords: string): KeyspacePage {
  const { db, seen, memory, ttl, nodes, types, prefixes } = analysis;
  return {
    title,
    when: `Database ${db}, ${startedAtWords}, in ${analysis.tookMs < 1000 ? formatMilliseconds(analysis.tookMs) : formatDuration(analysis.tookMs)}`,
    coverage: coverage(analysis),
    isComplete: analysis.ended === 'complete',
    facts: [
      { label: 'Keys', value: formatCount(seen) },
      { label: 'Memory, about', value: memory.bytes === undefined ? 'not measured' : formatBytes(memory.bytes) },
      { label: 'Without expiry', value: seen === 0 ? 'none' : formatRatio(ttl.withoutExpiry / seen) },
      { label: 'Prefixes', value: formatCount(prefixes.length) },
      { label: 'Types', value: types.map(({ name }) => name).join(', ') || 'none' },
      { label: 'Nodes', value: formatCount(nodes.length) },
    ],
    sections: [
      prefixSection(analysis),
      memoryByPrefix(analysis),
      expirySection(analysis),
      byType(analysis),
      biggest(analysis),
    ].concat(nodes.length > 1 ? [byNode(analysis)] : []),
    how: howWords(analysis),
  };
}

export function prefixSection({ prefixes, seen }: KeyspaceAnalysis): Section {
  const groups = prefixes.toSorted((a, b) => b.keys - a.keys);
  return {
    id: 'prefixes',
    title: 'Keys by prefix',
    note: leftOut(groups.length, 'prefixes'),
    columns: ['Prefix', 'Keys', 'Share'],
    color: 'blue',
    rows: bars(groups, ({ keys }) => keys).map(({ of, bar }) => ({
      label: of.name,
      bar,
      value: formatCount(of.keys),
      more: share(of.keys, seen),
    })),
  };
}

function memoryByPrefix({ prefixes, memory }: KeyspaceAnalysis): Section {
  const measured = prefixes.filter((one) => one.memory.bytes !== undefined);
  return {
    id: 'memory',
    title: 'Memory by prefix',
    note:
      measured.length === 0
        ? 'Not measured.'
        : `About, by MEMORY USAGE of ${formatCount(memory.measuredKeys)} keys${more(measured.length, 'prefixes')}`,
    columns: ['Prefix', 'Memory', 'Per key'],
    color: 'purple',
    rows: bars(measured, (one) => one.memory.bytes ?? 0).map(({ of, bar }) => ({
      label: of.name,
      bar,
      value: formatBytes(of.memory.bytes ?? 0),
      more: formatBytes(of.memory.measuredBytes / Math.max(1, of.memory.measuredKeys)),
    })),
  };
}

export function expirySection({ ttl, seen }: KeyspaceAnalysis): Section {
  const all = [
    ...ttlLabels.map((label, index) => ({ label: `in ${label}`, keys: ttl.buckets[index] ?? 0 })),
    { label: 'never: until evicted or removed', keys: ttl.withoutExpiry },
  ];
  const most = Math.max(1, ...all.map(({ keys }) => keys));
  return {
    id: 'expiry',
    title: 'Expiry',
    note: 'Time left when it was looked at',
    columns: ['Expires', 'Keys', 'Share'],
    color: 'green',
    rows: all.map(({ label, keys }) => ({
      label,
      bar: keys / most,
      value: formatCount(keys),
      more: share(keys, seen),
    })),
  };
}

function biggest(analysis: KeyspaceAnalysis): Section {
  const { biggest: keys, memory, seen } = analysis;
  return {
    id: 'biggest',
    title: 'Biggest keys',
    note:
      whyNoBiggest(analysis) ??
      (memory.measuredKeys < seen
        ? `Of the ${formatCount(memory.measuredKeys)} measured; there may be bigger ones`
        : 'Of all keys'),
    columns: ['Key', 'Memory', 'Type'],
    color: 'orange',
    rows: bars(keys, ({ bytes }) => bytes).map(({ of, bar }) => ({
      label: of.key,
      bar,
      value: formatBytes(of.bytes),
      more: of.type,
    })),
  };
}

function byType({ types, seen }: KeyspaceAnalysis): Section {
  return {
    id: 'types',
    title: 'Types',
    note: '',
    columns: ['Type', 'Keys', 'Share'],
    color: 'blue',
    rows: bars(types, ({ keys }: KeyGroup) => keys).map(({ of, bar }) => ({
      label: of.name,
      bar,
      value: formatCount(of.keys),
      more: share(of.keys, seen),
    })),
  };
}

function byNode({ nodes }: KeyspaceAnalysis): Section {
  return {
    id: 'nodes',
    title: 'Primaries',
    note: 'Keys seen of those DBSIZE counted at the start',
    columns: ['Primary', 'Seen', 'Complete'],
    color: 'green',
    rows: nodes.map(({ address, seen, total, complete }) => ({
      label: address,
      bar: total === 0 ? 0 : Math.min(1, seen / total),
      value: `${formatCount(seen)} of ${formatCount(total)}`,
      more: complete ? 'yes' : 'no',
    })),
  };
}

/** The longest `mostRows`, each with its length beside the longest. */
function bars<T>(all: readonly T[], size: (one: T) => number): readonly { readonly of: T; readonly bar: number }[] {
  const shown = all.toSorted((a, b) => size(b) - size(a)).slice(0, mostRows);
  const most = Math.max(1, ...shown.map(size));
  return shown.map((of) => ({ of, bar: size(of) / most }));
}

function share(part: number, whole: number): string {
  return whole === 0 ? '' : formatRatio(part / whole);
}

function leftOut(count: number, what: string): string {
  return count > mostRows ? `The ${mostRows} largest of ${formatCount(count)} ${what}; the export has all` : '';
}

function more(count: number, what: string): string {
  return count > mostRows ? `; the ${mostRows} largest of ${formatCount(count)} ${what}` : '';
}
