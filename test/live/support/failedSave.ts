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
export const savePoints = '3600 1000000';

/** A real Redis whose saves can be made to fail and to go well again. */
export interface FailingRedis {
  readonly server: RedisServer;
  readonly client: Redis;
  /** The next save will fail. */
  breakSaves(): Promise<void>;
  /** Has it fail a save; from then on it refuses every write, where it has save points. */
  fail(): Promise<void>;
  /** Has it save well. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

/** With nothing in its folder: what was left by one whose save failed cannot be loaded. */
export async function startFailingRedis(options: RedisOptions): Promise<FailingRedis> {
  await rm(options.folder, { recursive: true, force: true });
  const server = await startRedis(options);
  const made = failing(server, options.folder);
  // By command: how a configuration file says it differs between versions.
  await made.client.config('SET', 'save', savePoints);
  return { ...made, server };
}

/** Of a server that runs already, whose data lies in `folder`. */
export function failing(server: RedisServer, folder: string): Omit<FailingRedis, 'server'> {
  const client = new Redis(server.port, '127.0.0.1', { retryStrategy: () => null });
  client.on('error', () => undefined);
  return {
    client,
    breakSaves: () => breakSaves(folder),
    fail: () => failASave(client, folder),
    mend: async () => {
      await rm(fileIn(folder), { recursive: true, force: true });
      await save(client, 'ok');
    },
    stop: async () => {
      client.disconnect();
      // Asked to end, it would save first, and stay where it cannot.
      await server.kill();
    },
  };
}

/** Where its data lies in `folder`: from then on it refuses every write, if it has save points. */
export async function failASave(client: Redis, folder: string): Promise<void> {
  await breakSaves(folder);
  await save(client, 'err');
}

async function breakSaves(folder: string): Promise<void> {
  // The file cannot be put where a folder is.
  await rm(fileIn(folder), { recursive: true, force: true });
  await mkdir(path.join(fileIn(folder), 'x'), { recursive: true });
}

async function save(client: Redis, status: 'ok' | 'err'): Promise<void> {
  await client.bgsave();
  const ended = new RegExp(`rdb_bgsave_in_progress:0[^]*rdb_last_bgsave_status:${status}`);
  await eventually(async () => assert.match(await client.info('persistence'), ended), 10_000);
}

function fileIn(folder: string): string {
  return path.join(folder, 'dump.rdb');
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
