import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { configuration } from '../configuration.ts';

/**
 * Where the journals of an environment are: below its workspace folder; of one from the user's settings, below the first
 * folder that is open; in the extension's own storage where there is none on disk.
 */
export function journalFolderOf(environment: Environment, storage: vscode.Uri): vscode.Uri {
  const own = environment.folder === undefined ? undefined : vscode.Uri.parse(environment.folder);
  const folder = own ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder?.scheme !== 'file') return vscode.Uri.joinPath(storage, 'journal');
  return vscode.Uri.joinPath(folder, configuration.journalFolder(folder));
}

/** Every folder in which journals may be. */
export function journalFolders(storage: vscode.Uri): readonly vscode.Uri[] {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  return [
    ...folders.map(({ uri }) => vscode.Uri.joinPath(uri, configuration.journalFolder(uri))),
    vscode.Uri.joinPath(storage, 'journal'),
  ];
}
