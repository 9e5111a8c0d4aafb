import * as vscode from 'vscode';
import { explain } from '../../core/errors.ts';
import { differenceOf } from '../../core/checklist/difference.ts';
import type { Checklist } from '../../core/checklist/model.ts';
import type * as parse from '../../core/checklist/parse.ts';
import type { ParsedDocument } from '../../core/checklist/parse.ts';
import { readTextFile } from '../../clients/files.ts';

/** Beyond this a file is named in the tree, but not read. */
export const largestChecklistBytes = 10 * 1024 * 1024;

type Parser = typeof parse;

/** One Markdown file as the tree shows it: what it says, or why that cannot be shown. */
export class ChecklistDocument {
  readonly uri: vscode.Uri;
  /** Added by hand: shown whatever it holds, and removable. */
  readonly added: boolean;
  #shown: { readonly text: string; readonly parsed: ParsedDocument } | undefined;
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
  async load(parser: Parser): Promise<void> {
    try {
      const open = openDocumentOf(this.uri);
      this.show(open ? open.getText() : (await readTextFile(this.uri.fsPath, largestChecklistBytes)).text, parser);
    } catch (error) {
      this.#shown = undefined;
      this.#problem = explain(error);
    }
  }

  show(text: string, parser: Parser): void {
    if (text.length > largestChecklistBytes) {
      this.#shown = undefined;
      this.#problem = 'Too large to be shown as a checklist: split it.';
      return;
    }
    this.#problem = undefined;
    const before = this.#shown;
    if (text === before?.text) return;
    const parsed = before ? before.parsed.update(text, [differenceOf(before.text, text)]) : parser.openDocument(text);
    this.#shown = { text, parsed };
  }
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
