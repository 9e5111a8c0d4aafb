import path from 'node:path';
import * as vscode from 'vscode';
import type { BackupPlaces } from '../../clients/backup/backupSurvey.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { configuration } from '../configuration.ts';

/**
 * Where the backups of an environment are: below its workspace folder; of one from the user's settings, below the first
 * folder that is open. Undefined where there is none on disk.
 */
export function placesOf(environment: Environment): BackupPlaces | undefined {
  const own = environment.folder === undefined ? undefined : vscode.Uri.parse(environment.folder);
  const folder = own ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder?.scheme !== 'file') return undefined;
  return {
    root: path.resolve(folder.fsPath, configuration.backupFolder(folder)),
    directory: folder.fsPath,
    keep: configuration.keptBackups(folder),
  };
}

/** Throws OpsError where there is no folder to keep backups in. */
export function needPlaces(environment: Environment): BackupPlaces {
  const places = placesOf(environment);
  if (places) return places;
  throw new OpsError('settings', `There is no folder for the backups of ${environment.name}.`, {
    next: 'Open a folder on this machine: they are kept below it.',
  });
}
