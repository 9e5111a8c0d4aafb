import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Environment } from '../../core/environment/environment.ts';
import type { Backup } from '../../core/backup/backups.ts';
import { filesOf, sizeOf } from '../../core/backup/manifest.ts';
import { requestWords } from '../../core/backup/request.ts';
import type { BackUpRequest } from '../../core/backup/request.ts';
import { snapshotIsElsewhere } from '../../core/backup/snapshotWords.ts';
import { OpsError } from '../../core/errors.ts';
import { formatBytes } from '../../core/format.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import type { Operation, PlanContext, RunContext, RunReport, Verification } from '../../core/operations/operation.ts';
import type { Plan, PlanDraft, PlanStep, PlanTarget } from '../../core/operations/plan.ts';
import { runCommand } from '../command.ts';
import { fileError } from '../files.ts';
import { checkFiles, isLeftover, readShelf, removeBackup } from './backupFolder.ts';
import { expiryWords, refuseEmpty, surveyBackup } from './backupSurvey.ts';
import type { BackupPlaces, BackupSurvey } from './backupSurvey.ts';
import type { StoreServices } from './services.ts';
import { backupSteps, storedWords } from './backupSteps.ts';
import { takeBackup } from './takeBackup.ts';

/** Takes a backup into a folder of its own, and lets old ones go. Once it is through, `made` is it. */
export class BackUp implements Operation<BackupSurvey> {
  readonly kind = 'backUp';
  readonly title: string;
  readonly environment: Environment;
  readonly request: BackUpRequest;
  made: Backup | undefined;
  readonly #services: StoreServices;
  readonly #places: BackupPlaces;

  /** Throws OpsError where nothing was chosen. */
  constructor(request: BackUpRequest, services: StoreServices, places: BackupPlaces) {
    refuseEmpty(request);
    this.request = request;
    this.environment = services.environment;
    this.title = `Back up ${requestWords(request)}`;
    this.#services = services;
    this.#places = places;
  }

  identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    const { redisExport, redisSnapshot, collections = [] } = this.request;
    return this.#services.identify({ redis: !!redisExport || !!redisSnapshot, qdrant: collections.length > 0 }, signal);
  }

  async plan({ signal, clock }: PlanContext): Promise<PlanDraft<BackupSurvey>> {
    const survey = await surveyBackup(this.request, this.#services, this.#places, signal);
    const irreversible = expiryWords(survey.expired, clock.wallMs());
    const resumed = survey.resumed ? ['It goes on with the export that ended half way.'] : [];
    return {
      effect: irreversible.length > 0 ? 'destructive' : 'changing',
      summary: `${this.#whole(survey)} into ${dirname(survey.folder)}`,
      targets: backupTargets(survey, this.request),
      irreversible,
      undo: 'Remove the folder of the backup.',
      warnings: [...resumed, ...survey.warnings, ...noticeWords(this.request)],
      obstacles: survey.obstacles,
      steps: [...backupSteps(this.request, survey), ...this.#lastSteps(survey)],
      detail: survey,
    };
  }

  async run({ detail }: Plan<BackupSurvey>, context: RunContext): Promise<void> {
    const backup = await takeBackup(this.request, detail, this.#services, this.#places, context);
    this.made = backup;
    if (this.request.archive === true) {
      await context.step('archive', ({ signal }) => archive(backup, signal), { offers: ['retry', 'skip'] });
    }
    if (detail.expired.length > 0) {
      await context.step('expire', async (step) => {
        for (const [index, old] of detail.expired.entries()) {
          await removeBackup(old);
          step.report({ done: index + 1, total: detail.expired.length, unit: 'backups' });
        }
      });
    }
  }

  async verify(_plan: Plan<BackupSurvey>, report: RunReport, signal: AbortSignal): Promise<Verification> {
    const { made } = this;
    if (!made) return { verdict: { kind: 'failed', why: 'there is no backup' }, findings: await this.#leftovers() };
    const { backups } = await readShelf(this.#places.root, this.environment.name);
    const found = backups.find(({ folder }) => folder === made.folder);
    const wrong = found ? await checkFiles(found, signal) : ['Its folder is not there.'];
    if (wrong.length > 0) return { verdict: { kind: 'failed', why: wrong.join(' ') }, findings: wrong };
    const files = filesOf(made.manifest).length;
    const words = storedWords(sizeOf(made.manifest), files);
    const elsewhere = snapshotIsElsewhere(made.manifest);
    const findings = [
      files === 0
        ? `${made.folder} says what was made; no data lies here.`
        : `${made.folder}: ${words}, every SHA-256 as it was written.`,
      ...(files === 0 ? [] : ['An untested copy until it was restored somewhere.']),
      ...(elsewhere === undefined ? [] : [elsewhere]),
      ...(report.ended === 'completed' ? [] : ['What was to follow the backup was not finished.']),
    ];
    const denied = made.manifest.parts.some(
      (part) => part.kind === 'redisExport' && part.servers.some((server) => server.denied > 0),
    );
    const skipped = report.steps.filter(({ state }) => state === 'skipped').map(({ title }) => title);
    const whys = [
      ...(denied ? ['keys that may not be read are missing from it'] : []),
      ...(skipped.length > 0 ? [`left out: ${skipped.join(', ')}`] : []),
    ];
    if (whys.length === 0) return { verdict: { kind: 'passed' }, findings };
    return { verdict: { kind: 'inconclusive', why: whys.join('; ') }, findings };
  }

  close(): void {
    this.#services.close();
  }

  #whole({ servers, outlooks }: BackupSurvey): string {
    const primaries = Math.max(servers.length, outlooks.length);
    return `${requestWords(this.request)}${primaries > 1 ? ` of ${primaries} primaries` : ''}`;
  }

  #lastSteps({ folder, expired }: BackupSurvey): readonly PlanStep[] {
    const steps: PlanStep[] = [];
    if (this.request.archive === true) {
      const commands = [`tar -czf ${folder}.tar.gz -C ${dirname(folder)} ${basename(folder)}`];
      steps.push({ id: 'archive', title: 'Pack it into one archive', commands });
    }
    if (expired.length > 0) {
      const commands = expired.map((one) => `rm -r ${one.folder}`);
      steps.push({ id: 'expire', title: `Remove ${expired.length} old backups`, commands });
    }
    return steps;
  }

  async #leftovers(): Promise<readonly string[]> {
    const { unfinished } = await readShelf(this.#places.root, this.environment.name);
    return unfinished.length === 0
      ? ['Nothing was left on the disk.']
      : [`${unfinished.join(', ')} was left unfinished; "Back Up…" offers to go on with it or to remove it.`];
  }
}

/** What would be backed up, for a plan. */
export function backupTargets(survey: BackupSurvey, request: BackUpRequest): readonly PlanTarget[] {
  const { redisExport } = request;
  return [
    ...survey.servers.map(({ address, keys, target }) => ({
      what: `Redis ${address}, db ${target.db}`,
      count: { value: keys, unit: 'keys', exact: false },
      ...(redisExport && redisExport.pattern !== '*'
        ? { detail: `of which those that match ${redisExport.pattern}` }
        : {}),
    })),
    ...survey.outlooks.map(({ address, keys }) => ({
      what: `Redis ${address}, all databases`,
      count: { value: keys, unit: 'keys', exact: false },
      detail: 'BGSAVE',
    })),
    ...survey.collections.map(({ name, points }) => ({
      what: `Qdrant collection ${name}`,
      count: { value: points, unit: 'points', exact: true },
    })),
    ...survey.files.map(({ source, bytes, holdsSecrets }) => ({
      what: source,
      detail: `${formatBytes(bytes)}${holdsSecrets ? ', may hold secrets' : ''}`,
    })),
  ];
}

function noticeWords({ redisExport, redisSnapshot }: BackUpRequest): readonly string[] {
  return [
    ...(redisExport
      ? ['Reading the keys counts as keyspace hits on the server, and before 7.2 makes each look recently used.']
      : []),
    ...(redisSnapshot && !redisSnapshot.fetch
      ? ['A snapshot that lies on the server only is lost with it, and cannot be tested from here.']
      : []),
  ];
}

const archiveTimeoutMs = 6 * 60 * 60_000;

/** Written under another name first, so that half an archive never looks like one. */
async function archive({ folder }: Backup, signal: AbortSignal): Promise<void> {
  const [shelf, name] = [dirname(folder), basename(folder)];
  const unfinished = join(shelf, `.${name}.tar.gz.unfinished`);
  const args = ['tar', '-czf', unfinished, '-C', shelf, name];
  try {
    // tar keeps the mode of a file that is there.
    await writeFile(unfinished, '', { mode: 0o600 });
    const { exitCode, stderr } = await runCommand(args, { timeoutMs: archiveTimeoutMs, signal });
    if (exitCode !== 0) throw new OpsError('file', `tar could not write the archive: ${stderr.trim().slice(0, 300)}`);
    await rename(unfinished, `${folder}.tar.gz`);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Removes what a backup that ended half way has left. Throws OpsError for anything else. */
export async function removeUnfinished(folder: string): Promise<void> {
  if (!isLeftover(basename(folder))) throw new OpsError('conflict', `${folder} is no unfinished backup.`);
  await rm(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder);
  });
}
