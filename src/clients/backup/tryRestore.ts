import { randomBytes } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { PartOf } from '../../core/backup/manifest.ts';
import { collectionFinding, keysFinding, rdbFinding } from '../../core/backup/testFindings.ts';
import type { Finding } from '../../core/backup/testFindings.ts';
import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import type { StepContext } from '../../core/operations/operation.ts';
import { parseInfo } from '../../core/health/redisInfo.ts';
import type { RedisTarget } from '../redisLink.ts';
import { RedisLink } from '../redisLink.ts';
import { readKeys } from './keySource.ts';
import type { QdrantSnapshots } from './qdrantSnapshots.ts';
import { compareKeys } from './redisCompare.ts';
import { restoreKeys } from './redisRestore.ts';
import type { RestoreCounts } from './redisRestore.ts';
import { makeScratchFolder, startScratchRedis } from './scratchServer.ts';
import type { ScratchRedis } from './scratchServer.ts';

interface RedisTrial<T> {
  readonly part: T;
  /** Of the backup. */
  readonly folder: string;
  /** redis-server. */
  readonly program: string;
}

/** About every fiftieth key is compared. */
const compareEvery = 50;
const readyMs = 10 * 60_000;

/** Restores an export of keys, of all its servers, into a scratch server; counts and compares. Throws OpsError. */
export async function tryExport(
  { part, folder, program }: RedisTrial<PartOf<'redisExport'>>,
  clock: Clock,
  step: StepContext,
): Promise<Finding> {
  return inScratch(program, undefined, step.signal, async (server) => {
    const target = targetOf(server);
    const topology = { kind: 'single', target } as const;
    const recorded = part.servers.reduce((sum, { keys }) => sum + keys, 0);
    const all = { restored: 0, skipped: 0, expired: 0, compared: 0, same: 0, sampleExpired: 0 };
    for (const { file } of part.servers) {
      const path = join(folder, file.path);
      const before = all.restored;
      const onProgress = ({ restored }: RestoreCounts): void =>
        step.report({ done: before + restored, total: recorded, unit: 'keys' });
      // Without REPLACE: a key that is in the file twice is noticed.
      const request = { topology, pages: readKeys(path), existing: 'skip', extendMs: 0, onProgress } as const;
      const counts = await restoreKeys(request, clock, step.signal);
      all.restored += counts.restored;
      all.skipped += counts.skipped;
      all.expired += counts.expired;
      const sample = { topology, pages: readKeys(path), every: compareEvery, mostMs: Infinity };
      const compared = await compareKeys(sample, clock, step.signal);
      all.compared += compared.compared;
      all.same += compared.same;
      all.sampleExpired += compared.expired;
    }
    const { present, expiredSince } = await countKeys(target, clock, step.signal);
    const { restored, skipped: repeated, expired: expiredBefore, compared, same, sampleExpired } = all;
    return keysFinding({
      recorded,
      restored,
      repeated,
      expiredBefore,
      present,
      expiredSince,
      compared,
      same,
      sampleExpired,
    });
  });
}

/** Loads an RDB file in a scratch server. Throws OpsError. */
export async function tryRdb(
  { part: server, folder, program }: RedisTrial<PartOf<'redisSnapshot'>['servers'][number]>,
  clock: Clock,
  step: StepContext,
): Promise<Finding> {
  const { address, keys, file } = server;
  if (!file) throw new OpsError('file', `The RDB file of ${address} is not here.`);
  return inScratch(program, join(folder, file.path), step.signal, async (scratch) => {
    const target = targetOf(scratch);
    const { present, expiredAtLoad } = await countKeys(target, clock, step.signal);
    return rdbFinding(address, keys, present, expiredAtLoad);
  });
}

/** Restores a collection under a name of its own, counts its points and removes it. Throws OpsError. */
export async function tryCollection(
  {
    part,
    folder,
    qdrant,
    where,
  }: {
    readonly part: PartOf<'qdrantSnapshot'>;
    readonly folder: string;
    readonly qdrant: QdrantSnapshots;
    readonly where: string;
  },
  step: StepContext,
): Promise<Finding> {
  const scratch = `cache-ops-test-${randomBytes(6).toString('hex')}`;
  const file = { ...part.file, path: join(folder, part.file.path) };
  const onProgress = (done: number, total?: number): void =>
    step.report({ done, ...(total === undefined ? {} : { total }), unit: 'bytes' });
  try {
    await qdrant.restore(scratch, file, { signal: step.signal, onProgress });
    const found = await qdrant.count(scratch, step.signal);
    return collectionFinding(part.collection, part.points, found, where);
  } finally {
    await qdrant.removeCollection(scratch, AbortSignal.timeout(60_000)).catch(() => {
      step.note(`The scratch collection ${scratch} could not be removed: remove it by hand.`);
    });
  }
}

async function inScratch<T>(
  program: string,
  rdb: string | undefined,
  signal: AbortSignal,
  work: (server: ScratchRedis) => Promise<T>,
): Promise<T> {
  const folder = await makeScratchFolder();
  if (rdb !== undefined) await copyFile(rdb, join(folder, 'dump.rdb'));
  const server = await startScratchRedis(program, folder, signal, rdb === undefined ? undefined : 'dump.rdb');
  try {
    await untilLoaded(server.socket, signal);
    return await work(server);
  } finally {
    await server.close();
  }
}

/** A large file takes its time; a broken one ends the server. */
async function untilLoaded(socket: string, signal: AbortSignal): Promise<void> {
  const redis = new Redis({ path: socket, lazyConnect: true, retryStrategy: () => null, maxLoadingRetryTime: readyMs });
  redis.on('error', () => undefined);
  const stop = (): void => redis.disconnect();
  signal.addEventListener('abort', stop);
  try {
    await redis.connect();
    await redis.ping();
  } catch (cause) {
    if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.');
    throw new OpsError(
      'file',
      'A scratch server ended while it loaded the file: the file is damaged, or of a newer Redis.',
      { cause },
    );
  } finally {
    signal.removeEventListener('abort', stop);
    redis.disconnect();
  }
}

async function countKeys(target: RedisTarget, clock: Clock, signal: AbortSignal) {
  const link = new RedisLink(() => Promise.resolve(target), clock);
  try {
    return await link.use(signal, async (redis) => {
      // Those whose time is over are there until somebody asks for them.
      const text = await redis.info();
      const { keyspace, expired_keys: expiredSince = 0 } = parseInfo(text);
      const expiredAtLoad = Number(/rdb_last_load_keys_expired:(\d+)/.exec(text)?.[1] ?? 0);
      const present = keyspace.reduce((sum, { keys }) => sum + keys, 0);
      return { present, expiredSince, expiredAtLoad };
    });
  } finally {
    link.close();
  }
}

function targetOf({ socket }: ScratchRedis): RedisTarget {
  return { endpoint: { path: socket }, db: 0, username: undefined, password: undefined, tls: undefined };
}
