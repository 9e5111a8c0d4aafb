import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { requestWords } from '../../core/backup/request.ts';
import type { BackUpRequest } from '../../core/backup/request.ts';
import type { Backup } from '../../core/backup/backups.ts';
import type { BackupPart, PartOf } from '../../core/backup/manifest.ts';
import { placeOfStore } from '../../core/environment/fieldHost.ts';
import { OpsError } from '../../core/errors.ts';
import { fileNamePart } from '../../core/fileNamePart.ts';
import { formatCount } from '../../core/format.ts';
import type { RunContext, StepContext } from '../../core/operations/operation.ts';
import { fileError } from '../files.ts';
import { createTag, removeTag } from '../git.ts';
import { addressOf } from '../redisLink.ts';
import { BackupInProgress, storeFile } from './backupFolder.ts';
import type { BackupPlaces, BackupSurvey, SurveyedServer } from './backupSurvey.ts';
import { fetchRdb } from './rdbFetch.ts';
import { exportKeys, gentlePace, usualPace } from './redisExport.ts';
import type { ExportCheckpoint, ExportCounts, ExportResult } from './redisExport.ts';
import { saveSnapshot } from './redisSave.ts';
import type { StoreServices } from './services.ts';
import { takeCollection } from './takeCollection.ts';
import { writeUnfinished } from './unfinished.ts';

/** What was written before is not lost with what fails after it. */
const orElse = { offers: ['retry', 'skip'] } as const;
/** How long a save or rewrite that is under way already is waited for. */
const saveWaitMs = 10 * 60_000;

/**
 * Takes a backup, in the steps of `backupSteps`. What ends half way leaves no folder with a backup's name: it is removed,
 * unless an export had come far enough to be gone on with. Throws OpsError.
 */
export async function takeBackup(
  request: BackUpRequest,
  survey: BackupSurvey,
  services: StoreServices,
  places: BackupPlaces,
  context: RunContext,
): Promise<Backup> {
  return new Taking(request, survey, services, places, context).run();
}

class Taking {
  readonly #request: BackUpRequest;
  readonly #survey: BackupSurvey;
  readonly #services: StoreServices;
  readonly #places: BackupPlaces;
  readonly #context: RunContext;
  readonly #parts: BackupPart[] = [];
  readonly #startedAtMs: number;
  readonly #exports: Record<string, { path: string; checkpoint: ExportCheckpoint }>;
  /** Takes back what was done outside of the folder. */
  #untag: () => Promise<void> = () => Promise.resolve();

  constructor(
    request: BackUpRequest,
    survey: BackupSurvey,
    services: StoreServices,
    places: BackupPlaces,
    context: RunContext,
  ) {
    this.#request = request;
    this.#survey = survey;
    this.#services = services;
    this.#places = places;
    this.#context = context;
    this.#startedAtMs = survey.resumed?.startedAtMs ?? context.clock.wallMs();
    this.#exports = { ...survey.resumed?.exports };
  }

  async run(): Promise<Backup> {
    const { environment } = this.#services;
    const { resume } = this.#request;
    const progress =
      resume !== undefined && this.#survey.resumed
        ? BackupInProgress.resume(resume)
        : await BackupInProgress.begin(this.#places.root, environment.name, this.#startedAtMs);
    try {
      await this.#export(progress);
      await this.#snapshot(progress);
      for (const { name } of this.#survey.collections) await this.#collection(progress, name);
      await this.#files(progress);
      await this.#tag();
      const made = await this.#context.step('backup finish', () => this.#finish(progress));
      if (!made) throw new OpsError('conflict', 'The backup was not finished.');
      return made;
    } catch (error) {
      await this.#untag();
      if (Object.keys(this.#exports).length === 0) await progress.discard();
      throw error;
    }
  }

  async #export(progress: BackupInProgress): Promise<void> {
    const { redisExport } = this.#request;
    const [first] = this.#survey.servers;
    if (!redisExport || !first) return;
    await this.#context.step('backup export', async (step) => {
      const results = await this.#exportAll(progress, redisExport.pattern, step);
      const part: PartOf<'redisExport'> = {
        kind: 'redisExport',
        db: first.target.db,
        pattern: redisExport.pattern,
        servers: results.map(({ path, result: { file, ...result } }) => ({ ...result, file: { path, ...file } })),
      };
      this.#parts.push(part);
      await rm(join(progress.folder, 'unfinished.json'), { force: true });
      for (const key of Object.keys(this.#exports)) delete this.#exports[key];
    });
  }

  /** Every server at once: each serves its own clients. When one fails, the others are of no use. */
  async #exportAll(
    progress: BackupInProgress,
    pattern: string,
    step: StepContext,
  ): Promise<{ path: string; result: ExportResult }[]> {
    const { clock, environment } = this.#services;
    const total = this.#survey.servers.reduce((sum, { keys }) => sum + keys, 0);
    const counts = new Map<string, ExportCounts>();
    const failing = new AbortController();
    const signal = AbortSignal.any([step.signal, failing.signal]);
    let failure: unknown;
    const exportOne = async ({ target, address }: SurveyedServer) => {
      const known = this.#exports[address];
      const path = known?.path ?? `redis/keys-${serverPart(address)}.gz`;
      const result = await exportKeys(
        {
          target,
          pattern,
          path: await progress.place(path),
          pace: environment.tier === 'production' ? gentlePace : usualPace,
          ...(known ? { from: known.checkpoint } : {}),
          onProgress: (own) => {
            counts.set(address, own);
            const done = [...counts.values()].reduce((sum, one) => sum + one.keys, 0);
            // SCAN gives some keys twice, and others come meanwhile.
            step.report({ done, ...(pattern === '*' ? { total: Math.max(total, done) } : {}), unit: 'keys' });
          },
          onCheckpoint: (checkpoint) => this.#remember(progress, address, path, checkpoint),
        },
        clock,
        signal,
      ).catch((error: unknown) => {
        failure ??= error;
        failing.abort();
        throw failure;
      });
      const { gone, denied } = result;
      if (gone > 0) step.note(`${formatCount(gone)} keys of ${address} expired or were removed before they were read.`);
      if (denied > 0)
        step.note(`${formatCount(denied)} keys of ${address} may not be read by this user: they are MISSING.`);
      return { path, result };
    };
    const settled = await Promise.allSettled(this.#survey.servers.map(exportOne));
    return settled.map((one) => {
      if (one.status === 'rejected') throw failure;
      return one.value;
    });
  }

  async #remember(
    progress: BackupInProgress,
    address: string,
    path: string,
    checkpoint: ExportCheckpoint,
  ): Promise<void> {
    this.#exports[address] = { path, checkpoint };
    await writeUnfinished(progress.folder, {
      environment: this.#services.environment.name,
      startedAtMs: this.#startedAtMs,
      request: this.#request,
      exports: this.#exports,
    });
  }

  async #snapshot(progress: BackupInProgress): Promise<void> {
    const { redisSnapshot } = this.#request;
    if (!redisSnapshot) return;
    await this.#context.step(
      'backup snapshot',
      async (step) => {
        const servers: PartOf<'redisSnapshot'>['servers'] = [];
        for (const target of await this.#services.primaries(step.signal)) {
          const address = addressOf(target);
          const onProgress = (done: number, total: number | undefined, now: string): void =>
            step.report({ done, ...(total ? { total } : {}), unit: 'keys', now: `${address}, ${now}` });
          const saved = await saveSnapshot(
            { target, waitMs: saveWaitMs, onProgress },
            this.#services.clock,
            step.signal,
          );
          if (!redisSnapshot.fetch) {
            step.note(`The snapshot of ${address} lies on the server only, in its own folder.`);
            servers.push(saved);
            continue;
          }
          const path = `redis/dump-${serverPart(address)}.rdb`;
          const report = (done: number): void => step.report({ done, unit: 'bytes', now: `${address}, fetching` });
          const file = await fetchRdb(target, await progress.place(path), { signal: step.signal, onProgress: report });
          servers.push({ ...saved, file: { path, ...file } });
        }
        this.#parts.push({ kind: 'redisSnapshot', servers });
      },
      orElse,
    );
  }

  async #collection(progress: BackupInProgress, name: string): Promise<void> {
    await this.#context.step(
      `backup collection ${name}`,
      async (step) => {
        const keep = this.#request.keepSnapshots === true;
        this.#parts.push(await takeCollection(await this.#services.qdrant(), name, progress, keep, step));
      },
      orElse,
    );
  }

  async #files(progress: BackupInProgress): Promise<void> {
    if (this.#survey.files.length === 0) return;
    await this.#context.step(
      'backup files',
      async (step) => {
        for (const [index, { source, path, mode, holdsSecrets }] of this.#survey.files.entries()) {
          const bytes = await readFile(path).catch((error: unknown) => {
            throw fileError(error, source);
          });
          const file = await storeFile(progress, `files/${index + 1}-${basename(path)}`, bytes);
          this.#parts.push({ kind: 'file', source, mode, holdsSecrets, file });
          step.report({ done: index + 1, total: this.#survey.files.length, unit: 'files' });
        }
      },
      orElse,
    );
  }

  async #tag(): Promise<void> {
    const { gitTag } = this.#request;
    const { git } = this.#survey;
    if (gitTag === undefined || git.kind === 'none' || git.commit === undefined) return;
    const { commit } = git;
    await this.#context.step(
      'backup tag',
      async (step) => {
        const { directory } = this.#places;
        const isNew = await createTag(directory, gitTag, commit, step.signal);
        if (isNew) this.#untag = () => removeTag(directory, gitTag, commit);
        this.#parts.push({ kind: 'gitTag', tag: gitTag, commit });
      },
      orElse,
    );
  }

  async #finish(progress: BackupInProgress): Promise<Backup> {
    const { environment, clock } = this.#services;
    const { git } = this.#survey;
    if (this.#parts.length === 0) throw new OpsError('conflict', `Nothing is left of ${requestWords(this.#request)}.`);
    const { purpose } = this.#request;
    return progress.finish({
      format: 'cache-ops backup 1',
      id: progress.id,
      environment: environment.name,
      tier: environment.tier,
      from: {
        redis: placeOfStore(environment.settings, 'redis'),
        qdrant: placeOfStore(environment.settings, 'qdrant'),
      },
      ...(purpose === undefined ? {} : { purpose }),
      startedAtMs: this.#startedAtMs,
      endedAtMs: clock.wallMs(),
      ...(git.kind === 'repository' ? { git: { commit: git.commit, branch: git.branch, isDirty: git.isDirty } } : {}),
      parts: this.#parts,
      tests: [],
    });
  }
}

/** A socket's path and an IPv6 address begin with what no name should. */
function serverPart(address: string): string {
  return fileNamePart(address).replace(/^-/, '');
}
