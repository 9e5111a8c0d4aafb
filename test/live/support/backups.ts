import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BackUp } from '../../../src/clients/backup/backUp.ts';
import type { BackupPlaces } from '../../../src/clients/backup/backupSurvey.ts';
import { StoreServices } from '../../../src/clients/backup/services.ts';
import type { Backup } from '../../../src/core/backup/backups.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Environment } from '../../../src/core/environment/environment.ts';
import type { Operation, Outcome } from '../../../src/core/operations/operation.ts';
import type { OperationPorts } from '../../../src/core/operations/ports.ts';
import { OperationRunner } from '../../../src/core/operations/runner.ts';
import { recordingPorts } from '../../unit/core/operations/ports.ts';

export { environmentOf } from '../../unit/core/operations/ports.ts';

export const never = new AbortController().signal;

/** A workspace with a git repository and files, emptied first. */
export async function workspaceAt(folder: string): Promise<BackupPlaces> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, '.env'), 'CACHE_ENABLED=1\nAPI_KEY=s3cret\n', { mode: 0o640 });
  await writeFile(path.join(folder, 'config.yaml'), 'cache:\n  ttl: 60\n');
  const git = (...args: string[]): Promise<unknown> => promisify(execFile)('git', ['-C', folder, ...args]);
  await git('init', '-q');
  await git('config', 'user.email', 'ops@example.org');
  await git('config', 'user.name', 'Ops');
  await git('add', '.');
  await git('commit', '-qm', 'First');
  return { root: path.join(folder, 'backups'), directory: folder, keep: { count: 10, days: 30 } };
}

export function servicesOf(environment: Environment): StoreServices {
  return new StoreServices(environment, () => Promise.resolve(undefined), systemClock);
}

/** Says yes to everything. Throws when nothing was carried out. */
export async function carryOut<D>(operation: Operation<D>, ports: Partial<OperationPorts> = {}): Promise<Ran> {
  const outcome = await new OperationRunner(recordingPorts(ports).ports).run(operation);
  if (outcome.kind !== 'ran') throw new Error(`Nothing to do: ${outcome.why}`);
  return outcome;
}

/** Carries it out, and gives the backup that was made. */
export async function backupBy(operation: BackUp): Promise<Backup> {
  await carryOut(operation);
  return operation.made ?? assert.fail('no backup');
}

export type Ran = Extract<Outcome, { kind: 'ran' }>;
