import { hostname, userInfo } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { readGitFacts } from '../../clients/git.ts';
import { JournalWriter } from '../../clients/journalWriter.ts';
import { processIdentity } from '../../clients/processIdentity.ts';
import type { Author } from '../../core/journal/write.ts';
import { secretsOf } from '../environments/secretLookup.ts';
import type { Secrets } from '../environments/secrets.ts';
import { journalFolderOf } from './journalFolder.ts';

/** The journal of this person on this machine. `storage` takes it where no folder is open. */
export function openJournal(secrets: Secrets, storage: vscode.Uri, onWritten: () => void): JournalWriter {
  return new JournalWriter({
    folderOf: (environment) => journalFolderOf(environment, storage).fsPath,
    authorIn,
    secretsOf: (environment) => secretsOf(environment, secrets),
    nowMs: Date.now,
    onWritten,
  });
}

/** Settings of a repository can make git start programs: none is asked where the workspace is not trusted. */
async function authorIn(folder: string): Promise<Author> {
  const facts = vscode.workspace.isTrusted ? await readGitFacts(await existing(folder)) : undefined;
  const git = facts?.kind === 'repository' ? facts.user : undefined;
  return {
    machine: hostname(),
    process: await processIdentity(),
    person: { ...(git === undefined ? {} : { git }), os: userInfo().username },
  };
}

/** The folder, or the nearest above it that is there. */
async function existing(folder: string): Promise<string> {
  try {
    await vscode.workspace.fs.stat(vscode.Uri.file(folder));
    return folder;
  } catch {
    const above = path.dirname(folder);
    return above === folder ? folder : existing(above);
  }
}
