import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';

/** The folder that the test window has open. */
export function workspaceFolder(): vscode.WorkspaceFolder {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'The test window has a folder open.');
  return folder;
}

/** A path in the workspace. */
export function inWorkspace(...names: readonly string[]): string {
  return path.join(workspaceFolder().uri.fsPath, ...names);
}
