import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { PartOf } from '../../core/backup/manifest.ts';
import { collectionFinding, keysFinding, rdbFinding } from '../../core/backup/testFindings.ts';
import type { Finding } from '../../core/backup/testFindings.ts';
import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import type { StepContext } from '../../core/operations/operation.ts';
import type { RedisTarget } from '../redisLink.ts';
import { readKeys } from './keySource.ts';
import type { QdrantSnapshots } from './qdrantSnapshots.ts';
import { compareKeys } from './redisCompare.ts';
import { restoreKeys } from './redisRestore.ts';
import type { RestoreCounts } from './redisRestore.ts';
import { inScratchRedis, readScratch } from './scratchRedis.ts';

interface RedisTrial<T> {
  readonly part: T;
  /** Of the backup. */
  readonly folder: string;
  /** redis-server. */
  readonly program: string;
}

/** About every fiftieth key is compared. */
const compareEvery = 50;

/** Restores an export of keys, of all its servers, into a scratch server; counts and compares. Throws OpsError. */
export async function tryExport(
  { part, folder, program }: RedisTrial<PartOf<'redisExport'>>,
  clock: Clock,
  step: StepContext,
): Promise<Finding> {
  return inScratchRedis(program, undefined, step.signal, async (target) => {
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
  return inScratchRedis(program, join(folder, file.path), step.signal, async (target) => {
    const { present, expiredAtLoad } = await countKeys(target, clock, step.signal);
    return rdbFinding(address, keys, present, expiredAtLoad);
  });
}

/** Also those of a test that is under way, or whose editor was killed. */
export function isScratchCollection(name: string): boolean {
  return /^cache-ops-test-[0-9a-f]{12}$/.test(name);
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
    return collectionFinding(part, found, where);
  } finally {
    await qdrant.removeCollection(scratch, AbortSignal.timeout(60_000)).catch(() => {
      step.note(`The scratch collection ${scratch} could not be removed: remove it by hand.`);
    });
  }
}

async function countKeys(target: RedisTarget, clock: Clock, signal: AbortSignal) {
  const { info, expiredAtLoad } = await readScratch(target, clock, signal);
  // Those whose time is over are there until somebody asks for them.
  const { keyspace, expired_keys: expiredSince = 0 } = info;
  return { present: keyspace.reduce((sum, { keys }) => sum + keys, 0), expiredSince, expiredAtLoad };
}
