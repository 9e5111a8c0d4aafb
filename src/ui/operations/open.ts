import type * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import { JournalStore } from './journalStore.ts';
import { OperationService } from './operationService.ts';

/** Puts together what carries operations out. Loaded with the first of them. */
export function openOperationService(
  { documents, secrets }: Services,
  storage: vscode.Uri,
  onJournalWritten: () => void,
): OperationService {
  return new OperationService({
    documents,
    storage,
    journal: new JournalStore(secrets, storage, onJournalWritten),
    // Nothing makes backups yet that could be known here.
    lastBackup: () => Promise.resolve(undefined),
    announce: () => Promise.resolve(),
  });
}
