import * as vscode from 'vscode';
import type { TextEdit } from '../../core/environment/edit.ts';
import { OpsError } from '../../core/errors.ts';
import { settings } from '../ids.ts';

/** Where an environment is written: a folder's settings, or the user's. */
export type SettingsPlace =
  { readonly kind: 'folder'; readonly folder: vscode.WorkspaceFolder } | { readonly kind: 'user' };

export function settingsUri(folder: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(folder, '.vscode', 'settings.json');
}

/** The settings file of a place as a document; a folder's is created when it is not there. */
export async function openSettings(place: SettingsPlace): Promise<vscode.TextDocument> {
  if (place.kind === 'user') return openUserSettings();
  const uri = settingsUri(place.folder.uri);
  try {
    await vscode.workspace.fs.stat(uri);
  } catch {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('{\n}\n'));
  }
  return vscode.workspace.openTextDocument(uri);
}

/** Works on the settings file of a place, and closes the editor that had to be opened for it. */
export async function withSettings(
  place: SettingsPlace,
  work: (document: vscode.TextDocument) => Promise<void>,
): Promise<void> {
  const before = new Set(allTabs());
  try {
    await work(await openSettings(place));
  } finally {
    const opened = allTabs().filter((tab) => !before.has(tab) && showsSettings(tab));
    await vscode.window.tabGroups.close(opened);
  }
  if (place.kind === 'user') await readUserSettingsAgain();
}

/** VS Code in a browser does not notice that its user settings were saved. A setting set to what it is has them read. */
async function readUserSettingsAgain(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(settings.section);
  const value = configuration.inspect(settings.intervalSeconds)?.globalValue;
  await configuration.update(settings.intervalSeconds, value, vscode.ConfigurationTarget.Global);
}

/** No API tells where the user's settings are, but a command shows them. */
async function openUserSettings(): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson');
  const document = vscode.window.activeTextEditor?.document;
  if (!document?.uri.path.endsWith('settings.json')) {
    throw new OpsError('file', 'The user’s settings.json could not be opened; nothing was saved.', {
      next: 'Save the environment in a folder instead.',
    });
  }
  return document;
}

function allTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
}

function showsSettings({ input }: vscode.Tab): boolean {
  return input instanceof vscode.TabInputText && input.uri.path.endsWith('/settings.json');
}

/** Applies edits as one that can be undone, and saves. Refuses when the file has changes nobody saved yet. */
export async function editSettings(
  document: vscode.TextDocument,
  edits: (text: string) => readonly TextEdit[],
): Promise<void> {
  if (document.isDirty) {
    throw new OpsError('conflict', `${name(document)} has unsaved changes; nothing was saved.`, {
      next: 'Save or undo them, then try again.',
    });
  }
  const change = new vscode.WorkspaceEdit();
  for (const { offset, length, content } of edits(document.getText())) {
    change.replace(
      document.uri,
      new vscode.Range(document.positionAt(offset), document.positionAt(offset + length)),
      content,
    );
  }
  if (!(await vscode.workspace.applyEdit(change)) || !(await document.save())) {
    throw new OpsError('file', `${name(document)} could not be saved.`, { next: 'It may be read-only.' });
  }
}

function name({ uri }: vscode.TextDocument): string {
  return vscode.workspace.asRelativePath(uri);
}
