import type { OperationKind } from '../operations/kind.ts';
import type { Result } from '../operations/outcomeWords.ts';
import type { JournalHistory } from './history.ts';
import { resultOfEntry } from './history.ts';

/** Something that was carried out, as a mark in a chart over time. */
export interface OperationMarker {
  /** The journal entry, for `cacheOps.showEntry`. */
  readonly entry: string;
  readonly kind: OperationKind;
  readonly title: string;
  /** Wall clock, ms since 1970. */
  readonly beganAtMs: number;
  /** Undefined while it runs, or when it was interrupted. */
  readonly endedAtMs: number | undefined;
  readonly result: Result | 'unfinished';
}

/** What was carried out in an environment between two moments (wall clock, ms), oldest first. */
export function markersOf(
  { entries }: JournalHistory,
  environmentId: string,
  fromMs: number,
  toMs: number,
): readonly OperationMarker[] {
  return entries
    .filter(({ begun }) => begun.environment.id === environmentId)
    .map((entry) => ({
      entry: entry.id,
      kind: entry.begun.kind,
      title: entry.begun.title,
      beganAtMs: Date.parse(entry.begun.at),
      endedAtMs: entry.ended === undefined ? undefined : Date.parse(entry.ended.at),
      result: resultOfEntry(entry),
    }))
    .filter(({ beganAtMs, endedAtMs }) => beganAtMs <= toMs && (endedAtMs ?? beganAtMs) >= fromMs)
    .toSorted((a, b) => a.beganAtMs - b.beganAtMs);
}
