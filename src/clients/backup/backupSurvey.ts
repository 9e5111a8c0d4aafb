import { stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { environmentFolder, expiredBackups } from '../../core/backup/backups.ts';
import type { Backup, Retention } from '../../core/backup/backups.ts';
import { holdsSecrets, sizeOf } from '../../core/backup/manifest.ts';
import type { BackUpRequest } from '../../core/backup/request.ts';
import { saveWarnings } from '../../core/backup/snapshot.ts';
import type { SaveOutlook } from '../../core/backup/snapshot.ts';
import { explain, OpsError } from '../../core/errors.ts';
import { formatBytes, formatDuration } from '../../core/format.ts';
import { parseInfo } from '../../core/health/redisInfo.ts';
import { readGitFacts, tagCommit } from '../git.ts';
import type { GitFacts } from '../git.ts';
import { addressOf, RedisLink } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';
import { freeBytes, readShelf } from './backupFolder.ts';
import { readSaveOutlook } from './redisSave.ts';
import type { StoreServices } from './services.ts';
import { findProgram } from './scratchServer.ts';
import { readUnfinished } from './unfinished.ts';
import type { Unfinished } from './unfinished.ts';

/** Where backups and configuration files of an environment are. */
export interface BackupPlaces {
  /** All backups of the workspace. */
  readonly root: string;
  /** Where relative paths of `files` start, and git is asked. */
  readonly directory: string;
  readonly keep: Retention;
}

export interface SurveyedServer {
  readonly target: RedisTarget;
  readonly address: string;
  /** DBSIZE of its database. */
  readonly keys: number;
  /** `used_memory`; undefined where INFO may not be read. */
  readonly bytes: number | undefined;
}

export interface SurveyedFile {
  readonly source: string;
  readonly path: string;
  readonly bytes: number;
  readonly mode: number;
  readonly holdsSecrets: boolean;
}

/** What a backup would hold, found out by reading only. */
export interface BackupSurvey {
  readonly servers: readonly SurveyedServer[];
  readonly outlooks: readonly SaveOutlook[];
  readonly collections: readonly { readonly name: string; readonly points: number; readonly bytes: number }[];
  readonly files: readonly SurveyedFile[];
  readonly git: GitFacts;
  readonly folder: string;
  /** Not kept any longer once this one is made. */
  readonly expired: readonly Backup[];
  readonly resumed: Unfinished | undefined;
  readonly warnings: readonly string[];
  readonly obstacles: readonly string[];
}

/** Looks at everything the request names. What is wrong but can be named becomes an obstacle. Throws OpsError otherwise. */
export async function surveyBackup(
  request: BackUpRequest,
  services: StoreServices,
  places: BackupPlaces,
  signal: AbortSignal,
): Promise<BackupSurvey> {
  const { environment, clock } = services;
  const said = { warnings: [] as string[], obstacles: [] as string[] };
  const servers = request.redisExport ? await surveyServers(services, said, signal) : [];
  const outlooks = request.redisSnapshot ? await surveySaves(services, said, signal) : [];
  const collections = await surveyCollections(request.collections ?? [], services, said, signal);
  const files = request.files === true ? await surveyFiles(environment.settings.files ?? [], places, said) : [];
  const git = await readGitFacts(places.directory, signal);
  if (request.gitTag !== undefined) await surveyTag(request.gitTag, git, places.directory, said, signal);
  const { backups } = await readShelf(places.root, environment.name);
  const nowMs = clock.wallMs();
  // Its own name is the time at which it begins.
  const folder = join(places.root, environmentFolder(environment.name), '<UTC time>');
  const expired = request.purpose === undefined ? expiredBackups(backups, places.keep, nowMs, 1) : [];
  if (request.archive === true && (await findProgram(process.platform === 'win32' ? 'tar.exe' : 'tar')) === undefined) {
    said.obstacles.push('There is no tar on this machine: leave the archive out.');
  }
  const resumed = await surveyResumed(request.resume, servers, said);
  const survey = { servers, outlooks, collections, files, git, folder, expired, resumed };
  await surveyDisk(survey, places.root, request, said);
  return { ...survey, ...said };
}

interface Said {
  readonly warnings: string[];
  readonly obstacles: string[];
}

async function surveyServers(services: StoreServices, said: Said, signal: AbortSignal): Promise<SurveyedServer[]> {
  return Promise.all(
    (await services.primaries(signal)).map(async (target) => {
      const link = new RedisLink(() => Promise.resolve(target), services.clock);
      const address = addressOf(target);
      try {
        return await link.use(signal, async (redis) => {
          const info = parseInfo(await redis.info());
          const missing = await missingRights(redis);
          if (missing.length > 0) {
            const user = target.username ?? 'default';
            const grant = missing.map((command) => `+${command.toLowerCase()}`).join(' ');
            said.obstacles.push(`${address}: this user may not ${missing.join(', ')}. ACL SETUSER ${user} ${grant}`);
          }
          return { target, address, keys: await redis.dbsize(), bytes: info.used_memory };
        });
      } finally {
        link.close();
      }
    }),
  );
}

/** Tried on a key that is not there. */
async function missingRights(redis: { call(command: string, ...args: string[]): Promise<unknown> }): Promise<string[]> {
  const tries = [
    ['SCAN', '0', 'COUNT', '1'],
    ['DUMP', 'cache-ops:no-such-key'],
    ['PTTL', 'cache-ops:no-such-key'],
  ] as const;
  const missing: string[] = [];
  for (const [command, ...args] of tries) {
    await redis.call(command, ...args).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : '';
      if (/^NOPERM.*permissions to run|^ERR unknown command/i.test(message)) missing.push(command);
    });
  }
  return missing;
}

async function surveySaves(services: StoreServices, said: Said, signal: AbortSignal): Promise<SaveOutlook[]> {
  const targets = await services.primaries(signal);
  const outlooks = await Promise.all(targets.map((target) => readSaveOutlook(target, services.clock, signal)));
  for (const outlook of outlooks) {
    said.warnings.push(...saveWarnings(outlook));
    if (outlook.busyWith !== undefined)
      said.warnings.push(`${outlook.address}: ${outlook.busyWith}; it is waited for.`);
  }
  return outlooks;
}

async function surveyCollections(
  names: readonly string[],
  services: StoreServices,
  said: Said,
  signal: AbortSignal,
): Promise<BackupSurvey['collections'][number][]> {
  const found: BackupSurvey['collections'][number][] = [];
  if (names.length === 0) return found;
  const qdrant = await services.qdrant();
  for (const name of names) {
    const collection = await qdrant.collection(name, signal);
    if (!collection) {
      said.obstacles.push(`Qdrant ${qdrant.address} has no collection ${name}.`);
      continue;
    }
    if (collection.status !== 'green') said.warnings.push(`Collection ${name} is ${collection.status}, not green.`);
    const points = await qdrant.count(name, signal);
    const snapshots = await qdrant.list(name, signal);
    const dimensions = collection.vectors.reduce(
      (sum, words) => sum + (Number.parseInt(words.replace(/^.*: /, ''), 10) || 0),
      0,
    );
    // The last snapshot is the best guess; else vectors of four bytes a dimension, and as much again for all else.
    const bytes = Math.max(snapshots.at(-1)?.sizeBytes ?? 0, points * dimensions * 8);
    found.push({ name, points, bytes });
  }
  return found;
}

async function surveyFiles(
  sources: readonly string[],
  { directory }: BackupPlaces,
  said: Said,
): Promise<SurveyedFile[]> {
  if (sources.length === 0) said.obstacles.push('The environment names no files: set "files" in it.');
  const found: SurveyedFile[] = [];
  for (const source of sources) {
    const path = isAbsolute(source) ? source : resolve(directory, source);
    const facts = await stat(path).catch(() => undefined);
    if (!facts?.isFile()) {
      said.warnings.push(`${source} is not there, or is no file: it is left out.`);
      continue;
    }
    found.push({ source, path, bytes: facts.size, mode: facts.mode & 0o777, holdsSecrets: holdsSecrets(source) });
  }
  const secret = found.filter((one) => one.holdsSecrets).map(({ source }) => source);
  if (secret.length > 0) {
    said.warnings.push(`${secret.join(', ')} may hold secrets: the copies do too, readable by you alone (mode 600).`);
  }
  return found;
}

async function surveyTag(
  tag: string,
  git: GitFacts,
  directory: string,
  said: Said,
  signal: AbortSignal,
): Promise<void> {
  if (git.kind === 'none') return void said.obstacles.push(`No git tag can be made: ${git.why}.`);
  if (git.commit === undefined) return void said.obstacles.push('No git tag can be made: there is no commit yet.');
  if (git.isDirty)
    said.warnings.push(`The tag ${tag} is for the commit; changes that are not committed are not in it.`);
  const known = await tagCommit(directory, tag, signal);
  if (known !== undefined && known !== git.commit) {
    said.obstacles.push(
      `There is a git tag ${tag} already, on another commit (${known.slice(0, 10)}): choose another name.`,
    );
  }
}

async function surveyResumed(
  folder: string | undefined,
  servers: readonly SurveyedServer[],
  said: Said,
): Promise<Unfinished | undefined> {
  if (folder === undefined) return undefined;
  try {
    const unfinished = await readUnfinished(folder);
    const strangers = Object.keys(unfinished.exports).filter((one) => !servers.some(({ address }) => address === one));
    if (strangers.length === 0) return unfinished;
    said.obstacles.push(
      `${strangers.join(', ')} is no primary any more: what was begun cannot be gone on with. Begin anew.`,
    );
  } catch (error) {
    said.obstacles.push(explain(error));
  }
  return undefined;
}

async function surveyDisk(
  { servers, outlooks, collections, files }: Pick<BackupSurvey, 'servers' | 'outlooks' | 'collections' | 'files'>,
  root: string,
  { archive, redisSnapshot }: BackUpRequest,
  said: Said,
): Promise<void> {
  // What a server holds in memory is more than what it takes on the disk.
  const redis = servers.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const fetched = redisSnapshot?.fetch === true ? outlooks.reduce((sum, { bytes = 0 }) => sum + bytes, 0) : 0;
  const others = [...collections, ...files].reduce((sum, { bytes }) => sum + bytes, 0);
  const needed = (redis + fetched + others) * (archive === true ? 2 : 1);
  const free = await freeBytes(root);
  if (free === undefined) said.warnings.push('How much room there is on the disk is not known.');
  else if (free < needed) {
    said.obstacles.push(
      `There is room for ${formatBytes(free)}; up to ${formatBytes(needed)} may be needed. Make room, or set another folder.`,
    );
  }
}

/** One line for each backup that goes. */
export function expiryWords(expired: readonly Backup[], nowMs: number): readonly string[] {
  return expired.map(({ manifest }) => {
    const age = formatDuration(nowMs - manifest.startedAtMs);
    return `The backup ${manifest.id} (${age} old, ${formatBytes(sizeOf(manifest))}) is removed, as cacheOps.backups says.`;
  });
}

export function refuseEmpty(request: BackUpRequest): void {
  const { redisExport, redisSnapshot, collections = [], files, gitTag } = request;
  if (redisExport || redisSnapshot || collections.length > 0 || files === true || gitTag !== undefined) return;
  throw new OpsError('settings', 'Nothing was chosen to be backed up.');
}
