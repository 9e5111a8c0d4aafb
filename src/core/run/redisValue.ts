import type { Reading } from '../checklist/meaning/criteria/types.ts';
import type { RedisMonitor } from '../health/redisMonitor.ts';

/** What a criterion reads off a Redis, in the reading's base unit; undefined where there is no data. */
export function redisValue(
  monitor: Pick<RedisMonitor, 'sample' | 'evictions'>,
  { field, unit }: Extract<Reading, { readonly source: 'redis' }>,
): number | undefined {
  const { sample } = monitor;
  if (!sample) return undefined;
  const { info } = sample;
  switch (field) {
    case 'usedMemory':
      return info?.used_memory;
    case 'memoryShare':
      return info?.used_memory !== undefined && info.maxmemory ? info.used_memory / info.maxmemory : undefined;
    case 'evictionRate': {
      const rise = monitor.evictions();
      return rise && (rise.count / rise.windowMs) * (unit === 'perSecond' ? 1000 : 60_000);
    }
    case 'evictedKeys':
      return info?.evicted_keys;
    case 'connectedClients':
      return info?.connected_clients;
    case 'fragmentation':
      return info?.mem_fragmentation_ratio;
    case 'keys':
      return info?.keyspace.reduce((sum, { keys }) => sum + keys, 0);
    case 'uptime':
      return info?.uptime_in_seconds === undefined ? undefined : info.uptime_in_seconds * 1000;
    case 'roundTrip':
      return sample.roundTripMs;
  }
}
