import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeBackup, describePart } from '../../core/backup/backups.ts';
import type { Backup } from '../../core/backup/backups.ts';
import type { PartOf } from '../../core/backup/manifest.ts';
import type { RestoreRequest } from '../../core/backup/request.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { formatCount, formatDuration } from '../../core/format.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import type {
  Operation,
  PlanContext,
  RunContext,
  RunReport,
  StepContext,
  Verification,
} from '../../core/operations/operation.ts';
import type { Plan, PlanDraft, PlanStep, PlanTarget } from '../../core/operations/plan.ts';
import { fileError, replaceFile } from '../files.ts';
import { writeNewFile } from '../newFile.ts';
import type { BackupPlaces } from './backupSurvey.ts';
import { compareKeys } from './redisCompare.ts';
import { restoreKeys } from './redisRestore.ts';
import type { RestoreCounts } from './redisRestore.ts';
import { chosenParts, differenceOf, differenceWords, pagesOf, serversOf, surveyRestore } from './restoreSurvey.ts';
import type { FileDifference, RestoreSurvey } from './restoreSurvey.ts';
import type { StoreServices } from './services.ts';
import { backupSteps } from './backupSteps.ts';
import { SnapshotKeys } from './snapshotKeys.ts';
import { takeBackup } from './takeBackup.ts';

/** Puts back what a backup holds, after what is there now was put aside in a backup of its own. */
export class Restore implements Operation<RestoreSurvey> {
  readonly kind = 'restore';
  readonly title: string;
  readonly environment: Environment;
  readonly request: RestoreRequest;
  readonly #backup: Backup;
  readonly #services: StoreServices;
  readonly #places: BackupPlaces;
  readonly #snapshotKeys: SnapshotKeys;
  #safety: Backup | undefined;
  #counts: RestoreCounts | undefined;
  readonly #doubts: string[] = [];

  /** Throws OpsError where nothing of the backup was chosen. */
  constructor(request: RestoreRequest, backup: Backup, services: StoreServices, places: BackupPlaces) {
    if (Object.values(chosenParts(request, backup)).every(({ length }) => length === 0)) {
      throw new OpsError('settings', 'Nothing was chosen to be restored.');
    }
    this.request = request;
    this.environment = services.environment;
    this.title = `Restore the backup ${backup.manifest.id}`;
    this.#backup = backup;
    this.#services = services;
    this.#places = places;
    this.#snapshotKeys = new SnapshotKeys(backup, services.clock);
  }

  identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    const { exports, snapshots, collections } = chosenParts(this.request, this.#backup);
    const redis = exports.length + snapshots.length > 0;
    return this.#services.identify({ redis, qdrant: collections.length > 0 }, signal);
  }

  async plan(context: PlanContext): Promise<PlanDraft<RestoreSurvey>> {
    const { clock } = context;
    const source = { request: this.request, backup: this.#backup, snapshotKeys: this.#snapshotKeys };
    const survey = await surveyRestore(source, this.#services, this.#places, context);
    const held = Object.values(survey.parts).flat();
    const safety = survey.safety
      ? 'Restore the backup that is made just before.'
      : 'Remove what was restored: nothing that is there now is overwritten.';
    return {
      effect: survey.safety ? 'destructive' : 'changing',
      summary: `${held.map(describePart).join('; ')} (${describeBackup(this.#backup, clock.wallMs())})${keysNow(survey)}`,
      targets: this.#targets(survey),
      irreversible: survey.parts.collections.map(
        ({ collection }) => `What is written to collection ${collection} while it is restored is lost.`,
      ),
      undo: safety,
      warnings: [...survey.warnings, ...(survey.safety?.survey.warnings ?? [])],
      obstacles: survey.obstacles,
      steps: [
        ...(survey.safety ? backupSteps(survey.safety.request, survey.safety.survey) : []),
        ...this.#steps(survey),
      ],
      sections: [{ title: 'What differs now', lines: differenceWords(survey) }],
      detail: survey,
    };
  }

  async recheck({ detail }: Plan<RestoreSurvey>): Promise<readonly string[]> {
    const now = await Promise.all(detail.files.map(({ part }) => differenceOf(part, this.#backup, this.#places)));
    return detail.files.flatMap(({ part, sha256 }, index) =>
      sha256 === now[index]?.sha256 ? [] : [`${part.source} was changed since the plan was made.`],
    );
  }

  async run({ detail }: Plan<RestoreSurvey>, context: RunContext): Promise<void> {
    const { safety, parts, keySets, files } = detail;
    if (safety) {
      this.#safety = await takeBackup(safety.request, safety.survey, this.#services, this.#places, context);
    }
    if (keySets.length > 0) {
      await context.step('keys', (step) => this.#restoreKeys(detail, step), { offers: ['retry', 'skip'] });
    }
    for (const part of parts.collections) {
      const work = (step: StepContext): Promise<void> => this.#restoreCollection(part, step);
      await context.step(`collection ${part.collection}`, work, { offers: ['retry', 'skip'] });
    }
    for (const file of files.filter(({ state }) => state !== 'same')) {
      await context.step(`file ${file.part.source}`, (step) => this.#restoreFile(file, step));
    }
  }

  async verify({ detail }: Plan<RestoreSurvey>, report: RunReport, signal: AbortSignal): Promise<Verification> {
    const findings: string[] = [];
    const wrong: string[] = [];
    const doubts = report.ended === 'completed' ? [...this.#doubts] : ['it was not carried out to its end'];
    if (this.#safety) findings.push(`What was there before is in ${this.#safety.folder}.`);
    if (detail.keySets.length > 0) await this.#verifyKeys(detail, { findings, wrong, doubts }, signal);
    const qdrant = detail.parts.collections.length > 0 ? await this.#services.qdrant() : undefined;
    for (const { collection, points, pointsAfter = points } of detail.parts.collections) {
      const isThere = await qdrant?.collection(collection, signal);
      const found = (isThere && (await qdrant?.count(collection, signal))) ?? 0;
      const most = Math.max(points, pointsAfter);
      const since = found > most ? ' More were written since.' : '';
      const words = `Collection ${collection} has ${formatCount(found)} points, the backup ${formatCount(most)}.${since}`;
      (found < Math.min(points, pointsAfter) ? wrong : findings).push(words);
    }
    for (const { part, path } of detail.files) {
      const [now, kept] = await Promise.all([
        readOrNothing(path),
        readOrNothing(join(this.#backup.folder, part.file.path)),
      ]);
      const isSame = now !== undefined && kept !== undefined && Buffer.compare(now, kept) === 0;
      (isSame ? findings : wrong).push(`${part.source} is ${isSame ? '' : 'not '}as in the backup.`);
    }
    const all = [...wrong, ...findings];
    if (wrong.length > 0) return { verdict: { kind: 'failed', why: wrong.join(' ') }, findings: all };
    return doubts.length === 0
      ? { verdict: { kind: 'passed' }, findings: all }
      : { verdict: { kind: 'inconclusive', why: doubts.join('; ') }, findings: all };
  }

  close(): void {
    this.#services.close();
    // What cannot be removed is in a folder that only this user can look into.
    this.#snapshotKeys.close().catch(() => undefined);
  }

  get #extendMs(): number {
    const { redis } = this.request;
    return redis?.extend === true ? this.#services.clock.wallMs() - this.#backup.manifest.startedAtMs : 0;
  }

  #targets({ parts, keySets, files, collections }: RestoreSurvey): readonly PlanTarget[] {
    const { redis } = this.request;
    return [
      ...keySets.map(({ part }) => ({
        what: `Redis, db ${this.environment.settings.redis?.db ?? part.db}`,
        count: { value: part.servers.reduce((sum, one) => sum + one.keys, 0), unit: 'keys', exact: true },
        detail:
          redis?.existing === 'replace' ? 'those that are there are replaced' : 'those that are there are left alone',
      })),
      ...parts.collections.map(({ collection, points }) => ({
        what: `Qdrant collection ${collection}`,
        count: { value: points, unit: 'points', exact: true },
        detail: collections.some(({ name, pointsNow }) => name === collection && pointsNow !== undefined)
          ? 'replaces all that is there'
          : 'is created',
      })),
      ...files.map(({ path, state }) => ({ what: path, detail: state === 'same' ? 'the same already' : state })),
    ];
  }

  #steps({ parts, keySets, files }: RestoreSurvey): readonly PlanStep[] {
    const { redis } = this.request;
    const steps: PlanStep[] = [];
    if (keySets.length > 0) {
      const replace = redis?.existing === 'replace' ? ' REPLACE' : '';
      const late = redis?.extend ? `, every expiry put off by ${formatDuration(this.#extendMs)}` : '';
      const title = `Restore the Redis keys${late}`;
      steps.push({
        id: 'keys',
        title,
        commands: [`RESTORE <key> <expiry> <value>${replace} ABSTTL, a page at a time`],
      });
    }
    for (const { collection, file } of parts.collections) {
      const path = `/collections/${collection}/snapshots/upload?wait=true&priority=snapshot`;
      const commands = [`curl -X POST '${path}&checksum=${file.sha256}' -F snapshot=@${file.path}`];
      steps.push({ id: `collection ${collection}`, title: `Restore collection ${collection}`, commands });
    }
    for (const { part, path, state } of files.filter((one) => one.state !== 'same')) {
      const kept = state === 'missing' ? [] : [`cp -p ${path} ${path}.before-restore`];
      const commands = [...kept, `cp ${this.#backup.folder}/${part.file.path} ${path}`];
      steps.push({ id: `file ${part.source}`, title: `Put back ${part.source}`, commands });
    }
    return steps;
  }

  async #restoreKeys({ keySets }: RestoreSurvey, step: StepContext): Promise<void> {
    const { redis } = this.request;
    const total = serversOf(keySets).reduce((sum, one) => sum + one.keys, 0);
    this.#counts = undefined;
    this.#doubts.length = 0;
    await restoreKeys(
      {
        topology: await this.#services.topology(),
        pages: pagesOf(keySets),
        existing: redis?.existing ?? 'skip',
        extendMs: this.#extendMs,
        onProgress: (counts) => {
          this.#counts = counts;
          step.report({ done: counts.restored + counts.skipped + counts.expired, total, unit: 'keys' });
        },
        onDoubt: (sentence) => void this.#doubts.push(sentence),
      },
      this.#services.clock,
      step.signal,
    );
  }

  async #restoreCollection(part: PartOf<'qdrantSnapshot'>, step: StepContext): Promise<void> {
    const file = { ...part.file, path: join(this.#backup.folder, part.file.path) };
    const qdrant = await this.#services.qdrant();
    const onProgress = (done: number): void => step.report({ done, total: file.bytes, unit: 'bytes' });
    await qdrant.restore(part.collection, file, { signal: step.signal, onProgress });
  }

  /** What is there is kept beside it; what somebody changed since the plan is not overwritten. */
  async #restoreFile({ part, path, state }: FileDifference, step: StepContext): Promise<void> {
    const content = await readFile(join(this.#backup.folder, part.file.path)).catch((error: unknown) => {
      throw fileError(error, part.file.path);
    });
    if (state === 'missing') {
      const written = await writeNewFile(path, content, part.mode);
      if (written !== path) step.note(`${path} was made by somebody else meanwhile; the backup's is ${written}.`);
      return;
    }
    const now = await readFile(path).catch((error: unknown) => {
      throw fileError(error, path);
    });
    const beside = await writeNewFile(`${path}.before-restore`, now, part.holdsSecrets ? 0o600 : part.mode);
    await replaceFile(path, now, content);
    step.note(`What was in ${part.source} is in ${beside}.`);
  }

  async #verifyKeys(survey: RestoreSurvey, { findings, wrong, doubts }: Said, signal: AbortSignal): Promise<void> {
    const counts = this.#counts;
    if (!counts) return void wrong.push('No keys were restored.');
    const { restored, skipped, expired } = counts;
    findings.push(
      `${formatCount(restored)} keys were restored, ${formatCount(skipped)} left as they were, ${formatCount(expired)} had expired.`,
    );
    const topology = await this.#services.topology();
    const request = { topology, pages: pagesOf(survey.keySets), every: 20, mostMs: verifyMs };
    const found = await compareKeys(request, this.#services.clock, signal);
    const { compared, same, otherExpiry, different, missing } = found;
    const words = `Of ${formatCount(compared)} keys looked at, ${formatCount(same + otherExpiry)} have the backup's value, ${formatCount(different)} another, ${formatCount(missing)} are missing.`;
    // Others go on writing: a few that differ are no failure. That some are gone already may be their doing, or a failover's.
    const isWrong = this.request.redis?.existing === 'replace' && missing + different > compared * mostStrange;
    (isWrong ? wrong : findings).push(words);
    if (missing > 0) doubts.push(`${formatCount(missing)} of ${formatCount(compared)} keys looked at are missing`);
  }
}

interface Said {
  readonly findings: string[];
  readonly wrong: string[];
  /** Why it cannot be called verified, although nothing was found to be wrong. */
  readonly doubts: string[];
}

/** What is known of the keys now, in few words for a dialog. */
function keysNow({ keys }: RestoreSurvey): string {
  if (!keys) return '';
  const { compared, same, different, otherExpiry, missing } = keys;
  const figures = [`${formatCount(same)} are the same`, `${formatCount(different + otherExpiry)} differ`];
  return `; of ${formatCount(compared)} keys compared with now, ${figures.join(', ')}, ${formatCount(missing)} are missing`;
}

const verifyMs = 30_000;
const mostStrange = 0.1;

async function readOrNothing(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(() => undefined);
}
