import path from 'node:path';
import * as vscode from 'vscode';
import type { BackupPlaces } from '../../clients/backup/backupSurvey.ts';
import { isIgnoredByGit } from '../../clients/git.ts';

/** Backups hold data and secrets: where git would take them along, a line in .gitignore is offered. */
export async function offerIgnore({ root, directory }: BackupPlaces): Promise<void> {
  const below = path.relative(directory, root).replaceAll(path.sep, '/');
  if (below.startsWith('..') || path.isAbsolute(below)) return;
  if (await isIgnoredByGit(directory, `${below}/x`)) return;
  const add = 'Add to .gitignore';
  const message = `${below}/ holds data, and may hold secrets: git does not leave it out yet.`;
  if ((await vscode.window.showWarningMessage(message, add)) !== add) return;
  const file = vscode.Uri.file(path.join(directory, '.gitignore'));
  const text = await vscode.workspace.fs.readFile(file).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(`${before}/${below}/\n`));
}
