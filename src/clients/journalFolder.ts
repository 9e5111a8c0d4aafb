import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { readHistory } from '../core/journal/history.ts';
import type { JournalEntry, JournalHistory } from '../core/journal/history.ts';
import type { EntryState } from '../core/journal/present.ts';
import { stateOf } from '../core/journal/present.ts';
import { readTextFile } from './files.ts';
import { isRunning } from './processIdentity.ts';

const largestJournalBytes = 64 * 1024 * 1024;

/** Every journal in the folders, together. A folder that is not there holds none; throws OpsError `file` for the rest. */
export async function readJournals(folders: readonly string[]): Promise<JournalHistory> {
  const files = (await Promise.all(folders.map(journalsIn))).flat();
  const texts = await Promise.all(
    files.map(async (file) => ({
      file: path.basename(file),
      text: (await readTextFile(file, largestJournalBytes)).text,
    })),
  );
  return readHistory(texts);
}

/** Whether an entry without an end is still under way, as far as this machine can tell. */
export async function stateOfEntry(entry: JournalEntry): Promise<EntryState> {
  const { machine, process } = entry.begun;
  if (entry.ended !== undefined || machine !== hostname()) return stateOf(entry, undefined);
  return stateOf(entry, await isRunning(process));
}

async function journalsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.jsonl')).map((name) => path.join(folder, name));
}
