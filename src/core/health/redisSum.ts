import type { Keyspace, RedisInfo } from './redisInfo.ts';
import type { ClusterNode } from './redisTopology.ts';

const summed = [
  'used_memory',
  'evicted_keys',
  'expired_keys',
  'total_commands_processed',
  'connected_clients',
  'blocked_clients',
  'maxclients',
  'rejected_connections',
] as const;

/**
 * The cluster as if it were one server. Data is counted on the primaries; lookups on every node, because replicas may
 * serve reads. Undefined when no primary gave its INFO.
 */
export function sumInfo(nodes: readonly ClusterNode[]): RedisInfo | undefined {
  const all = nodes.flatMap(({ info }) => info ?? []);
  const primaries = nodes.filter(({ member }) => member.role === 'primary').flatMap(({ info }) => info ?? []);
  const [first] = primaries;
  if (!first) return undefined;
  const same = <K extends keyof RedisInfo>(name: K): RedisInfo[K] | undefined =>
    primaries.every((one) => one[name] === first[name]) ? first[name] : undefined;
  return {
    ...Object.fromEntries(summed.map((name) => [name, sum(primaries, name)])),
    redis_version: same('redis_version') ?? 'of several versions',
    valkey_version: same('valkey_version'),
    // Another set of nodes, or one that restarted, is another count.
    run_id: all
      .map((one) => one.run_id ?? '')
      .toSorted()
      .join(' '),
    uptime_in_seconds: youngest(all),
    maxmemory: primaries.some((one) => !one.maxmemory) ? same('maxmemory') : sum(primaries, 'maxmemory'),
    maxmemory_policy: same('maxmemory_policy') ?? 'not the same on all nodes',
    keyspace_hits: sum(all, 'keyspace_hits'),
    keyspace_misses: sum(all, 'keyspace_misses'),
    keyspace: sumKeyspace(primaries),
    keyspaceSaid: primaries.every((one) => one.keyspaceSaid),
  };
}

function sum(infos: readonly RedisInfo[], name: SummedField): number | undefined {
  const known = infos.flatMap((one) => one[name] ?? []);
  return known.length === 0 ? undefined : known.reduce((total, one) => total + one, 0);
}

/** How long nothing has restarted. */
function youngest(infos: readonly RedisInfo[]): number | undefined {
  const known = infos.flatMap((one) => one.uptime_in_seconds ?? []);
  return known.length === 0 ? undefined : Math.min(...known);
}

type SummedField = (typeof summed)[number] | 'maxmemory' | 'keyspace_hits' | 'keyspace_misses';

function sumKeyspace(infos: readonly RedisInfo[]): Keyspace[] {
  const all = infos.flatMap(({ keyspace }) => keyspace);
  if (all.length === 0) return [];
  const total = (name: 'keys' | 'expires'): number => all.reduce((soFar, one) => soFar + one[name], 0);
  return [{ db: 0, keys: total('keys'), expires: total('expires') }];
}
