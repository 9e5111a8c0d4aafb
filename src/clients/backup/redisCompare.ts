import { recordsIn } from '../../core/backup/keyFile.ts';
import type { KeyPage, KeyRecord } from '../../core/backup/keyFile.ts';
import { isSameValue } from '../../core/backup/payload.ts';
import type { Clock } from '../../core/clock.ts';
import type { RedisTopology } from '../redisTarget.ts';
import { redisError } from '../redisErrors.ts';
import { KeyRoutes } from './keyRoutes.ts';
import type { Route } from './keyRoutes.ts';

export interface CompareRequest {
  readonly topology: RedisTopology;
  readonly pages: AsyncIterable<KeyPage>;
  /** Of each page, every so-manieth record; 1: all. */
  readonly every: number;
  /** Ends after so long, with what was compared by then. */
  readonly mostMs: number;
  readonly onProgress?: (compared: number) => void;
}

export interface Comparison {
  readonly compared: number;
  /** Value and expiry as in the file. */
  readonly same: number;
  readonly different: number;
  /** The same value that goes at another time. */
  readonly otherExpiry: number;
  readonly missing: number;
  /** Missing, and their time was over. */
  readonly expired: number;
  /** Every record of the file was looked at, or its share. */
  readonly complete: boolean;
}

/** Holds the records of a file against what the servers have. Reads only. Throws OpsError. */
export async function compareKeys(request: CompareRequest, clock: Clock, signal: AbortSignal): Promise<Comparison> {
  const routes = await KeyRoutes.open(request.topology, clock, signal);
  const counts = { compared: 0, same: 0, different: 0, otherExpiry: 0, missing: 0, expired: 0 };
  const endsAtMs = clock.monotonicMs() + request.mostMs;
  try {
    for await (const page of request.pages) {
      const records = [...recordsIn(page)].filter((_, index) => index % request.every === 0);
      const shares = Map.groupBy(records, ({ key }) => routes.of(key));
      await Promise.all([...shares].map(([route, own]) => compareOn(route, own, counts, clock, signal)));
      counts.compared += records.length;
      request.onProgress?.(counts.compared);
      if (clock.monotonicMs() >= endsAtMs) return { ...counts, complete: false };
    }
    return { ...counts, complete: true };
  } finally {
    routes.close();
  }
}

type Counts = { -readonly [K in Exclude<keyof Comparison, 'complete'>]: number };

async function compareOn(
  { link, address }: Route,
  records: readonly KeyRecord[],
  counts: Counts,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const replies = await link.use(signal, async (redis) => {
    const pipeline = redis.pipeline();
    for (const { key } of records) pipeline.dumpBuffer(Buffer.from(key)).pttl(Buffer.from(key));
    return (await pipeline.exec()) ?? [];
  });
  const nowMs = clock.wallMs();
  for (const [index, { payload, expiresAtMs }] of records.entries()) {
    const [[error, value] = [], [, left] = []] = [replies[2 * index], replies[2 * index + 1]];
    if (error) throw redisError(error, address);
    if (!Buffer.isBuffer(value)) counts[expiresAtMs > 0 && expiresAtMs <= nowMs ? 'expired' : 'missing']++;
    else if (!isSameValue(payload, value)) counts.different++;
    else counts[isSameExpiry(expiresAtMs, Number(left), nowMs) ? 'same' : 'otherExpiry']++;
  }
}

/** The way there and back, and clocks that differ a little. */
const toleranceMs = 5_000;

function isSameExpiry(expiresAtMs: number, leftMs: number, nowMs: number): boolean {
  if (expiresAtMs === 0 || leftMs < 0) return expiresAtMs === 0 && leftMs === -1;
  return Math.abs(nowMs + leftMs - expiresAtMs) < toleranceMs;
}
