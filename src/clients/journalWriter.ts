import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Environment } from '../core/environment/environment.ts';
import { journalFileName } from '../core/journal/fileName.ts';
import type { JournalLine } from '../core/journal/lines.ts';
import { withoutSecrets } from '../core/journal/withoutSecrets.ts';
import { begunLine, endedLine, stepLine } from '../core/journal/write.ts';
import type { Author } from '../core/journal/write.ts';
import type { Plan } from '../core/operations/plan.ts';
import type { OpenEntry, OperationJournal } from '../core/operations/ports.ts';
import { appendToJournal } from './journalFile.ts';

export interface JournalWriterOptions {
  /** Folder of the journals of an environment. */
  readonly folderOf: (environment: Environment) => string;
  /** Who writes, as git in that folder and the system say. */
  readonly authorIn: (folder: string) => Promise<Author>;
  /** What must not be written down. */
  readonly secretsOf: (environment: Environment) => Promise<readonly string[]>;
  /** Wall clock, ms since 1970. */
  readonly nowMs: () => number;
  readonly onWritten: () => void;
}

/** Writes down what is done, in the journal of this person on this machine; every known secret is left out. */
export class JournalWriter implements OperationJournal {
  readonly #options: JournalWriterOptions;

  constructor(options: JournalWriterOptions) {
    this.#options = options;
  }

  async begin(plan: Plan, reason: string | undefined): Promise<OpenEntry> {
    const { folderOf, authorIn, secretsOf, nowMs, onWritten } = this.#options;
    const folder = folderOf(plan.environment);
    const [author, secrets] = await Promise.all([authorIn(folder), secretsOf(plan.environment)]);
    const file = path.join(folder, journalFileName(author.person.git ?? author.person.os, author.machine));
    const append = async (line: JournalLine): Promise<void> => {
      await appendToJournal(file, withoutSecrets(line, secrets));
      onWritten();
    };
    const id = randomUUID();
    await append(begunLine({ id, nowMs: nowMs(), author, plan, reason }));
    return {
      id,
      step: (result) => append(stepLine(id, nowMs(), result)),
      end: (report, verification) => append(endedLine(id, nowMs(), report, verification)),
    };
  }
}
