import { formatCount } from '../../format.ts';
import type { Clock } from '../../clock.ts';
import type { RedisFlushStore, RedisServer } from './stores.ts';

const lookMs = 500;

/**
 * What falls on the origin while the cache is cold, from the lookups that found something between two readings; empty
 * where it is not known or there were none. To be called before keys are counted: asking for the expiry of a key is a
 * lookup too, and ours would be taken for the application's.
 */
export async function originLoad(
  store: RedisFlushStore,
  before: readonly RedisServer[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (before.every(({ hits }) => hits === undefined)) return [];
  await new Promise<void>((resolve) => void clock.after(lookMs, resolve));
  if (signal.aborted) return [];
  const after = await store.servers(signal);
  let perSecond = 0;
  for (const { address, hits } of before) {
    const later = after.find((one) => one.address === address)?.hits;
    if (!hits || !later || later.atMs <= hits.atMs || later.count < hits.count) continue;
    perSecond += ((later.count - hits.count) * 1000) / (later.atMs - hits.atMs);
  }
  if (perSecond < 1) return [];
  return [
    `Redis answers about ${formatCount(perSecond)} lookups a second from what it holds (all clients and keys, measured for ${lookMs} ms). Those that ask for removed entries fall on the origin until the cache is warm.`,
  ];
}
