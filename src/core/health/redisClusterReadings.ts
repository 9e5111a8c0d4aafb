import { formatBytes, formatCount, formatMilliseconds, formatCountOf } from '../format.ts';
import type { HealthState, Reading } from './reading.ts';
import { memoryTrouble } from './redisMemory.ts';
import { offerFor, persistenceTrouble } from './redisPersistence.ts';
import { clientsTrouble } from './redisReadings.ts';
import { lacksReplicas } from './redisReplication.ts';
import type { ClusterNode, ClusterState } from './redisTopology.ts';
import { clusterSlots } from './redisTopology.ts';

/** The cluster as a whole, before the summed readings. */
export function clusterReadings(cluster: ClusterState): Reading[] {
  return [slots(cluster), members(cluster), ...refused(cluster), ...unsummed(cluster)];
}

/** One primary is enough for writes to fail: those of its slots. */
function refused({ nodes }: ClusterState): Reading[] {
  const primaries = nodes.filter(isServing);
  const refusing = primaries.filter(({ writesRefused }) => writesRefused !== undefined);
  const [first] = refusing;
  if (!first) return [];
  const value = `refused by ${formatCount(refusing.length)} of ${formatCountOf(primaries.length, 'primary', 'primaries')}`;
  const who = refusing.map(({ address }) => address).join(', ');
  const detail = `Nothing new can be cached in the slots of ${who}; what is there is still served. ${first.address} says: ${first.writesRefused}`;
  const offers = refusing.map((node) => offerFor(node.writesRefused)).find(({ offer }) => offer);
  return [{ id: 'writes', label: 'Writes', value, state: 'degraded', detail, ...offers }];
}

/** What follows is of the cluster as if it were one server: that some of it is missing must not look like less. */
function unsummed({ nodes }: ClusterState): Reading[] {
  const primaries = nodes.filter(isServing);
  const silent = primaries.filter(({ failure }) => failure);
  if (silent.length === 0) return [];
  const value = `of ${formatCount(primaries.length - silent.length)} of ${formatCountOf(primaries.length, 'primary', 'primaries')}`;
  const who = silent.map(({ address }) => address).join(', ');
  const detail = `Memory, keys and lookups of ${who} are not in the figures.`;
  return [{ id: 'sums', label: 'Sums', value, state: 'unknown', detail }];
}

function isServing({ member }: ClusterNode): boolean {
  return member.role === 'primary' && member.slots > 0;
}

function slots({ state, slotsAssigned, slotsOk, slotsFailing, nodes, askedAt }: ClusterState): Reading {
  const base = { id: 'clusterSlots', label: 'Cluster slots' };
  const from = `By CLUSTER INFO of ${askedAt}.`;
  if (state === undefined || slotsOk === undefined) {
    return { ...base, value: 'no data', state: 'unknown', detail: `The user may not call CLUSTER INFO on ${askedAt}.` };
  }
  const moving = nodes.reduce((sum, { member }) => sum + member.moving, 0);
  const movingWords = moving > 0 ? `, ${formatCount(moving)} moving` : '';
  const value = `${formatCount(slotsOk)} of ${formatCount(clusterSlots)} served${movingWords}`;
  const uncovered = clusterSlots - (slotsAssigned ?? 0);
  if (state !== 'ok') {
    const why = uncovered > 0 ? ` ${formatCount(uncovered)} slots belong to no node.` : '';
    return { ...base, value, state: 'down', detail: `cluster_state is ${state}: commands are refused.${why} ${from}` };
  }
  if (slotsOk < clusterSlots) {
    const failing = slotsFailing === undefined ? '' : ` ${formatCount(slotsFailing)} are on failed nodes.`;
    return {
      ...base,
      value,
      state: 'degraded',
      detail: `Keys of the other slots cannot be reached.${failing} ${from}`,
    };
  }
  return { ...base, value, state: 'healthy', detail: from };
}

function members({ nodes }: ClusterState): Reading {
  const primaries = nodes.filter(isServing);
  const replicas = nodes.filter(({ member }) => member.role === 'replica');
  const bare = primaries.filter(
    ({ member }) => !replicas.some((one) => one.member.primaryId === member.id && stateOf(one) === 'healthy'),
  );
  const value = `${formatCountOf(primaries.length, 'primary', 'primaries')}, ${formatCountOf(replicas.length, 'replica')}`;
  const base = { id: 'clusterNodes', label: 'Cluster nodes', value };
  if (bare.length === 0) return { ...base, state: 'healthy', detail: 'Every primary has a replica that answers.' };
  const who = bare.map(({ address }) => address).join(', ');
  return {
    ...base,
    state: replicas.length === 0 ? 'fact' : 'degraded',
    detail: `Without a replica that could take over: ${who}.`,
  };
}

/** One row for each node. */
export function nodeReadings(cluster: ClusterState): Reading[] {
  return cluster.nodes
    .toSorted((a, b) => a.member.role.localeCompare(b.member.role) || a.address.localeCompare(b.address))
    .map((node) => ({
      id: `node/${node.address}`,
      label: `${node.member.role === 'primary' ? 'Primary' : 'Replica'} ${node.address}`,
      value: node.failure ? node.failure.message : valueOf(node),
      state: stateOf(node),
      detail: detailOf(node, cluster),
      ...(isServing(node) ? offerFor(node.writesRefused) : {}),
    }));
}

function stateOf(node: ClusterNode): HealthState {
  const { member, failure, info } = node;
  if (failure) return isServing(node) ? 'down' : 'degraded';
  if (member.flags.some((flag) => flag.startsWith('fail') || flag === 'noaddr')) return 'degraded';
  if (!info) return 'unknown';
  if (persistenceTrouble(info) || lacksReplicas(info) || clientsTrouble(info)) return 'degraded';
  if (isServing(node) && memoryTrouble(info)) return 'degraded';
  return member.role === 'replica' && info.master_link_status !== 'up' ? 'degraded' : 'healthy';
}

function valueOf({ member, info, roundTripMs }: ClusterNode): string {
  const keys = info?.keyspace.reduce((sum, db) => sum + db.keys, 0);
  return [
    member.role === 'primary' ? formatCountOf(member.slots, 'slot') : '',
    keys === undefined ? '' : formatCountOf(keys, 'key'),
    info?.used_memory === undefined ? '' : formatBytes(info.used_memory),
    roundTripMs === undefined ? '' : formatMilliseconds(roundTripMs),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function detailOf(node: ClusterNode, { nodes, askedAt }: ClusterState): string {
  const { member, info, failure } = node;
  const primary = nodes.find((one) => one.member.id === member.primaryId);
  const flags = member.flags.length > 0 ? `${askedAt} sees it as: ${member.flags.join(', ')}.` : '';
  const trouble = info && persistenceTrouble(info);
  const link = info?.master_link_status !== undefined && info.master_link_status !== 'up';
  const words = [
    primary ? `Replica of ${primary.address}.` : '',
    link ? `Its link to the primary is ${info.master_link_status}: what is read there may be old.` : '',
    trouble ? `Persistence: ${trouble}.` : '',
    node.writesRefused === undefined || !isServing(node) ? '' : 'It refuses every write.',
    info && lacksReplicas(info) ? 'It refuses writes: min-replicas-to-write wants a replica, and none follows.' : '',
    (info && isServing(node) && memoryTrouble(info)) ?? '',
    (info && clientsTrouble(info)) ?? '',
    flags,
    failure?.next ?? '',
    failure || info ? '' : 'The user may not call INFO there.',
  ].filter((part) => part !== '');
  return words.length === 0 ? 'It answers, and its INFO tells of no trouble.' : words.join(' ');
}
