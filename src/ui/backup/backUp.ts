import { formatDuration } from '../../core/format.ts';
import * as vscode from 'vscode';
import { removeUnfinished } from '../../clients/backup/backUp.ts';
import { readShelf } from '../../clients/backup/backupFolder.ts';
import { readUnfinished } from '../../clients/backup/unfinished.ts';
import { readGitFacts, tagCommit } from '../../clients/git.ts';
import { backupId } from '../../core/backup/backups.ts';
import { filesOf } from '../../core/backup/manifest.ts';
import type { BackUpRequest } from '../../core/backup/request.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError, explain } from '../../core/errors.ts';
import { fileNamePart } from '../../core/fileNamePart.ts';
import { formatCount } from '../../core/format.ts';
import { tierWords } from '../../core/health/present.ts';
import type { Services } from '../../services.ts';
import { commands } from '../ids.ts';
import { withProgress } from '../prompts.ts';
import { offerToAllowWrites } from './allowWrites.ts';
import { offerIgnore } from './gitignore.ts';
import { makeBackUp, storesOf } from './make.ts';
import { needPlaces } from './places.ts';

interface Part extends vscode.QuickPickItem {
  /** What choosing it adds to the wish. */
  readonly adds?: Partial<BackUpRequest>;
  readonly collection?: string;
  readonly asks?: 'pattern' | 'tag';
}

/** Asks what is to be backed up, and has it done. */
export async function beginBackUp(services: Services, environment: Environment, dry: boolean): Promise<void> {
  const request = (await goOnWith(environment)) ?? (await choose(services, environment));
  if (!request) return;
  const operation = makeBackUp(services, environment, request);
  const running = await services.operations();
  if (dry) return running.dryRun(operation);
  const outcome = await running.run(operation);
  const saved = outcome.kind !== 'ran' || outcome.report.steps.every(({ state }) => state === 'done');
  if (request.redisSnapshot && !saved) void offerToAllowWrites(services, environment);
  if (outcome.kind !== 'ran' || !operation.made) return;
  if (filesOf(operation.made.manifest).length > 0) void offerTest(environment, operation.made.manifest.id);
  await offerIgnore(needPlaces(environment));
}

/** A backup that ended half way is gone on with, or removed. */
async function goOnWith(environment: Environment): Promise<BackUpRequest | undefined> {
  const { unfinished } = await readShelf(needPlaces(environment).root, environment.name);
  for (const folder of unfinished) {
    const known = await readUnfinished(folder).catch((error: unknown) => explain(error));
    const keys =
      typeof known === 'string' ? 0 : sumOf(Object.values(known.exports).map((one) => one.checkpoint.counts.keys));
    const goOn = { label: '$(debug-continue) Go On with It', detail: `${formatCount(keys)} keys are on the disk` };
    const remove = { label: '$(trash) Remove It', detail: folder };
    const leave = { label: '$(circle-slash) Leave It Where It Is' };
    const choices = typeof known === 'string' ? [remove, leave] : [goOn, remove, leave];
    const age = typeof known === 'string' ? '' : `, ${formatDuration(Date.now() - known.startedAtMs)} ago`;
    const chosen = await vscode.window.showQuickPick(choices, {
      title: titleOf(environment),
      placeHolder: `A backup ended half way${age}`,
      ignoreFocusOut: true,
    });
    if (!chosen) throw new OpsError('cancelled', 'Cancelled.');
    if (chosen === goOn && typeof known !== 'string') return { ...known.request, resume: folder };
    if (chosen === remove) await removeUnfinished(folder);
  }
  return undefined;
}

async function choose(services: Services, environment: Environment): Promise<BackUpRequest | undefined> {
  const items = await partsOf(services, environment);
  const chosen = await vscode.window.showQuickPick(items, {
    title: titleOf(environment),
    placeHolder: 'What is to be backed up? The plan comes next',
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDetail: true,
  });
  if (!chosen || chosen.length === 0) return undefined;
  const request: BackUpRequest = Object.assign({}, ...chosen.map(({ adds }) => adds));
  const collections = chosen.flatMap(({ collection }) => collection ?? []);
  if (collections.length > 0) request.collections = collections;
  for (const { asks } of chosen) {
    if (asks === undefined) continue;
    const answer = asks === 'pattern' ? await askPattern(environment) : await askTag(environment);
    if (answer === undefined) return undefined;
    if (asks === 'pattern') request.redisExport = { pattern: answer };
    else request.gitTag = answer;
  }
  return request;
}

async function partsOf(services: Services, environment: Environment): Promise<readonly Part[]> {
  const { redis, qdrant, files } = environment.settings;
  const collections = qdrant ? await collectionsOf(services, environment) : [];
  return [
    ...(redis ? redisParts() : []),
    ...(collections.length > 0 ? [separator('Qdrant')] : []),
    ...collections.map((collection) => ({ label: `Collection ${collection}`, picked: true, collection })),
    ...(collections.length > 0
      ? [{ label: 'Keep the snapshots on the Qdrant server too', adds: { keepSnapshots: true } }]
      : []),
    separator('Workspace'),
    ...(files ? [{ label: 'Configuration files', detail: files.join(', '), picked: true, adds: { files: true } }] : []),
    { label: 'Git tag…', detail: 'of the commit that is checked out', asks: 'tag' as const },
    { label: 'One archive besides', detail: '.tar.gz beside the folder', adds: { archive: true } },
  ];

  function redisParts(): readonly Part[] {
    return [
      separator('Redis'),
      {
        label: 'All keys',
        detail: 'An export of this database, for the same or a newer server',
        picked: true,
        adds: { redisExport: { pattern: '*' } },
      },
      { label: 'Keys of a pattern…', detail: 'An export of these only, instead of all', asks: 'pattern' },
      {
        label: 'Snapshot on the server (BGSAVE)',
        detail: 'Lies on the server only, and cannot be tested or restored from here',
        adds: { redisSnapshot: { fetch: false } },
      },
      {
        label: 'Snapshot, fetched (BGSAVE and replication)',
        detail: 'The RDB file of all databases; the user needs +sync +psync +replconf',
        adds: { redisSnapshot: { fetch: true } },
      },
    ];
  }
}

function separator(label: string): Part {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** Those of the settings; else all that there are. One that cannot be asked has none to offer, and is said. */
async function collectionsOf(services: Services, environment: Environment): Promise<readonly string[]> {
  const configured = environment.settings.qdrant?.collections ?? [];
  if (configured.length > 0) return configured;
  const stores = storesOf(services, environment);
  try {
    return await withProgress(`Asking Qdrant of ${environment.name}`, async (signal) =>
      (await stores.qdrant()).collections(signal),
    );
  } catch (error) {
    services.report('Qdrant’s collections are not offered', error);
    return [];
  } finally {
    stores.close();
  }
}

function askPattern(environment: Environment): Thenable<string | undefined> {
  const [namespace] = Object.values(environment.settings.namespaces ?? {});
  return vscode.window.showInputBox({
    title: titleOf(environment),
    prompt: 'Pattern of the keys, as SCAN takes it: * for any characters, \\ before a [ or * that is meant itself.',
    value: namespace?.prefix === undefined ? '' : `${namespace.prefix}*`,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'A pattern, such as cache:*' : undefined),
  });
}

/** The tag that rollbacks go back to, while there is none of that name. */
async function askTag(environment: Environment): Promise<string | undefined> {
  const { directory } = needPlaces(environment);
  const git = await readGitFacts(directory);
  if (git.kind === 'none') throw new OpsError('settings', `No git tag can be made: ${git.why}.`);
  const configured = environment.settings.rollback?.tag;
  const isFree = configured !== undefined && (await tagCommit(directory, configured)) === undefined;
  return vscode.window.showInputBox({
    title: titleOf(environment),
    prompt: `Name of the tag for ${git.commit?.slice(0, 10) ?? 'the commit'}${git.branch === undefined ? '' : ` on ${git.branch}`}`,
    value: isFree ? configured : `backup-${fileNamePart(environment.name)}-${backupId(Date.now())}`,
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^(?!-)[\w./-]+$/.test(text) ? undefined : 'Letters, digits, dots, slashes and hyphens only.',
  });
}

async function offerTest(environment: Environment, id: string): Promise<void> {
  const test = 'Test Backup…';
  const message = `Whether the backup ${id} of ${environment.name} can be restored is not known until it was tried.`;
  if ((await vscode.window.showInformationMessage(message, test)) !== test) return;
  await vscode.commands.executeCommand(commands.testBackup, { kind: 'environment', environment });
}

function titleOf(environment: Environment): string {
  return `Back Up: ${environment.name} (${tierWords(environment)})`;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
