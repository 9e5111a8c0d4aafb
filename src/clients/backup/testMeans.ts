import { freemem } from 'node:os';
import type { Backup } from '../../core/backup/backups.ts';
import { partsOf } from '../../core/backup/manifest.ts';
import type { PartOf } from '../../core/backup/manifest.ts';
import type { TestRequest } from '../../core/backup/request.ts';
import { qdrantObstacle } from '../../core/backup/versions.ts';
import { lacking, scratchObstacle } from './scratchRedis.ts';
import { findProgram, programVersion } from './scratchServer.ts';
import type { StoreServices } from './services.ts';

/** What is at hand to try a backup with. */
export interface TestMeans {
  readonly redisServer: string | undefined;
  readonly redisVersion: string | undefined;
  readonly qdrant: string | undefined;
  /** Of parts that cannot be tried, by id of their step: why. */
  readonly untried: ReadonlyMap<string, string>;
}

/** Finds out what there is to try a backup with. Reads only. Throws OpsError. */
export async function findMeans(
  wanted: TestRequest['qdrant'],
  { manifest }: Backup,
  services: StoreServices,
  signal: AbortSignal,
): Promise<TestMeans> {
  const redisServer = await findProgram('redis-server');
  const redisVersion = redisServer === undefined ? undefined : await programVersion(redisServer, signal);
  const qdrant = await findProgram('qdrant', 'QDRANT_BIN');
  const untried = new Map<string, string>();
  for (const [index, part] of partsOf(manifest, 'redisExport').entries()) {
    const raw = part.servers.reduce((sum, { rawBytes, keys }) => sum + rawBytes * 1.2 + keys * 100, 0);
    const why = noRedis(redisServer, redisVersion, part.servers, raw);
    if (why !== undefined) untried.set(`export ${index}`, why);
  }
  for (const [index, { servers }] of partsOf(manifest, 'redisSnapshot').entries()) {
    const bytes = servers.reduce((sum, { file }) => sum + (file?.bytes ?? 0) * 1.5, 0);
    const why = servers.some(({ file }) => !file)
      ? 'The Redis snapshot lies on the server only: it cannot be tested from here.'
      : noRedis(redisServer, redisVersion, servers, bytes);
    if (why !== undefined) untried.set(`snapshot ${index}`, why);
  }
  for (const part of partsOf(manifest, 'qdrantSnapshot')) {
    const why = await noQdrant(wanted, part, qdrant, services, signal);
    if (why !== undefined) untried.set(`collection ${part.collection}`, why);
  }
  return { redisServer, redisVersion, qdrant, untried };
}

/** Why a collection cannot be tried; undefined: it can. */
async function noQdrant(
  wanted: TestRequest['qdrant'],
  part: PartOf<'qdrantSnapshot'>,
  program: string | undefined,
  services: StoreServices,
  signal: AbortSignal,
): Promise<string | undefined> {
  const name = `Collection ${part.collection} is not tested:`;
  const needed = part.file.bytes * 2;
  if (wanted === 'none') return `${name} neither a scratch server nor a scratch collection was wanted.`;
  if (wanted === 'scratchServer') {
    if (program === undefined) return `${name} there is no qdrant in PATH (or QDRANT_BIN) on this machine.`;
    const version = await programVersion(program, signal);
    const obstacle = version === undefined ? 'its version is not known.' : qdrantObstacle(part.version, version);
    if (obstacle !== undefined) return `${name} ${obstacle}`;
    return freemem() < needed ? `${name} ${lacking(needed, freemem(), 'this machine')}` : undefined;
  }
  const qdrant = await services.qdrant();
  const obstacle = qdrantObstacle(part.version, await qdrant.version(signal));
  if (obstacle !== undefined) return `${name} ${obstacle}`;
  const memory = await qdrant.memory(signal);
  if (memory?.totalBytes === undefined || memory.residentBytes === undefined) {
    return `${name} how much memory ${qdrant.address} has left is not told, and it may not have enough for it twice.`;
  }
  const free = memory.totalBytes - memory.residentBytes;
  return free * 0.8 < needed ? `${name} ${lacking(needed, free, qdrant.address)}` : undefined;
}

function noRedis(
  program: string | undefined,
  version: string | undefined,
  from: readonly { readonly version: string }[],
  needed: number,
): string | undefined {
  const why = scratchObstacle(program, version, from, needed, freemem());
  return why === undefined ? undefined : `The Redis part is not tested: ${why}`;
}
