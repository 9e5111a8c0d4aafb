import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { RedisWriteStates } from '../../../src/clients/backup/writeStates.ts';
import { AllowWrites } from '../../../src/core/backup/allowWrites.ts';
import type { Environment } from '../../../src/core/environment/environment.ts';
import { eventually } from '../../eventually.ts';
import { startRedis } from '../../sandbox/redis.ts';
import type { RedisOptions, RedisServer } from '../../sandbox/redis.ts';
import { servicesOf } from './backups.ts';

/** A save point that is never due by itself within a test. */
export const savePoints = { save: '3600 1000000' };

/** A real Redis whose saves can be made to fail and to go well again. */
export interface FailingRedis {
  readonly server: RedisServer;
  readonly client: Redis;
  /** Has it fail a save; from then on it refuses every write, where it has save points. */
  fail(): Promise<void>;
  /** Has it save well. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFailingRedis(options: RedisOptions): Promise<FailingRedis> {
  const server = await startRedis({ ...options, config: { ...savePoints, ...options.config } });
  return { ...failing(server, options.folder), server };
}

/** Of a server that runs already, whose data lies in `folder`. */
export function failing(server: RedisServer, folder: string): Omit<FailingRedis, 'server'> {
  const client = new Redis(server.port, '127.0.0.1', { retryStrategy: () => null });
  client.on('error', () => undefined);
  const file = path.join(folder, 'dump.rdb');
  const save = async (status: RegExp): Promise<void> => {
    await client.bgsave();
    await eventually(async () => assert.match(await client.info('persistence'), status), 10_000);
  };
  return {
    client,
    fail: async () => {
      // The file cannot be put where a folder is.
      await rm(file, { force: true });
      await mkdir(path.join(file, 'x'), { recursive: true });
      await save(/rdb_bgsave_in_progress:0[^]*rdb_last_bgsave_status:err/);
    },
    mend: async () => {
      await rm(file, { recursive: true, force: true });
      await save(/rdb_bgsave_in_progress:0[^]*rdb_last_bgsave_status:ok/);
    },
    stop: async () => {
      client.disconnect();
      // Asked to end, it would save first, and stay where it cannot.
      await server.kill();
    },
  };
}

export function allowWritesIn(environment: Environment): AllowWrites {
  return new AllowWrites(environment, new RedisWriteStates(servicesOf(environment)));
}

export function isTaken(client: Redis): Promise<boolean> {
  return client.set('probe', '1').then(
    () => true,
    () => false,
  );
}
