import type { RedisInfo } from '../health/redisInfo.ts';

/** What BGSAVE may run into on a server, read before it is asked for. */
export interface SaveOutlook {
  readonly address: string;
  readonly version: string;
  readonly runId: string;
  readonly keys: number;
  /** `used_memory`; undefined where it is not told. */
  readonly bytes?: number | undefined;
  /** A save or rewrite that is under way, in words; BGSAVE would be refused. */
  readonly busyWith: string | undefined;
  /** Undefined: CONFIG may not be read. */
  readonly stopsWritesOnFailure: boolean | undefined;
  /** `3600 1 300 100`; '' where there are none. Undefined: CONFIG may not be read. */
  readonly savePoints: string | undefined;
  readonly lastStatus: string | undefined;
}

export function busyWords(info: RedisInfo): string | undefined {
  if (info.rdb_bgsave_in_progress) return 'a snapshot is being saved already';
  return info.aof_rewrite_in_progress ? 'the append-only file is being rewritten' : undefined;
}

/** What a person should know before: a snapshot that fails can stop all writes. */
export function saveWarnings({ address, stopsWritesOnFailure, savePoints, lastStatus }: SaveOutlook): string[] {
  const warnings: string[] = [];
  const risk = `should the snapshot fail (a full disk, too little memory to fork), the server refuses every write until one succeeds`;
  const out = `The way out: make room and save again, or “Allow Writes After a Failed Save…” (CONFIG SET stop-writes-on-bgsave-error no).`;
  if (stopsWritesOnFailure === undefined) {
    warnings.push(
      `${address}: its configuration may not be read (+config|get); ${risk}, if it has save points. ${out}`,
    );
  } else if (stopsWritesOnFailure && savePoints !== '') {
    warnings.push(`${address} has save points (${savePoints ?? ''}) and stop-writes-on-bgsave-error: ${risk}. ${out}`);
  }
  if (lastStatus !== undefined && lastStatus !== 'ok') {
    warnings.push(`${address}: its last snapshot failed (rdb_last_bgsave_status ${lastStatus}).`);
  }
  return warnings;
}
