import { hostname } from 'node:os';
import path from 'node:path';
import { environmentLocks } from '../../../src/clients/environmentLocks.ts';
import { readJournals, stateOfEntry } from '../../../src/clients/journalFolder.ts';
import { JournalWriter } from '../../../src/clients/journalWriter.ts';
import { processIdentity } from '../../../src/clients/processIdentity.ts';
import type { JournalHistory } from '../../../src/core/journal/history.ts';
import { stateNames } from '../../../src/core/journal/present.ts';
import type { OperationPorts } from '../../../src/core/operations/ports.ts';
import { recordingPorts } from '../../unit/core/operations/ports.ts';

/** Ports with a real journal and a real lock below `folder`; the person says yes to everything. */
export function realPorts(folder: string, nowMs: () => number = Date.now): OperationPorts {
  const { ports } = recordingPorts();
  return {
    ...ports,
    journal: new JournalWriter({
      folderOf: () => path.join(folder, 'journal'),
      authorIn: async () => ({ machine: hostname(), process: await processIdentity(), person: { os: 'tester' } }),
      secretsOf: () => Promise.resolve(['hunter22']),
      nowMs,
      onWritten: () => undefined,
    }),
    locks: environmentLocks(path.join(folder, 'locks')),
  };
}

export function journalIn(folder: string): Promise<JournalHistory> {
  return readJournals([path.join(folder, 'journal')]);
}

/** `Flush cache:*: done and verified`, newest first. */
export async function linesIn(folder: string): Promise<readonly string[]> {
  const { entries } = await journalIn(folder);
  return Promise.all(entries.map(async (entry) => `${entry.begun.title}: ${stateNames[await stateOfEntry(entry)]}`));
}
