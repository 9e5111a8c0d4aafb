import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { appendToJournal } from '../../clients/journalFile.ts';
import { readGitFacts } from '../../clients/git.ts';
import { processIdentity } from '../../clients/processIdentity.ts';
import { journalFileName } from '../../core/journal/fileName.ts';
import type { JournalLine } from '../../core/journal/lines.ts';
import { withoutSecrets } from '../../core/journal/withoutSecrets.ts';
import { begunLine, endedLine, stepLine } from '../../core/journal/write.ts';
import type { Author } from '../../core/journal/write.ts';
import type { Plan } from '../../core/operations/plan.ts';
import type { OpenEntry, OperationJournal } from '../../core/operations/ports.ts';
import { secretsOf } from '../environments/secretLookup.ts';
import type { Secrets } from '../environments/secrets.ts';
import { journalFolderOf } from './journalFolder.ts';

/** Writes down what is done, in the journal of this person on this machine; every known secret is left out. */
export class JournalStore implements OperationJournal {
  readonly #secrets: Secrets;
  readonly #storage: vscode.Uri;
  readonly #onWritten: () => void;

  /** `storage` takes the journal where no folder is open. */
  constructor(secrets: Secrets, storage: vscode.Uri, onWritten: () => void) {
    this.#secrets = secrets;
    this.#storage = storage;
    this.#onWritten = onWritten;
  }

  /** On disk when it resolves. Throws OpsError `file`. */
  async begin(plan: Plan, reason: string | undefined): Promise<OpenEntry> {
    const folder = journalFolderOf(plan.environment, this.#storage).fsPath;
    const [author, secrets] = await Promise.all([authorIn(folder), secretsOf(plan.environment, this.#secrets)]);
    const file = path.join(folder, journalFileName(author.person.git ?? author.person.os, author.machine));
    const append = async (line: JournalLine): Promise<void> => {
      await appendToJournal(file, withoutSecrets(line, secrets));
      this.#onWritten();
    };
    const id = randomUUID();
    await append(begunLine({ id, nowMs: Date.now(), author, plan, reason }));
    return {
      id,
      step: (result) => append(stepLine(id, Date.now(), result)),
      end: (report, verification) => append(endedLine(id, Date.now(), report, verification)),
    };
  }
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
