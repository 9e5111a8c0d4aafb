import { formatCountOf, formatDuration, formatRatio } from '../format.ts';
import type { Reading } from './reading.ts';
import type { RedisInfo } from './redisInfo.ts';

/**
 * Snapshots and the append-only file; `nowMs` by the server’s clock, `refusal` as the sample has it. Source: section
 * Persistence of INFO.
 */
export function persistenceReadings(info: RedisInfo, nowMs: number, refusal?: string): Reading[] {
  const save = lastSave(info, nowMs);
  return [save.state === 'degraded' ? { ...save, ...offerFor(refusal) } : save, ...appendOnly(info)];
}

/** Whether that is why a server refuses writes; a failing append-only file is refused in other words, and for good reason. */
export function isForFailedSave(refusal: string): boolean {
  return /\bRDB\b|stop-writes-on-bgsave-error/.test(refusal);
}

/** What can be done about writes that are refused with these words. */
export function offerFor(refusal: string | undefined): Pick<Reading, 'offer'> {
  return refusal !== undefined && isForFailedSave(refusal) ? { offer: 'allowWrites' } : {};
}

/** What is wrong with keeping the data, in words; undefined: nothing that the server says. */
export function persistenceTrouble(info: RedisInfo): string | undefined {
  if (info.rdb_last_bgsave_status !== undefined && info.rdb_last_bgsave_status !== 'ok') return 'the last save failed';
  if (!info.aof_enabled) return undefined;
  if (info.aof_last_write_status !== undefined && info.aof_last_write_status !== 'ok') {
    return 'the append-only file cannot be written';
  }
  if (info.aof_last_bgrewrite_status !== undefined && info.aof_last_bgrewrite_status !== 'ok') {
    return 'the append-only file could not be rewritten';
  }
  return undefined;
}

function lastSave(info: RedisInfo, nowMs: number): Reading {
  const base = { id: 'lastSave', label: 'Last save' };
  if (info.rdb_last_save_time === undefined) {
    return { ...base, value: 'no data', state: 'unknown', detail: 'The server did not say.' };
  }
  const age = `${formatDuration(nowMs - info.rdb_last_save_time * 1000)} ago`;
  const changes =
    info.rdb_changes_since_last_save === undefined
      ? ''
      : ` ${formatCountOf(info.rdb_changes_since_last_save, 'change')} since.`;
  if (info.rdb_last_bgsave_status !== undefined && info.rdb_last_bgsave_status !== 'ok') {
    const retry = info.rdb_bgsave_in_progress ? `; trying again${progress(info)}` : '';
    return {
      ...base,
      value: `${age}; the last try failed${retry}`,
      state: 'degraded',
      detail: `rdb_last_bgsave_status is ${info.rdb_last_bgsave_status}: look at the server’s log. With save points set, every write is refused until a save succeeds.${changes}`,
    };
  }
  if (info.rdb_bgsave_in_progress) {
    return { ...base, value: `${age}; saving now${progress(info)}`, state: 'fact', detail: changes.trim() };
  }
  return {
    ...base,
    value: age,
    state: 'fact',
    detail: `${clockWords(info)} A server that never saved counts from its start.${changes}`,
  };
}

function clockWords({ server_time_usec: known }: RedisInfo): string {
  return known === undefined ? 'By the server’s clock against this machine’s.' : 'By the server’s clock.';
}

/** The child that saves reports once a second, so the first words may be late. */
function progress({ current_save_keys_processed: done, current_save_keys_total: all }: RedisInfo): string {
  return done === undefined || !all ? '' : `, ${formatRatio(Math.min(1, done / all))}`;
}

function appendOnly(info: RedisInfo): Reading[] {
  if (info.aof_enabled === undefined) return [];
  const base = { id: 'appendOnly', label: 'Append-only file' };
  if (!info.aof_enabled) return [{ ...base, value: 'off', state: 'fact' }];
  if (info.aof_last_write_status !== undefined && info.aof_last_write_status !== 'ok') {
    return [
      {
        ...base,
        value: 'on; the last write failed',
        state: 'degraded',
        detail:
          'aof_last_write_status is not ok: writes are refused until it can be written. Look at the disk and the log.',
      },
    ];
  }
  if (info.aof_last_bgrewrite_status !== undefined && info.aof_last_bgrewrite_status !== 'ok') {
    const detail = 'aof_last_bgrewrite_status is not ok: the file keeps growing. Look at the disk and the log.';
    return [{ ...base, value: 'on; the last rewrite failed', state: 'degraded', detail }];
  }
  const value = info.aof_rewrite_in_progress ? `on; being rewritten${progress(info)}` : 'on';
  return [{ ...base, value, state: 'healthy', detail: 'The last write and the last rewrite went well.' }];
}
