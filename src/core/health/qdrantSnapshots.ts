import { formatBytes, formatCount, formatDuration } from '../format.ts';
import type { Part } from './monitorParts.ts';
import { readingsOf } from './monitorParts.ts';
import type { Snapshot } from './qdrantModel.ts';
import type { Reading } from './reading.ts';

/** How many snapshots a collection has, how old the newest is, and what they take together: the server deletes none. */
export function snapshotReadings(
  snapshots: ReadonlyMap<string, Part<readonly Snapshot[]>>,
  nowMs: number,
): readonly Reading[] {
  return [...snapshots].flatMap(([name, part]) => {
    const names = { id: `snapshots/${name}`, label: `Snapshots of ${name}` };
    return readingsOf(part, names, (all) => [{ ...names, ...words(all, nowMs), state: 'fact' }]);
  });
}

function words(all: readonly Snapshot[], nowMs: number): Pick<Reading, 'value' | 'detail'> {
  if (all.length === 0) return { value: 'none', detail: 'There is nothing to go back to.' };
  const times = all.flatMap(({ atMs }) => atMs ?? []);
  const age = times.length === 0 ? 'age not known' : `newest ${formatDuration(nowMs - Math.max(...times))} old`;
  const bytes = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    value: `${formatCount(all.length)}, ${age}, ${formatBytes(bytes)} together`,
    detail: 'On the server’s disk; none was test-restored by this reading.',
  };
}

/** `shop-4711-2026-01-05-11-59-30.snapshot`: in UTC. Some builds of the server do not say the time but here. */
export function snapshotTime(name: string, creationTime: string | null | undefined): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /-(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)\.snapshot$/.exec(name) ?? [];
  const text = year === undefined ? creationTime : `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  if (text === undefined || text === null) return undefined;
  const atMs = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}
