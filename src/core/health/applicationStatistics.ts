import * as z from 'zod/mini';
import { hitRateOf } from '../metrics/hitRate.ts';
import type { SourcedHitRate } from '../metrics/sourcedHitRate.ts';
import { withoutRate } from '../metrics/sourcedHitRate.ts';

/** A statistics endpoint that lists what is cached, with how often each entry was asked for. */
const accessCounts = z.object({
  entries: z.record(
    z.string(),
    z.object({
      access_count: z.number().check(z.minimum(0)),
      age_seconds: z.optional(z.number().check(z.minimum(0))),
    }),
  ),
});

const mostEntries = 50;

/**
 * The hit rate by the access counts of a cache's entries: the first access of an entry made it, every other was a hit, so
 * `(access_count - 1) / access_count` of each, and of all together. Its window is the age of the oldest entry; what was
 * evicted or cleared meanwhile is not in it.
 */
export function lookupsFromStatistics(statistics: unknown, readAtMs: number): SourcedHitRate {
  const parsed = accessCounts.safeParse(statistics);
  if (!parsed.success) return withoutRate('statistics', 'it lists no entries with access_count');
  const used = Object.entries(parsed.data.entries).filter(([, { access_count: count }]) => count > 0);
  const ages = used.flatMap(([, { age_seconds: age }]) => age ?? []);
  const windowMs = ages.length > 0 && ages.length === used.length ? Math.max(...ages) * 1000 : undefined;
  const accesses = used.reduce((sum, [, { access_count: count }]) => sum + count, 0);
  const busiest = used.toSorted(([, a], [, b]) => b.access_count - a.access_count).slice(0, mostEntries);
  return {
    source: 'statistics',
    rate: hitRateOf(accesses - used.length, used.length, windowMs),
    parts: busiest.map(([name, { access_count: count, age_seconds: age }]) => ({
      kind: 'entry',
      name,
      rate: hitRateOf(count - 1, 1, age === undefined ? undefined : age * 1000),
    })),
    samples: undefined,
    newestAtMs: readAtMs,
    note: 'By the access counts of the entries that are there now: (access_count − 1) / access_count, the first access being the one that made the entry.',
  };
}
