import * as vscode from 'vscode';
import { OpsError } from '../../core/errors.ts';
import { views } from '../ids.ts';
import { isChecklistTreeNode } from '../checklists/tree.ts';
import type { ChecklistTreeNode } from '../checklists/tree.ts';
import type { Command } from './command.ts';

export const addChecklist: Command = {
  name: 'Show as a Checklist',
  async run({ checklists }, argument) {
    const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
    if (!uri) throw new OpsError('file', 'No file is open in an editor.', { next: 'Open a Markdown file first.' });
    if (uri.scheme !== 'file') {
      throw new OpsError('file', 'The open text is not saved in a file.', { next: 'Save it first.' });
    }
    await checklists.add(uri);
    await vscode.commands.executeCommand(`${views.checklists}.focus`);
  },
};

export const removeChecklist: Command = {
  name: 'Stop Showing as a Checklist',
  async run({ checklists }, argument) {
    if (isChecklistTreeNode(argument)) await checklists.remove(argument.document);
  },
};

export const refreshChecklists: Command = {
  name: 'Refresh Checklists',
  run: ({ checklists }) => checklists.refresh(),
};

export const openChecklistNode: Command = {
  name: 'Go to Line',
  async run(_services, argument) {
    if (!isChecklistTreeNode(argument)) return;
    const document = await vscode.workspace.openTextDocument(argument.document.uri);
    const line = Math.min(lineOf(argument), document.lineCount - 1);
    const selection = document.lineAt(line).range;
    await vscode.window.showTextDocument(document, {
      preview: true,
      preserveFocus: true,
      selection: new vscode.Range(selection.start, selection.start),
    });
  },
};

function lineOf(element: ChecklistTreeNode): number {
  if (element.kind === 'document') return 0;
  return (element.kind === 'command' ? element.command.part : element.node).range.line;
}
