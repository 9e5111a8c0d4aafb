import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import { encodeEnd, encodeHeader } from '../../core/backup/keyFile.ts';
import type { StoredFile } from '../../core/backup/manifest.ts';
import { OpsError } from '../../core/errors.ts';
import { addressOf, RedisLink } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';
import { ExportReader, otherProcess } from './exportReader.ts';
import { GzipFile } from './gzipFile.ts';

/** What others may notice of it. */
export interface ExportPace {
  /** COUNT of each SCAN: about so many values are asked for at a time. */
  readonly count: number;
  /** Left to others after each page. */
  readonly pauseMs: number;
}

export const usualPace: ExportPace = { count: 200, pauseMs: 0 };
/** About half of the server's time at most, and for longer. */
export const gentlePace: ExportPace = { count: 100, pauseMs: 2 };

/** Where an export goes on: all before it is on the disk and whole. */
export interface ExportCheckpoint {
  /** Of the process whose cursor it is: another one has other cursors. */
  readonly runId: string;
  readonly cursor: string;
  /** Length of the file. */
  readonly bytes: number;
  readonly counts: ExportCounts;
}

export interface ExportCounts {
  readonly keys: number;
  /** Expired or removed between being found and being read. */
  readonly gone: number;
  /** Not to be read by this user. */
  readonly denied: number;
  readonly rawBytes: number;
}

export interface ExportRequest {
  readonly target: RedisTarget;
  /** As SCAN's MATCH takes it; `*`: all. */
  readonly pattern: string;
  readonly path: string;
  readonly pace: ExportPace;
  /** Of an earlier export into the same file that broke off. */
  readonly from?: ExportCheckpoint;
  readonly onProgress?: (counts: ExportCounts) => void;
  /** Called with each point from which it could go on; awaited. */
  readonly onCheckpoint?: (checkpoint: ExportCheckpoint) => Promise<void>;
}

export interface ExportResult extends ExportCounts {
  readonly address: string;
  readonly version: string;
  readonly runId: string;
  readonly file: Pick<StoredFile, 'bytes' | 'sha256'>;
}

/** Some hundred megabytes of values may be on their way. */
const pageTimeoutMs = 60_000;
/** Whichever comes first: so much is done again at the most when it breaks off. */
const checkpointEveryBytes = 64 * 1024 * 1024;
const checkpointEveryMs = 10_000;

/**
 * Writes the keys of one server into a file, a page of SCAN at a time, with DUMP and PEXPIRETIME: by a script that writes
 * nothing where the user may run one, else by pipelines. See keyFile.ts. The memory it needs does not grow with the number
 * of keys. A connection that breaks is opened again as long as it is the same server process. Throws OpsError; what was
 * written up to the last checkpoint stays.
 */
export async function exportKeys(request: ExportRequest, clock: Clock, signal: AbortSignal): Promise<ExportResult> {
  const { target, from, path } = request;
  const link = new RedisLink(() => Promise.resolve(target), clock, pageTimeoutMs);
  const file = await GzipFile.open(path, from?.bytes);
  try {
    const server = new ExportReader(link, request, signal);
    const { version, runId } = await server.begin();
    if (from === undefined) {
      const { db } = target;
      const header = { server: addressOf(target), version, runId, db, pattern: request.pattern };
      await file.write(encodeHeader({ ...header, startedAtMs: clock.wallMs() }));
    } else if (from.runId !== runId) {
      throw otherProcess(target);
    }
    const counts = await writeAll(server, file, request, runId, clock, signal);
    await file.write(encodeEnd(counts.keys));
    await file.checkpoint();
    return { ...counts, address: addressOf(target), version, runId, file: file.facts() };
  } catch (error) {
    if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.', { cause: error });
    throw error;
  } finally {
    link.close();
    await file.close();
  }
}

const none: ExportCounts = { keys: 0, gone: 0, denied: 0, rawBytes: 0 };

async function writeAll(
  server: ExportReader,
  file: GzipFile,
  { from, pace, onProgress, onCheckpoint }: ExportRequest,
  runId: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<ExportCounts> {
  let counts = from?.counts ?? none;
  let markedBytes = counts.rawBytes;
  let markedMs = clock.monotonicMs();
  let cursor = from?.cursor ?? '0';
  let reading = server.read(cursor);
  for (;;) {
    const page = await reading;
    cursor = page.cursor;
    const isLast = cursor === '0';
    // While a page is packed and written, the next one is on its way.
    if (!isLast && pace.pauseMs > 0) await wait(pace.pauseMs, undefined, { signal });
    if (!isLast) reading = server.read(cursor);
    reading.catch(() => undefined);
    if (page.records.length > 0) await file.write(page.records);
    counts = {
      keys: counts.keys + page.count,
      gone: counts.gone + page.gone,
      denied: counts.denied + page.denied,
      rawBytes: counts.rawBytes + page.records.length,
    };
    onProgress?.(counts);
    if (isLast) return counts;
    const isDue = clock.monotonicMs() - markedMs >= checkpointEveryMs;
    if (onCheckpoint && (isDue || counts.rawBytes - markedBytes >= checkpointEveryBytes)) {
      markedBytes = counts.rawBytes;
      markedMs = clock.monotonicMs();
      await onCheckpoint({ runId, cursor, bytes: await file.checkpoint(), counts });
    }
  }
}
