import type * as vscode from 'vscode';
import { readJournals, stateOfEntry } from '../../clients/journalFolder.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import type { JournalEntry, JournalHistory } from '../../core/journal/history.ts';
import { markersOf } from '../../core/journal/markers.ts';
import type { OperationMarker } from '../../core/journal/markers.ts';
import { presentEntry } from '../../core/journal/present.ts';
import type { EntryState } from '../../core/journal/present.ts';
import type { Row } from '../../core/row.ts';
import { journalFolders } from '../operations/journalFolder.ts';

export interface HistoryRow {
  readonly entry: JournalEntry;
  readonly state: EntryState;
  /** As the view shows it. */
  readonly shown: Row;
}

/** What the journals of the open folders say, read when it is asked for. */
export class HistoryStore {
  readonly #storage: vscode.Uri;

  constructor(storage: vscode.Uri) {
    this.#storage = storage;
  }

  /** Newest first, with every line that is not as it was written. Throws OpsError `file`. */
  async read(): Promise<{ readonly rows: readonly HistoryRow[]; readonly problems: JournalHistory['problems'] }> {
    const { entries, problems } = await this.#journals();
    const rows = entries.map(async (entry) => {
      const state = await stateOfEntry(entry);
      return { entry, state, shown: presentEntry(entry, state, Date.now()) };
    });
    return { rows: await Promise.all(rows), problems };
  }

  async entry(id: string): Promise<HistoryRow> {
    const { rows } = await this.read();
    const found = rows.find(({ entry }) => entry.id === id);
    if (found) return found;
    throw new OpsError('file', 'The journal has no such entry any more.', { next: 'Refresh the History view.' });
  }

  /** What was carried out in an environment between two moments (wall clock, ms), for marks in a chart. */
  async markers({ id }: Environment, fromMs: number, toMs: number): Promise<readonly OperationMarker[]> {
    return markersOf(await this.#journals(), id, fromMs, toMs);
  }

  #journals(): Promise<JournalHistory> {
    return readJournals(journalFolders(this.#storage).map(({ fsPath }) => fsPath));
  }
}
