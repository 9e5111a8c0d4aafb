import { createHash } from 'node:crypto';
import path from 'node:path';
import type * as vscode from 'vscode';
import { acquireLock } from '../../clients/lockFile.ts';
import type { OperationLocks } from '../../core/operations/ports.ts';

/** One for each environment, in `storage`, which all windows share. */
export function environmentLocks(storage: vscode.Uri): OperationLocks {
  return {
    acquire: ({ id }, what) => acquireLock(path.join(storage.fsPath, 'locks', `${hashOf(id)}.lock`), what),
  };
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 24);
}
