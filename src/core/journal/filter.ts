import type { OperationKind } from '../operations/kind.ts';
import type { JournalEntry } from './history.ts';
import type { EntryState } from './present.ts';

/** What the History view shows; an empty set of one sort means all of it. */
export interface HistoryFilter {
  readonly environments: ReadonlySet<string>;
  readonly kinds: ReadonlySet<OperationKind>;
  readonly states: ReadonlySet<EntryState>;
}

export const noFilter: HistoryFilter = { environments: new Set(), kinds: new Set(), states: new Set() };

export function passes({ begun }: JournalEntry, state: EntryState, filter: HistoryFilter): boolean {
  return has(filter.environments, begun.environment.name) && has(filter.kinds, begun.kind) && has(filter.states, state);
}

function has<T>(wanted: ReadonlySet<T>, value: T): boolean {
  return wanted.size === 0 || wanted.has(value);
}
