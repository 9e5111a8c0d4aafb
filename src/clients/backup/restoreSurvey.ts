import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { Backup } from '../../core/backup/backups.ts';
import { lineChanges } from '../../core/backup/lineChanges.ts';
import { partsOf } from '../../core/backup/manifest.ts';
import type { PartOf } from '../../core/backup/manifest.ts';
import type { BackUpRequest, RestoreRequest } from '../../core/backup/request.ts';
import { qdrantObstacle, redisObstacle } from '../../core/backup/versions.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { placeOfStore } from '../../core/environment/fieldHost.ts';
import { formatBytes, formatCount } from '../../core/format.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import type { PlanContext } from '../../core/operations/operation.ts';
import { checkFiles } from './backupFolder.ts';
import { surveyBackup } from './backupSurvey.ts';
import type { BackupPlaces, BackupSurvey } from './backupSurvey.ts';
import { readInfos } from '../redisIdentity.ts';
import { readKeys } from './keySource.ts';
import { compareKeys } from './redisCompare.ts';
import type { Comparison } from './redisCompare.ts';
import type { StoreServices } from './services.ts';
import type { KeySet, SnapshotKeys } from './snapshotKeys.ts';

/** What of a backup is put back. */
export interface RestoreParts {
  readonly exports: readonly PartOf<'redisExport'>[];
  readonly snapshots: readonly PartOf<'redisSnapshot'>[];
  readonly collections: readonly PartOf<'qdrantSnapshot'>[];
  readonly files: readonly PartOf<'file'>[];
}

/** A configuration file as it is now, against the backup's. */
export interface FileDifference {
  readonly part: PartOf<'file'>;
  /** Where it is put back. */
  readonly path: string;
  /** Of what is there now; undefined: nothing is. */
  readonly sha256: string | undefined;
  readonly state: 'same' | 'differs' | 'missing';
  /** How many lines go and come; undefined: it holds secrets, or is the same. */
  readonly lines: ReturnType<typeof lineChanges> | undefined;
}

export interface RestoreSurvey {
  readonly parts: RestoreParts;
  /** All keys that are put back, of exports and snapshots. */
  readonly keySets: readonly KeySet[];
  /** What the snapshots hold and is not restored. */
  readonly leftOut: readonly string[];
  /** The present keys against those of the backup; undefined: no keys are restored. */
  readonly keys: Comparison | undefined;
  readonly collections: readonly { readonly name: string; readonly pointsNow: number | undefined }[];
  readonly files: readonly FileDifference[];
  /** What is put aside before; undefined: there is nothing there to be lost. */
  readonly safety: { readonly request: BackUpRequest; readonly survey: BackupSurvey } | undefined;
  readonly warnings: readonly string[];
  readonly obstacles: readonly string[];
}

/** Comparing ends after so long, and says how far it came. */
const mostCompareMs = 20_000;

/** The parts that the request names. */
export function chosenParts(request: RestoreRequest, { manifest }: Backup): RestoreParts {
  const { from = ['export'] } = request.redis ?? { from: [] };
  return {
    exports: from.includes('export') ? partsOf(manifest, 'redisExport') : [],
    snapshots: from.includes('snapshot') ? partsOf(manifest, 'redisSnapshot') : [],
    collections: partsOf(manifest, 'qdrantSnapshot').filter(({ collection }) =>
      request.collections?.includes(collection),
    ),
    files: partsOf(manifest, 'file').filter(({ source }) => request.files?.includes(source)),
  };
}

/** What is to be restored, and out of what. */
export interface RestoreSource {
  readonly request: RestoreRequest;
  readonly backup: Backup;
  readonly snapshotKeys: SnapshotKeys;
}

/** Looks at the backup and at what is there now. Reads only. Throws OpsError. */
export async function surveyRestore(
  { request, backup, snapshotKeys }: RestoreSource,
  services: StoreServices,
  places: BackupPlaces,
  context: PlanContext,
): Promise<RestoreSurvey> {
  const { signal, clock, identities } = context;
  const parts = chosenParts(request, backup);
  const warnings: string[] = [];
  const obstacles = [...(await checkFiles(backup, signal))];
  if (parts.snapshots.length > 0) obstacles.push(...(await snapshotKeys.obstacles(signal)));
  const last = backup.manifest.tests.at(-1);
  if (last?.verdict !== 'passed') {
    warnings.push(
      'This backup was never restored in a test: that it can be restored is not known. "Test Backup" finds out.',
    );
  }
  if (backup.manifest.environment !== services.environment.name) {
    warnings.push(`It is a backup of ${backup.manifest.environment}, not of ${services.environment.name}.`);
  }
  warnings.push(...placeWarnings(parts, backup, services.environment));
  const keySets = parts.exports.map((part): KeySet => ({ part, folder: backup.folder }));
  const leftOut: string[] = [];
  if (parts.snapshots.length > 0 && obstacles.length === 0) {
    const [primary] = await services.primaries(signal);
    const unpacked = await snapshotKeys.unpack(primary?.db ?? 0, context);
    keySets.push(unpacked.keys);
    leftOut.push(...unpacked.leftOut);
  }
  warnings.push(...redisWarnings(keySets, identities));
  if (keySets.length > 0) warnings.push(...(await roomWarnings(keySets, services, signal)));
  const keys = obstacles.length > 0 || keySets.length === 0 ? undefined : await compareAll();
  const collections = await surveyCollections(parts, services, obstacles, signal);
  const files = await Promise.all(parts.files.map((part) => differenceOf(part, backup, places)));
  const wanted = safetyRequest(request, keySets, collections, files, backup.manifest.id);
  const safety = wanted && { request: wanted, survey: await surveyBackup(wanted, services, places, signal) };
  obstacles.push(...(safety?.survey.obstacles ?? []));
  return { parts, keySets, leftOut, keys, collections, files, safety, warnings, obstacles };

  async function compareAll(): Promise<Comparison> {
    const topology = await services.topology();
    const total = serversOf(keySets).reduce((sum, one) => sum + one.keys, 0);
    const onProgress = (done: number): void => context.report({ done, total, unit: 'keys', now: 'comparing' });
    return compareKeys(
      { topology, pages: pagesOf(keySets), every: 1, mostMs: mostCompareMs, onProgress },
      clock,
      signal,
    );
  }
}

/** Every page of all that is to be restored. */
export async function* pagesOf(keySets: readonly KeySet[]): ReturnType<typeof readKeys> {
  for (const { part, folder } of keySets) for (const { file } of part.servers) yield* readKeys(join(folder, file.path));
}

export function serversOf(keySets: readonly KeySet[]): PartOf<'redisExport'>['servers'] {
  return keySets.flatMap(({ part }) => part.servers);
}

/** An environment may have been pointed elsewhere since. */
function placeWarnings(
  { exports, snapshots, collections }: RestoreParts,
  { manifest: { from = {} } }: Backup,
  { settings }: Environment,
): readonly string[] {
  const stores = [
    ...(exports.length + snapshots.length > 0 ? (['redis'] as const) : []),
    ...(collections.length > 0 ? (['qdrant'] as const) : []),
  ];
  return stores.flatMap((store) => {
    const [then, now] = [from[store], placeOfStore(settings, store)];
    return then === undefined || then === now ? [] : [`It was taken from ${then}, and goes to ${now}.`];
  });
}

function redisWarnings(keySets: readonly KeySet[], identities: readonly ServiceIdentity[]): readonly string[] {
  const versions = new Set(serversOf(keySets).map(({ version }) => version));
  const servers = identities.filter(({ service }) => service === 'Redis');
  return [...versions].flatMap((from) => servers.flatMap(({ version }) => redisObstacle(from, version ?? '') ?? []));
}

/** Where there is less room than the keys may take: what a full server does then. */
async function roomWarnings(
  keySets: readonly KeySet[],
  services: StoreServices,
  signal: AbortSignal,
): Promise<string[]> {
  const infos = await readInfos(await services.primaries(signal), services.clock, signal);
  const limited = infos.filter(({ maxmemory = 0 }) => maxmemory > 0);
  if (limited.length < infos.length || limited.length === 0) return [];
  const room = limited.reduce((sum, { maxmemory = 0, used_memory: used = 0 }) => sum + maxmemory - used, 0);
  const raw = serversOf(keySets).reduce((sum, { rawBytes }) => sum + rawBytes, 0);
  if (raw <= room) return [];
  const evicts = limited.some(({ maxmemory_policy: policy }) => policy !== undefined && policy !== 'noeviction');
  const then = evicts
    ? 'it will evict keys, of the backup or others'
    : 'it will refuse what does not fit, and the restore stops there';
  return [
    `The keys take about ${formatBytes(raw)}; Redis has ${formatBytes(Math.max(0, room))} left under maxmemory: ${then}.`,
  ];
}

async function surveyCollections(
  { collections }: RestoreParts,
  services: StoreServices,
  obstacles: string[],
  signal: AbortSignal,
): Promise<RestoreSurvey['collections']> {
  const found: RestoreSurvey['collections'][number][] = [];
  if (collections.length === 0) return found;
  const qdrant = await services.qdrant();
  const version = await qdrant.version(signal);
  for (const part of collections) {
    const obstacle = qdrantObstacle(part.version, version);
    if (obstacle !== undefined) obstacles.push(`${part.collection}: ${obstacle}`);
    const now = await qdrant.collection(part.collection, signal);
    const pointsNow = now && (await qdrant.count(part.collection, signal));
    found.push({ name: part.collection, pointsNow });
  }
  return found;
}

/** Reads the file as it is now. */
export async function differenceOf(
  part: PartOf<'file'>,
  backup: Backup,
  { directory }: BackupPlaces,
): Promise<FileDifference> {
  const path = isAbsolute(part.source) ? part.source : resolve(directory, part.source);
  const kept = await readFile(join(backup.folder, part.file.path)).catch(() => undefined);
  const now = await readFile(path).catch(() => undefined);
  if (!now) return { part, path, sha256: undefined, state: 'missing', lines: undefined };
  const sha256 = createHash('sha256').update(now).digest('hex');
  if (sha256 === part.file.sha256) return { part, path, sha256, state: 'same', lines: undefined };
  const lines = part.holdsSecrets || !kept ? undefined : lineChanges(now.toString(), kept.toString());
  return { part, path, sha256, state: 'differs', lines };
}

/** What restoring overwrites, as a backup of its own; undefined: nothing. */
function safetyRequest(
  request: RestoreRequest,
  keySets: readonly KeySet[],
  collections: RestoreSurvey['collections'],
  files: readonly FileDifference[],
  id: string,
): BackUpRequest | undefined {
  // Where keys that are there are left alone, nothing of them is lost.
  const patterns = new Set(keySets.map(({ part }) => part.pattern));
  const pattern = patterns.size === 1 ? [...patterns].join() : '*';
  const redisExport = keySets.length > 0 && request.redis?.existing === 'replace' ? { pattern } : undefined;
  const present = collections.flatMap(({ name, pointsNow }) => (pointsNow === undefined ? [] : [name]));
  const hasFiles = files.some(({ state }) => state === 'differs');
  if (!redisExport && present.length === 0 && !hasFiles) return undefined;
  return {
    ...(redisExport ? { redisExport } : {}),
    ...(present.length > 0 ? { collections: present } : {}),
    ...(hasFiles ? { files: true } : {}),
    purpose: `before restoring ${id}`,
  };
}

/** How the present differs from the backup, a sentence each. */
export function differenceWords({ keys, leftOut, parts, collections, files }: RestoreSurvey): readonly string[] {
  return [
    ...(keys ? keyWords(keys) : []),
    ...leftOut,
    ...collections.map(({ name, pointsNow }) => {
      const then = formatCount(parts.collections.find(({ collection }) => collection === name)?.points ?? 0);
      return pointsNow === undefined
        ? `Collection ${name} is missing now; it had ${then} points.`
        : `Collection ${name}: ${formatCount(pointsNow)} points now, ${then} in the backup. All of it is replaced.`;
    }),
    ...files.map(({ part: { source, holdsSecrets }, state, lines }) => {
      if (state === 'same') return `${source} is the same.`;
      if (state === 'missing') return `${source} is missing now.`;
      if (lines) return `${source} differs: ${lines.removed} lines of now go, ${lines.added} of the backup come.`;
      return `${source} differs${holdsSecrets ? '; it holds secrets and is not shown' : ''}.`;
    }),
  ];
}

function keyWords(keys: Comparison): readonly string[] {
  const { compared, same, different, otherExpiry, missing, expired, complete } = keys;
  const count = formatCount;
  return [
    `${complete ? `All ${count(compared)} keys of the backup were` : `The first ${count(compared)} keys of the backup were`} compared with what is there now${complete ? '' : ', until time was up'}:`,
    `${count(same)} are the same, ${count(different)} have another value, ${count(otherExpiry)} the same value and another expiry, ${count(missing)} are missing, ${count(expired)} have expired since.`,
  ];
}
