import path from 'node:path';
import * as vscode from 'vscode';
import { differenceOf } from '../../clients/backup/restoreSurvey.ts';
import type { FileDifference } from '../../clients/backup/restoreSurvey.ts';
import { describePart } from '../../core/backup/backups.ts';
import type { Backup } from '../../core/backup/backups.ts';
import { partsOf } from '../../core/backup/manifest.ts';
import type { Manifest } from '../../core/backup/manifest.ts';
import type { RestoreRequest } from '../../core/backup/request.ts';
import { snapshotIsElsewhere } from '../../core/backup/snapshotWords.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { formatDuration } from '../../core/format.ts';
import { tierWords } from '../../core/health/present.ts';
import type { Services } from '../../services.ts';
import { makeRestore } from './make.ts';
import { pickBackup } from './pickBackup.ts';
import { needPlaces } from './places.ts';

type Wish = Omit<RestoreRequest, 'backup'>;

interface Item extends vscode.QuickPickItem {
  readonly keysFrom?: 'export' | 'snapshot';
  readonly collection?: string;
  readonly file?: string;
}

/** Asks which backup and what of it, shows how files differ, and has it put back. */
export async function beginRestore(services: Services, environment: Environment, dry: boolean): Promise<void> {
  const backup = await pickBackup(environment, 'Restore');
  const wish = backup && (await choose(environment, backup));
  if (!wish) return;
  const operation = await makeRestore(services, environment, { backup: backup.folder, ...wish });
  const running = await services.operations();
  await (dry ? running.dryRun(operation) : running.run(operation));
}

async function choose(environment: Environment, backup: Backup): Promise<Wish | undefined> {
  const { manifest } = backup;
  const elsewhere = snapshotIsElsewhere(manifest);
  const items = itemsOf(manifest);
  if (items.length === 0) {
    throw new OpsError(
      'conflict',
      elsewhere ?? `Nothing of the backup ${manifest.id} can be restored: it is a git tag.`,
    );
  }
  if (elsewhere !== undefined) {
    items.push({ label: 'Redis snapshot: on the server only', kind: vscode.QuickPickItemKind.Separator });
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: titleOf(environment),
    placeHolder: 'What is to be put back? What is there now is backed up first',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!chosen || chosen.length === 0) return undefined;
  const collections = chosen.flatMap(({ collection }) => collection ?? []);
  const files = chosen.flatMap(({ file }) => file ?? []);
  const from = chosen.flatMap(({ keysFrom }) => keysFrom ?? []);
  const redis = from.length > 0 ? await askRedis(environment, backup, from) : undefined;
  if (redis === 'left') return undefined;
  if (files.length > 0 && !(await lookAtFiles(environment, backup, files))) return undefined;
  return { ...(redis ? { redis } : {}), collections, files };
}

function itemsOf(manifest: Manifest): Item[] {
  const exports = partsOf(manifest, 'redisExport').map(describePart);
  const snapshots = partsOf(manifest, 'redisSnapshot').map(describePart);
  const isHere = snapshots.length > 0 && snapshotIsElsewhere(manifest) === undefined;
  return [
    ...(exports.length > 0
      ? [{ label: 'Redis keys', detail: exports.join('; '), picked: true, keysFrom: 'export' as const }]
      : []),
    ...(isHere
      ? [
          {
            label: 'Redis keys of the snapshot',
            detail: `${snapshots.join('; ')}; read by a redis-server on this machine`,
            picked: exports.length === 0,
            keysFrom: 'snapshot' as const,
          },
        ]
      : []),
    ...partsOf(manifest, 'qdrantSnapshot').map((part) => ({
      label: `Collection ${part.collection}`,
      detail: describePart(part),
      picked: true,
      collection: part.collection,
    })),
    ...partsOf(manifest, 'file').map((part) => ({ label: part.source, detail: describePart(part), file: part.source })),
  ];
}

async function askRedis(
  environment: Environment,
  { manifest }: Backup,
  from: ('export' | 'snapshot')[],
): Promise<Wish['redis'] | 'left'> {
  const title = titleOf(environment);
  const existing = await vscode.window.showQuickPick(
    [
      {
        label: 'Replace keys that are there',
        detail: 'They get the backup’s value and expiry',
        answer: 'replace' as const,
      },
      { label: 'Leave keys that are there alone', detail: 'Only what is missing comes back', answer: 'skip' as const },
    ],
    { title, placeHolder: 'Keys that are in the backup and on the server', ignoreFocusOut: true },
  );
  if (!existing) return 'left';
  const age = formatDuration(Date.now() - manifest.startedAtMs);
  const expiry = await vscode.window.showQuickPick(
    [
      {
        label: 'Keep every expiry',
        detail: 'Keys go when they were to go; what has expired since stays gone',
        extend: false,
      },
      {
        label: `Put every expiry off by the backup’s age (${age})`,
        detail: from.includes('snapshot')
          ? 'Keys have the time left that they had; what has expired since does not come back from a snapshot'
          : 'Keys have the time left that they had',
        extend: true,
      },
    ],
    { title, placeHolder: 'When are the keys to expire?', ignoreFocusOut: true },
  );
  return expiry ? { existing: existing.answer, extend: expiry.extend, from } : 'left';
}

interface FileItem extends vscode.QuickPickItem {
  readonly one?: FileDifference;
}

/** Opens the differences on demand; false when left. */
async function lookAtFiles(environment: Environment, backup: Backup, files: readonly string[]): Promise<boolean> {
  const parts = partsOf(backup.manifest, 'file').filter(({ source }) => files.includes(source));
  const found = await Promise.all(parts.map((part) => differenceOf(part, backup, needPlaces(environment))));
  const differing = found.filter(({ state }) => state === 'differs');
  if (differing.length === 0) return true;
  const goOn: FileItem = { label: '$(arrow-right) Go On to the Plan' };
  const rows: FileItem[] = differing.map((one) => ({
    label: `$(diff) ${one.part.source}`,
    detail: 'Look at what would change',
    one,
  }));
  for (;;) {
    const chosen = await vscode.window.showQuickPick([goOn, ...rows], {
      title: titleOf(environment),
      placeHolder: 'These files differ now. The present ones are kept beside what is put back',
      ignoreFocusOut: true,
    });
    if (!chosen) return false;
    if (!chosen.one) return true;
    const { part, path: now } = chosen.one;
    const kept = vscode.Uri.file(path.join(backup.folder, part.file.path));
    await vscode.commands.executeCommand('vscode.diff', vscode.Uri.file(now), kept, `${part.source}: now ↔ backup`);
  }
}

function titleOf(environment: Environment): string {
  return `Restore: ${environment.name} (${tierWords(environment)})`;
}
