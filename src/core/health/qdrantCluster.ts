import { formatCountOf } from '../format.ts';
import type { Part } from './monitorParts.ts';
import { readingsOf } from './monitorParts.ts';
import type { Cluster, Shards } from './qdrantModel.ts';
import type { Reading } from './reading.ts';

/**
 * The cluster as this node sees it. That a peer is dead shows in the messages that do not reach it, and in nothing else:
 * the node goes on saying that it is ready, the collection green and its replicas active.
 */
export function clusterReadings(cluster: Cluster): readonly Reading[] {
  const base = { id: 'cluster', label: 'Cluster' };
  if (!cluster.enabled) return [{ ...base, value: 'a single node', state: 'fact' }];
  const troubles = [
    ...(cluster.hasLeader ? [] : ['no leader']),
    ...(cluster.consensus === 'working' ? [] : [`consensus ${cluster.consensus}`]),
  ];
  return [
    {
      ...base,
      value: [formatCountOf(cluster.peers, 'peer'), ...troubles].join(', '),
      state: troubles.length > 0 ? 'degraded' : 'healthy',
      detail: 'GET /cluster, as this node sees it.',
    },
    ...cluster.sendFailures.map(({ peer, count, error }): Reading => ({
      id: `peer/${peer}`,
      label: `Peer ${peer}`,
      value: `not reached, ${formatCountOf(count, 'message')} failed`,
      state: 'degraded',
      detail: `Updates and changes of collections may hang. Last error: ${error}`,
    })),
  ];
}

/** Replica states in which it serves as it should. */
const serving = new Set(['Active', 'ActiveRead', 'Listener']);

export function shardReadings(shards: ReadonlyMap<string, Part<Shards>>): readonly Reading[] {
  return [...shards].flatMap(([name, part]) => {
    const base = { id: `shards/${name}`, label: `Replicas of ${name}` };
    return readingsOf(part, base, ({ replicas, transfers, resharding }) => {
      const bad = replicas.filter(({ state }) => !serving.has(state));
      const moving = [
        ...(transfers > 0 ? [`${formatCountOf(transfers, 'transfer')} under way`] : []),
        ...(resharding > 0 ? ['being resharded'] : []),
      ];
      const value = [`${replicas.length - bad.length} of ${replicas.length} active`, ...moving].join(', ');
      const named = bad.map(({ shard, peer, state }) => `shard ${shard} on peer ${peer} is ${state}`).join(', ');
      if (bad.length === 0)
        return [{ ...base, value, state: 'healthy', detail: 'Each is in a state in which it serves.' }];
      return [{ ...base, value, state: 'degraded', detail: `${named}.` }];
    });
  });
}
