import type { JournalEntry } from '../journal/history.ts';

/** What a step notes of the deployment before it changes it; read again from the journal. */
export function revisionNote(revision: string): string {
  return `Revision before: ${revision}.`;
}

/** By revision: the title and time of what was done from here just after, the newest of several. `entries` newest first. */
export function recordedRevisions(
  entries: readonly Pick<JournalEntry, 'begun' | 'steps'>[],
  environmentId: string,
): ReadonlyMap<string, { readonly before: string; readonly atMs: number }> {
  const found = new Map<string, { readonly before: string; readonly atMs: number }>();
  for (const { begun, steps } of entries) {
    if (begun.environment.id !== environmentId) continue;
    for (const note of steps.flatMap(({ notes = [] }) => notes)) {
      const revision = /^Revision before: (\S+)\.$/.exec(note)?.[1];
      if (revision === undefined || found.has(revision)) continue;
      found.set(revision, { before: begun.title, atMs: Date.parse(begun.at) });
    }
  }
  return found;
}
