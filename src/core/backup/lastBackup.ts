import { placeOfStore } from '../environment/fieldHost.ts';
import type { Environment } from '../environment/environment.ts';
import type { ServiceIdentity } from '../operations/identity.ts';
import type { LastBackup } from '../operations/plan.ts';
import { isVerified } from './backups.ts';
import type { Backup } from './backups.ts';
import type { BackupPart, Manifest } from './manifest.ts';

type Store = 'redis' | 'qdrant';
type Source = LastBackup['source'];

/**
 * The youngest backup that was restored in a test, else the youngest, of the stores that answer as `identities` say, or,
 * where there is none among these, of the environment's. Only where there is no such backup, the youngest of others that
 * had the environment's name. Undefined: there is none at all. For everybody's plans.
 */
export function lastBackupOf(
  backups: readonly Backup[],
  { settings }: Pick<Environment, 'settings'>,
  identities: readonly ServiceIdentity[],
): LastBackup | undefined {
  const answering = new Map<Store, readonly ServiceIdentity[]>([
    ['redis', identities.filter(({ service }) => service === 'Redis')],
    ['qdrant', identities.filter(({ service }) => service === 'Qdrant')],
  ]);
  const isAnswered = [...answering.values()].some((found) => found.length > 0);
  const sourceOf = (manifest: Manifest): Source | undefined => {
    const meant = [...answering].filter(([, found]) => !isAnswered || found.length > 0);
    const sources = new Set(
      meant.map(([store, found]) => sourceOfStore(store, manifest, placeOfStore(settings, store), found)),
    );
    return (['elsewhere', 'place', 'same'] as const).find((one) => sources.has(one));
  };
  const newestFirst = backups
    .toSorted((a, b) => b.manifest.startedAtMs - a.manifest.startedAtMs)
    .map(({ manifest }) => ({ manifest, source: sourceOf(manifest) }));
  const own = newestFirst.filter(({ source }) => source === 'same' || source === 'place');
  const found =
    own.find(({ manifest }) => isVerified(manifest)) ??
    own[0] ??
    newestFirst.find(({ source }) => source === 'elsewhere');
  return found?.source === undefined ? undefined : presented(found.manifest, found.source);
}

/** Undefined where the backup holds nothing of that store. */
function sourceOfStore(
  store: Store,
  { parts, from }: Manifest,
  place: string,
  found: readonly ServiceIdentity[],
): Source | undefined {
  const taken = parts.filter((part) => storeOf(part) === store).flatMap(serversOf);
  if (taken.length === 0) return undefined;
  const ids = new Set(found.flatMap(({ marks }) => [marks['run id'], marks['process id']]));
  if (taken.some(({ id }) => id !== undefined && ids.has(id))) return 'same';
  const addresses = new Set(found.map(({ address }) => address));
  const isPlace = from?.[store] === undefined ? taken.some((one) => addresses.has(one.address)) : from[store] === place;
  return isPlace ? 'place' : 'elsewhere';
}

function storeOf({ kind }: BackupPart): Store | undefined {
  if (kind === 'qdrantSnapshot') return 'qdrant';
  return kind === 'redisExport' || kind === 'redisSnapshot' ? 'redis' : undefined;
}

interface TakenServer {
  readonly address: string;
  /** Of its process, while it ran. */
  readonly id: string | undefined;
}

function serversOf(part: BackupPart): readonly TakenServer[] {
  if ('servers' in part) return part.servers.map(({ address, runId }) => ({ address, id: runId }));
  return part.kind === 'qdrantSnapshot' ? [{ address: part.address, id: part.processId }] : [];
}

function presented({ startedAtMs, parts, from, tests }: Manifest, source: Source): LastBackup {
  const testedAtMs = isVerified({ tests }) ? tests.at(-1)?.atMs : undefined;
  const stores = new Set(parts.map(storeOf));
  const places = [...stores].flatMap((store) => (store === undefined ? [] : (from?.[store] ?? [])));
  const addresses = parts.flatMap(serversOf).map(({ address }) => address);
  return {
    takenAtMs: startedAtMs,
    ...(testedAtMs === undefined ? {} : { testedAtMs }),
    what: whatOf(parts),
    from: [...new Set(places.length > 0 ? places : addresses)].join(', '),
    source,
  };
}

/** `Redis export of cache:*, 2 Qdrant snapshots, 3 files` */
function whatOf(parts: readonly BackupPart[]): string {
  const counts = Map.groupBy(parts, nameOf);
  return [...counts].map(([name, { length }]) => (length === 1 ? name : `${length} ${name}s`)).join(', ');
}

function nameOf(part: BackupPart): string {
  switch (part.kind) {
    case 'redisExport':
      return `Redis export${part.pattern === '*' ? '' : ` of ${part.pattern}`}${part.db === 0 ? '' : ` in db ${part.db}`}`;
    case 'redisSnapshot':
      return 'Redis snapshot';
    case 'qdrantSnapshot':
      return 'Qdrant snapshot';
    case 'file':
      return 'file';
    case 'gitTag':
      return 'git tag';
  }
}
