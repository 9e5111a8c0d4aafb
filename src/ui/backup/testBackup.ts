import * as vscode from 'vscode';
import { findProgram } from '../../clients/backup/scratchServer.ts';
import { partsOf } from '../../core/backup/manifest.ts';
import type { TestRequest } from '../../core/backup/request.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { tierWords } from '../../core/health/present.ts';
import type { Services } from '../../services.ts';
import { makeTest } from './make.ts';
import { pickBackup } from './pickBackup.ts';

/** Asks which backup, and where Qdrant's part is to be tried; then restores it elsewhere. */
export async function beginTest(services: Services, environment: Environment, dry: boolean): Promise<void> {
  const backup = await pickBackup(environment, 'Test Backup');
  if (!backup) return;
  const hasCollections = partsOf(backup.manifest, 'qdrantSnapshot').length > 0;
  const qdrant = hasCollections ? await pickQdrant(environment) : 'none';
  if (qdrant === undefined) return;
  const operation = await makeTest(services, environment, { backup: backup.folder, qdrant });
  const running = await services.operations();
  await (dry ? running.dryRun(operation) : running.run(operation));
}

async function pickQdrant(environment: Environment): Promise<TestRequest['qdrant'] | undefined> {
  const program = await findProgram('qdrant', 'QDRANT_BIN');
  const onServer = {
    label: 'A scratch Qdrant on this machine',
    detail: program ?? 'There is no qdrant in PATH (or QDRANT_BIN): its part would not be tested.',
    answer: 'scratchServer' as const,
  };
  const others = [
    {
      label: `A scratch collection on the Qdrant of ${environment.name}`,
      detail: 'Removed afterwards; its memory is checked first',
      answer: 'scratchCollection' as const,
    },
    { label: 'Nowhere', detail: 'The backup stays untested', answer: 'none' as const },
  ];
  // What would do nothing is not what Enter takes.
  const items = program === undefined ? [...others, onServer] : [onServer, ...others];
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Test Backup: ${environment.name} (${tierWords(environment)})`,
    placeHolder: 'Where are the snapshots of Qdrant to be restored?',
    ignoreFocusOut: true,
  });
  return chosen?.answer;
}
