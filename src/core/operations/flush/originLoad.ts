import { formatCount } from '../../format.ts';
import type { RedisServer } from './stores.ts';

/** Too short a time says nothing of a rate. */
const leastMs = 200;

/**
 * What falls on the origin while the cache is cold, from the lookups that found something between two readings; empty
 * where it is not known or there were none.
 */
export function originLoad(before: readonly RedisServer[], after: readonly RedisServer[]): readonly string[] {
  let perSecond = 0;
  let tookMs = 0;
  for (const { address, hits } of before) {
    const later = after.find((one) => one.address === address)?.hits;
    if (!hits || !later || later.atMs - hits.atMs < leastMs || later.count < hits.count) continue;
    tookMs = Math.max(tookMs, later.atMs - hits.atMs);
    perSecond += ((later.count - hits.count) * 1000) / (later.atMs - hits.atMs);
  }
  if (perSecond < 1) return [];
  return [
    `Redis answers about ${formatCount(perSecond)} lookups a second from what it holds (all clients and keys, measured for ${(tookMs / 1000).toFixed(1)} s). Those that ask for removed entries fall on the origin until the cache is warm.`,
  ];
}
