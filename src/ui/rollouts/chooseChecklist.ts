import * as vscode from 'vscode';
import { OpsError } from '../../core/errors.ts';
import { ChecklistDocument } from '../checklists/document.ts';
import type { ChecklistStore } from '../checklists/store.ts';

/**
 * The checklist an action is about: that of a row or an address, whatever it is; else that in the editor, the only one,
 * or the one the user picks, of those that `fits` accepts. Undefined when left, and when there is none.
 */
export async function chooseChecklist(
  checklists: ChecklistStore,
  argument: unknown,
  title: string,
  fits: (document: ChecklistDocument) => boolean,
): Promise<ChecklistDocument | undefined> {
  await checklists.load();
  const named = documentOf(checklists, argument);
  if (named) return named;
  const uri = vscode.window.activeTextEditor?.document.uri;
  const inEditor = uri && checklists.documentAt(uri);
  if (inEditor && fits(inEditor)) return inEditor;
  const fitting = checklists.documents.filter(fits);
  if (fitting.length <= 1) return fitting[0];
  const items = fitting.map((document) => ({
    label: document.checklist?.title ?? vscode.workspace.asRelativePath(document.uri),
    description: vscode.workspace.asRelativePath(document.uri),
    document,
  }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'Checklist' }))?.document;
}

/** The document of an address or a row; of a rollout's row, the copy, not the template it stands below. */
function documentOf(checklists: ChecklistStore, argument: unknown): ChecklistDocument | undefined {
  if (argument instanceof vscode.Uri) return checklists.documentAt(argument);
  if (typeof argument !== 'object' || argument === null || !('document' in argument)) return undefined;
  if ('kind' in argument && argument.kind === 'rollout' && 'rollout' in argument) {
    const { rollout } = argument;
    const id = typeof rollout === 'object' && rollout !== null && 'id' in rollout ? rollout.id : undefined;
    return checklists.documents.find(({ uri }) => uri.toString() === id);
  }
  return argument.document instanceof ChecklistDocument ? argument.document : undefined;
}

/** What a document says, where it can be shown. */
export function contentOf(document: ChecklistDocument): {
  readonly text: string;
  readonly checklist: NonNullable<ChecklistDocument['checklist']>;
} {
  const { text, checklist } = document;
  if (text === undefined || !checklist) {
    throw new OpsError('file', document.problem ?? `${document.uri.fsPath} cannot be read as a checklist.`);
  }
  return { text, checklist };
}

/** The workspace folder of a document. */
export function folderOf({ uri }: { readonly uri: vscode.Uri }): vscode.WorkspaceFolder {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder) return folder;
  throw new OpsError('file', `${uri.fsPath} is in no folder of this window.`, { next: 'Open its folder first.' });
}
