import * as vscode from 'vscode';
import { explain, OpsError } from '../../core/errors.ts';
import { differenceOf } from '../../core/checklist/difference.ts';
import type { Checklist } from '../../core/checklist/model.ts';
import type * as parsing from '../../core/checklist/parse.ts';
import type { ParsedDocument } from '../../core/checklist/parse.ts';
import { readTextFile } from '../../clients/files.ts';
import { runFor } from '../background.ts';
import type { Background } from '../background.ts';

/** Beyond this a file is named in the tree, but not read. */
export const largestChecklistBytes = 10 * 1024 * 1024;

/** What takes no longer is read at once. */
const atOnceMs = 8;

/** What documents are read with. */
export interface Reading {
  readonly parser: Pick<typeof parsing, 'openInSteps'>;
  readonly background: Background;
}

/** One Markdown file as the tree shows it: what it says, or why that cannot be shown. */
export class ChecklistDocument {
  readonly uri: vscode.Uri;
  /** Added by hand: shown whatever it holds, and removable. */
  readonly added: boolean;
  #shown: Shown | undefined;
  #wanted: string | undefined;
  #catchingUp: Promise<void> | undefined;
  #problem: string | undefined;

  constructor(uri: vscode.Uri, added: boolean) {
    this.uri = uri;
    this.added = added;
  }

  get checklist(): Checklist | undefined {
    return this.#shown?.parsed.checklist;
  }

  /** The text the tree was made from. */
  get text(): string | undefined {
    return this.#shown?.text;
  }

  /** Why there is no checklist to show. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The editor's text where it is open, which may not be saved yet; else the file's. */
  async load(reading: Reading): Promise<void> {
    try {
      const open = openDocumentOf(this.uri);
      await this.show(
        open ? open.getText() : (await readTextFile(this.uri.fsPath, largestChecklistBytes)).text,
        reading,
      );
    } catch (error) {
      this.#wanted = undefined;
      this.#shown = undefined;
      this.#problem = explain(error);
    }
  }

  /** Small texts at once, large ones step by step: until then, what was shown before is kept. */
  async show(text: string, reading: Reading): Promise<void> {
    this.#wanted = text;
    // One at a time, each made from the one before; what is outdated by then is left out.
    await (this.#catchingUp ??= this.#catchUp(reading).finally(() => (this.#catchingUp = undefined)));
  }

  async #catchUp(reading: Reading): Promise<void> {
    for (let text = this.#wanted; text !== undefined && text !== this.#shown?.text; text = this.#wanted) {
      if (text.length > largestChecklistBytes) {
        this.#shown = undefined;
        this.#problem = 'Too large to be shown as a checklist: split it.';
        return;
      }
      const parsed = await parse(text, this.#shown, reading);
      // Meanwhile the file may have become unreadable.
      if (this.#wanted === undefined) return;
      this.#shown = { text, parsed };
    }
    this.#problem = undefined;
  }
}

interface Shown {
  readonly text: string;
  readonly parsed: ParsedDocument;
}

async function parse(
  text: string,
  before: Shown | undefined,
  { parser, background }: Reading,
): Promise<ParsedDocument> {
  const steps = before
    ? before.parsed.updateInSteps(text, [differenceOf(before.text, text)])
    : parser.openInSteps(text);
  const soon = runFor(atOnceMs, steps);
  if (soon) return soon.value;
  const parsed = await background.run(steps, () => false);
  if (!parsed) throw new OpsError('cancelled', 'The checklist was not read to its end.');
  return parsed;
}

/** The text document of a file that somebody has in an editor, or has changed without saving. */
export function openDocumentOf(uri: vscode.Uri): vscode.TextDocument | undefined {
  const key = uri.toString();
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === key && !one.isClosed);
  if (!document) return undefined;
  const inTab = vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(
      ({ input }) =>
        (input instanceof vscode.TabInputText && input.uri.toString() === key) ||
        (input instanceof vscode.TabInputTextDiff && input.modified.toString() === key),
    ),
  );
  return inTab || document.isDirty ? document : undefined;
}
