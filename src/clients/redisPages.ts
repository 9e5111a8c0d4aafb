import type { Redis } from 'ioredis';
import type { KeyPage } from '../core/keyspace/model.ts';
import { ttlEdgesMs } from '../core/keyspace/model.ts';
import { pageScript, ttlScript } from '../core/keyspace/scripts.ts';
import { OpsError } from '../core/errors.ts';

/** How pages are read on a server: the best that its version and the user's rights allow. */
export type PageReading = 'EVAL_RO' | 'EVAL' | 'commands';

export interface PageRequest {
  readonly cursor: string;
  readonly count: number;
  readonly memoryOfEvery: number;
}

export interface CursorAnd<T> {
  readonly cursor: string;
  readonly page: T;
}

/** Single commands are dearer than a script, so fewer keys are measured. */
const commandsMeasureEvery = 10;

/** One page of keys with type, expiry and memory. Throws what Redis replied where that way is not open. */
export async function readPage(redis: Redis, by: PageReading, request: PageRequest): Promise<CursorAnd<KeyPage>> {
  if (by === 'commands') return readByCommands(redis, request);
  const { cursor, count, memoryOfEvery } = request;
  const offset = memoryOfEvery > 1 ? Math.floor(Math.random() * memoryOfEvery) : 0;
  const reply = await redis.call(by, pageScript, 0, cursor, count, memoryOfEvery, offset, ...ttlEdgesMs);
  if (!Array.isArray(reply) || !Array.isArray(reply[1])) throw unexpected();
  const [next, keys, types, ttls, bytes]: readonly unknown[] = reply;
  const page = {
    keys: Array.isArray(keys) ? keys.map(String) : [],
    types: list(types),
    ttlsMs: list(ttls).map(Number),
    bytes: list(bytes).map(Number),
  };
  return { cursor: String(next), page };
}

/** Keys without expiry, then those of each bucket. */
export async function readTtlPage(
  redis: Redis,
  by: PageReading,
  { cursor, count }: PageRequest,
): Promise<CursorAnd<readonly number[]>> {
  if (by === 'commands') return readTtlsByCommands(redis, cursor, count);
  const reply = await redis.call(by, ttlScript, 0, cursor, count, ...ttlEdgesMs);
  if (!Array.isArray(reply)) throw unexpected();
  const [next, ...counts]: readonly unknown[] = reply;
  return { cursor: String(next), page: counts.map(Number) };
}

async function readByCommands(redis: Redis, request: PageRequest): Promise<CursorAnd<KeyPage>> {
  const every = request.memoryOfEvery === 0 ? 0 : Math.max(request.memoryOfEvery, commandsMeasureEvery);
  const [cursor, keys] = await redis.scan(request.cursor, 'COUNT', request.count);
  const isMeasured = (index: number): boolean => every > 0 && index % every === 0;
  const [types, ttls, bytes] = await Promise.all([
    askAll(
      redis,
      keys.map((key) => ['type', key]),
    ),
    askAll(
      redis,
      keys.map((key) => ['pttl', key]),
    ),
    askAll(
      redis,
      keys.filter((_, index) => isMeasured(index)).map((key) => ['memory', 'usage', key]),
    ),
  ]);
  let measured = 0;
  const page = {
    keys,
    types: types.map((reply) => (typeof reply === 'string' ? reply : '?')),
    ttlsMs: ttls.map((reply) => (typeof reply === 'number' ? reply : -3)),
    bytes: keys.map((_, index) => {
      const reply = isMeasured(index) ? bytes[measured++] : undefined;
      return typeof reply === 'number' ? reply : -1;
    }),
  };
  return { cursor, page };
}

async function readTtlsByCommands(redis: Redis, from: string, count: number): Promise<CursorAnd<readonly number[]>> {
  const [cursor, keys] = await redis.scan(from, 'COUNT', count);
  const counts = Array.from({ length: ttlEdgesMs.length + 2 }, () => 0);
  for (const ttl of await askAll(
    redis,
    keys.map((key) => ['pttl', key]),
  )) {
    if (typeof ttl !== 'number' || ttl < -1) continue;
    const longer = ttlEdgesMs.findIndex((edge) => ttl < edge);
    const bucket = ttl === -1 ? 0 : (longer === -1 ? ttlEdgesMs.length : longer) + 1;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return { cursor, page: counts };
}

/** A reply for each; undefined for one that the user may not have. */
async function askAll(redis: Redis, commands: string[][]): Promise<unknown[]> {
  if (commands.length === 0) return [];
  const replies = (await redis.pipeline(commands).exec()) ?? [];
  return replies.map(([error, reply]) => {
    if (error && !error.message.startsWith('NOPERM')) throw error;
    return error ? undefined : reply;
  });
}

function list(joined: unknown): string[] {
  return typeof joined === 'string' && joined !== '' ? joined.split(',') : [];
}

function unexpected(): OpsError {
  return new OpsError('protocol', 'Redis answered a script of the keyspace analysis with something else.');
}
