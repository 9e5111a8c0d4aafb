import { toCsv } from '../csv.ts';
import type { KeyspaceAnalysis } from './model.ts';
import { coverageOf, ttlLabels } from './model.ts';

/** Everything that was found, with units in the names. */
export function keyspaceJson(analysis: KeyspaceAnalysis): string {
  const { ttl, startedAtMs, ...rest } = analysis;
  const expiry = {
    none: ttl.withoutExpiry,
    ...Object.fromEntries(ttlLabels.map((label, at) => [label, ttl.buckets[at] ?? 0])),
  };
  const startedAt = new Date(startedAtMs).toISOString();
  return `${JSON.stringify({ startedAt, coverage: coverageOf(analysis.nodes), ...rest, expiry }, undefined, 2)}\n`;
}

/** One row for each prefix, type, expiry and big key: kind, name, keys, bytes, keys without expiry. */
export function keyspaceCsv({ prefixes, types, ttl, biggest }: KeyspaceAnalysis): string {
  const groups = [
    ...prefixes.map((group) => ({ kind: 'prefix', ...group })),
    ...types.map((group) => ({ kind: 'type', ...group })),
  ].map(({ kind, name, keys, memory, withoutExpiry }) => [kind, name, keys, memory.bytes ?? '', withoutExpiry]);
  const rows = [
    ['kind', 'name', 'keys', 'bytes', 'without_expiry'],
    ...groups,
    ['expiry', 'none', ttl.withoutExpiry, '', ttl.withoutExpiry],
    ...ttlLabels.map((label, at) => ['expiry', label, ttl.buckets[at] ?? 0, '', 0]),
    ...biggest.map(({ key, bytes }) => ['biggest', key, 1, bytes, '']),
  ];
  return toCsv(rows);
}
