import { createHash } from 'node:crypto';
import path from 'node:path';
import type * as vscode from 'vscode';
import { acquireLock } from '../../clients/lockFile.ts';
import type { OperationLocks } from '../../core/operations/ports.ts';

/**
 * One for each environment, in `storage`, which all windows share. `onInterrupted` is told when one is taken over from a
 * program that was killed: nobody will find its lock at the next start any more.
 */
export function environmentLocks(storage: vscode.Uri, onInterrupted: () => void): OperationLocks {
  return {
    acquire: ({ id }, what) =>
      acquireLock(path.join(storage.fsPath, 'locks', `${hashOf(id)}.lock`), what, onInterrupted),
  };
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 24);
}
