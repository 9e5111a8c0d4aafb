import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Clock } from '../../core/clock.ts';
import { redisObstacle } from '../../core/backup/versions.ts';
import { OpsError } from '../../core/errors.ts';
import { formatBytes } from '../../core/format.ts';
import { parseInfo } from '../../core/health/redisInfo.ts';
import type { RedisInfo } from '../../core/health/redisInfo.ts';
import { fileError } from '../files.ts';
import { RedisLink } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';
import { makeScratchFolder } from './scratchFolder.ts';
import { startScratchRedis } from './scratchServer.ts';

const readyMs = 10 * 60_000;

/**
 * Gives `work` a Redis of its own on this machine, with the data set of the file `rdb` where there is one, and removes it
 * when `work` is over. `program` is a redis-server. Throws OpsError.
 */
export async function inScratchRedis<T>(
  program: string,
  rdb: string | undefined,
  signal: AbortSignal,
  work: (target: RedisTarget) => Promise<T>,
): Promise<T> {
  const folder = await makeScratchFolder();
  if (rdb !== undefined) {
    await copyFile(rdb, join(folder, 'dump.rdb')).catch(async (error: unknown) => {
      await rm(folder, { recursive: true, force: true });
      throw fileError(error, folder);
    });
  }
  const server = await startScratchRedis(program, folder, signal, rdb === undefined ? undefined : 'dump.rdb');
  try {
    await untilLoaded(server.socket, signal);
    const endpoint = { path: server.socket };
    return await work({ endpoint, db: 0, username: undefined, password: undefined, tls: undefined });
  } finally {
    await server.close();
  }
}

/** Why no scratch server here can take what was written by servers of these versions; undefined: one can. */
export function scratchObstacle(
  program: string | undefined,
  version: string | undefined,
  from: readonly { readonly version: string }[],
  neededBytes: number,
  freeBytes: number,
): string | undefined {
  if (program === undefined) return 'there is no redis-server in PATH on this machine.';
  const obstacle = from.map((one) => redisObstacle(one.version, version ?? '')).find((one) => one !== undefined);
  if (obstacle !== undefined) return obstacle;
  return freeBytes < neededBytes ? lacking(neededBytes, freeBytes, 'this machine') : undefined;
}

export function lacking(needed: number, free: number, where: string): string {
  return `about ${formatBytes(needed)} of memory are needed, ${where} has ${formatBytes(free)} left.`;
}

export interface ScratchFacts {
  readonly info: RedisInfo;
  /** Of the file: their time was over, and the server did not take them; undefined where it does not tell (before 7.0). */
  readonly expiredAtLoad: number;
}

export async function readScratch(target: RedisTarget, clock: Clock, signal: AbortSignal): Promise<ScratchFacts> {
  const link = new RedisLink(() => Promise.resolve(target), clock);
  try {
    const text = await link.use(signal, (redis) => redis.info());
    const expiredAtLoad = Number(/rdb_last_load_keys_expired:(\d+)/.exec(text)?.[1] ?? 0);
    return { info: parseInfo(text), expiredAtLoad };
  } finally {
    link.close();
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
