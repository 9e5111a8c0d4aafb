import path from 'node:path';
import * as vscode from 'vscode';
import { newestBaseline } from '../../clients/baselineFolder.ts';
import type { Baseline } from '../../core/baseline/baseline.ts';
import type { Environment } from '../../core/environment/environment.ts';

/**
 * Where the baselines of an environment are: below its workspace folder; of one from the user's settings, below the first
 * folder that is open. Undefined where there is none on disk.
 */
export function baselineFolderOf(environment: Environment): string | undefined {
  const own = environment.folder === undefined ? undefined : vscode.Uri.parse(environment.folder);
  const folder = own ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder?.scheme === 'file' ? path.join(folder.fsPath, 'monitoring', 'baselines') : undefined;
}

/** The newest baseline of an environment; throws OpsError `file` where there is one that cannot be read. */
export async function lastBaseline(environment: Environment): Promise<Baseline | undefined> {
  const folder = baselineFolderOf(environment);
  return folder === undefined ? undefined : newestBaseline(folder, environment.name);
}
