import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { busyWords } from '../../core/backup/snapshot.ts';
import type { SaveOutlook } from '../../core/backup/snapshot.ts';
import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import { parseInfo } from '../../core/health/redisInfo.ts';
import type { RedisInfo } from '../../core/health/redisInfo.ts';
import { addressOf, RedisLink } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';

export interface SavedSnapshot {
  readonly address: string;
  readonly version: string;
  readonly runId: string;
  readonly keys: number;
  readonly savedAtMs: number;
  readonly tookMs: number;
}

export interface SaveRequest {
  readonly target: RedisTarget;
  /** How long another save or rewrite is waited for. */
  readonly waitMs: number;
  /** Keys that are in the file, of all: the child says so once a second. */
  readonly onProgress?: (saved: number, total: number | undefined, now: string) => void;
}

/** The child reports once a second; a small server is done sooner. */
const askEveryMs = 200;

/** Reads what BGSAVE may run into; changes nothing. Throws OpsError. */
export async function readSaveOutlook(target: RedisTarget, clock: Clock, signal: AbortSignal): Promise<SaveOutlook> {
  const link = new RedisLink(() => Promise.resolve(target), clock);
  try {
    return await link.use(signal, async (redis) => {
      const info = parseInfo(await redis.info());
      const [stops, points] = await Promise.all([
        configOf(redis, 'stop-writes-on-bgsave-error'),
        configOf(redis, 'save'),
      ]);
      return {
        ...namesOf(info, target),
        bytes: info.used_memory,
        busyWith: busyWords(info),
        stopsWritesOnFailure: stops === undefined ? undefined : stops === 'yes',
        savePoints: points,
        lastStatus: info.rdb_last_bgsave_status,
      };
    });
  } finally {
    link.close();
  }
}

/**
 * Has the server save its data set (BGSAVE) and waits for the verdict: `rdb_last_bgsave_status` once none is under way. That
 * a save began, and that LASTSAVE moved, prove nothing. One that is under way already is waited for. Cancelling stops the
 * waiting; the server saves on. Throws OpsError.
 */
export async function saveSnapshot(
  { target, waitMs, onProgress }: SaveRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<SavedSnapshot> {
  const link = new RedisLink(() => Promise.resolve(target), clock);
  const address = addressOf(target);
  const startedMs = clock.monotonicMs();
  const read = async (): Promise<RedisInfo> => parseInfo(await link.use(signal, (redis) => redis.info()));
  try {
    let info = await read();
    const runId = info.run_id;
    for (;;) {
      for (let busy = busyWords(info); busy !== undefined; busy = busyWords(info)) {
        if (clock.monotonicMs() - startedMs > waitMs) throw stillBusy(address, busy);
        onProgress?.(0, undefined, `waiting: ${busy}`);
        await wait(askEveryMs, undefined, { signal });
        info = await read();
      }
      if (await begins(link, signal)) break;
      info = await read();
    }
    for (info = await read(); info.rdb_bgsave_in_progress; info = await read()) {
      onProgress?.(info.current_save_keys_processed ?? 0, info.current_save_keys_total, 'saving');
      await wait(askEveryMs, undefined, { signal });
    }
    if (info.run_id !== runId) throw restarted(address);
    if (info.rdb_last_bgsave_status !== 'ok') throw await failed(link, address, info.rdb_last_bgsave_status, signal);
    const savedAtMs = (info.rdb_last_save_time ?? 0) * 1000;
    return { ...namesOf(info, target), savedAtMs, tookMs: clock.monotonicMs() - startedMs };
  } catch (error) {
    if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.', { cause: error });
    throw error;
  } finally {
    link.close();
  }
}

function namesOf(info: RedisInfo, target: RedisTarget): Pick<SaveOutlook, 'address' | 'version' | 'runId' | 'keys'> {
  return {
    address: addressOf(target),
    version: info.valkey_version ?? info.redis_version ?? '',
    runId: info.run_id ?? '',
    keys: info.keyspace.reduce((sum, { keys }) => sum + keys, 0),
  };
}

/** Undefined where the user may not read it. */
export async function configOf(redis: Redis, name: string): Promise<string | undefined> {
  const reply: unknown = await redis.call('CONFIG', 'GET', name).catch(() => undefined);
  return Array.isArray(reply) && typeof reply[1] === 'string' ? reply[1] : undefined;
}

/** False where another child got in before. */
async function begins(link: RedisLink, signal: AbortSignal): Promise<boolean> {
  return link.use(signal, async (redis) => {
    try {
      await redis.call('BGSAVE');
      return true;
    } catch (error) {
      if (error instanceof Error && /already in progress|another child process/i.test(error.message)) return false;
      throw error;
    }
  });
}

function stillBusy(address: string, busy: string): OpsError {
  return new OpsError('busy', `${address}: ${busy}; it was waited for, and no snapshot was begun.`, {
    next: 'Try again when it is over.',
  });
}

function restarted(address: string): OpsError {
  return new OpsError('conflict', `${address} was restarted while it saved: there is no snapshot.`, {
    next: 'Look at its log, and try again.',
  });
}

async function failed(
  link: RedisLink,
  address: string,
  status: string | undefined,
  signal: AbortSignal,
): Promise<OpsError> {
  const [stops, points] = await link
    .use(signal, (redis) => Promise.all([configOf(redis, 'stop-writes-on-bgsave-error'), configOf(redis, 'save')]))
    .catch(() => []);
  const refuses = stops === 'yes' && points !== undefined && points !== '';
  const now = refuses
    ? ' It refuses EVERY WRITE from now on (MISCONF), until a snapshot succeeds.'
    : stops === undefined
      ? ' If it has save points, it refuses every write from now on (MISCONF).'
      : '';
  return new OpsError('protocol', `${address} could not save its snapshot (status ${status ?? 'unknown'}).${now}`, {
    next: 'Look at its log for the reason, usually the disk. Make room and save again, or let writes through: “Allow Writes After a Failed Save…” (CONFIG SET stop-writes-on-bgsave-error no).',
  });
}
