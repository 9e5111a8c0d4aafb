import * as vscode from 'vscode';
import { readShelf } from '../../clients/backup/backupFolder.ts';
import { describeBackup, describePart, isVerified } from '../../core/backup/backups.ts';
import type { Backup } from '../../core/backup/backups.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { formatTime } from '../../core/format.ts';
import { tierWords } from '../../core/health/present.ts';
import { needPlaces } from './places.ts';

interface Item extends vscode.QuickPickItem {
  readonly backup?: Backup;
}

/** Which backup of the environment; undefined when left, or where there is none. Untested copies are called so. */
export async function pickBackup(environment: Environment, what: string): Promise<Backup | undefined> {
  const { root } = needPlaces(environment);
  const { backups, broken } = await readShelf(root, environment.name);
  if (backups.length === 0 && broken.length === 0) {
    void vscode.window.showInformationMessage(
      `There is no backup of ${environment.name} in ${root}. Use "Cache Ops: Back Up…".`,
    );
    return undefined;
  }
  const nowMs = Date.now();
  const items: Item[] = [
    ...backups.map((backup) => ({
      label: `$(${isVerified(backup.manifest) ? 'verified' : 'question'}) ${formatTime(backup.manifest.startedAtMs, nowMs)}`,
      description: describeBackup(backup, nowMs),
      detail: [backup.manifest.purpose ?? '', ...backup.manifest.parts.map(describePart)]
        .filter((part) => part !== '')
        .join('; '),
      backup,
    })),
    ...(broken.length > 0 ? [{ label: 'Not whole', kind: vscode.QuickPickItemKind.Separator }] : []),
    ...broken.map(({ folder, why }) => ({ label: '$(error) Cannot be used', description: why, detail: folder })),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${what}: ${environment.name} (${tierWords(environment)})`,
    placeHolder: 'Which backup?',
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return chosen?.backup;
}
