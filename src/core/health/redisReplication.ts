import { formatBytes, formatDuration } from '../format.ts';
import type { Reading } from './reading.ts';
import type { RedisInfo, ReplicaLink } from './redisInfo.ts';
import type { GoneReplica, RedisRecent } from './redisRecent.ts';

/** Replicas acknowledge every second, and a primary pings every ten: longer silence is trouble. */
const longestSilenceSeconds = 10;

/** Of a primary, one row for each replica, also one that was there a while ago; of a replica, its link. */
export function replicationReadings(info: RedisInfo, atMs: number, recent: RedisRecent | undefined): Reading[] {
  if (info.role === 'slave') return [link(info)];
  return [
    ...(lacksReplicas(info) ? [writesRefused] : []),
    ...(info.replicas ?? []).map((replica) => replicaReading(replica, info.master_repl_offset, recent)),
    ...(recent?.goneReplicas(info, atMs) ?? []).map(goneReading),
  ];
}

/** The count is there only where at least one replica is wanted; how many is a setting that INFO does not show. */
export function lacksReplicas({ role, min_slaves_good_slaves: good }: RedisInfo): boolean {
  return role === 'master' && good === 0;
}

const writesRefused: Reading = {
  id: 'writes',
  label: 'Writes',
  value: 'refused, no replica',
  state: 'degraded',
  detail: 'min-replicas-to-write wants a replica that follows closely, and there is none: every write gets NOREPLICAS.',
};

/** The server itself forgets a replica as soon as its connection ends. */
function goneReading({ address, forMs }: GoneReplica): Reading {
  return {
    id: `replica/${address}`,
    label: `Replica ${address}`,
    value: `gone for ${formatDuration(forMs)}`,
    state: 'degraded',
    detail: 'It was linked until then, and cannot take over now. Within an hour it is no more expected.',
  };
}

function replicaReading(replica: ReplicaLink, offset: number | undefined, recent: RedisRecent | undefined): Reading {
  const { address, state, lagSeconds } = replica;
  const base = { id: `replica/${address}`, label: `Replica ${address}` };
  if (state !== 'online') {
    return {
      ...base,
      value: state,
      state: 'degraded',
      detail: 'It is still being copied to, and cannot take over yet.',
    };
  }
  const lateMs = replica.offset === undefined ? 0 : (recent?.behindMs(replica.offset) ?? 0);
  const isLate = lateMs > longestSilenceSeconds * 1000;
  const behind =
    offset === undefined || replica.offset === undefined
      ? ''
      : `${formatBytes(Math.max(0, offset - replica.offset))} behind${isLate ? ` for over ${formatDuration(lateMs)}` : ''}`;
  const heard = lagSeconds === undefined ? '' : `heard ${lagSeconds} s ago`;
  const value = ['online', behind, heard].filter((part) => part !== '').join(', ');
  if (lagSeconds === undefined) return { ...base, value, state: 'unknown', detail: 'The server does not say its lag.' };
  if (lagSeconds > longestSilenceSeconds) {
    return {
      ...base,
      value,
      state: 'degraded',
      detail: `Not heard of for over ${longestSilenceSeconds} s: what it lacks is lost if it takes over.`,
    };
  }
  if (isLate) {
    const detail = `It answers, but lacks what was written more than ${longestSilenceSeconds} s ago: that is lost if it takes over.`;
    return { ...base, value, state: 'degraded', detail };
  }
  return { ...base, value, state: 'healthy', detail: `Heard of within the last ${longestSilenceSeconds} s.` };
}

function link(info: RedisInfo): Reading {
  const base = { id: 'replicationLink', label: 'Replication link' };
  const since = info.master_link_down_since_seconds;
  if (info.master_link_status === undefined) {
    return { ...base, value: 'no data', state: 'unknown', detail: 'The server did not say.' };
  }
  if (info.master_link_status !== 'up') {
    const forHow = since === undefined || since < 0 ? '' : ` for ${formatDuration(since * 1000)}`;
    const copying = info.master_sync_in_progress ? ', copying everything from the primary' : '';
    return {
      ...base,
      value: `${info.master_link_status}${forHow}${copying}`,
      state: 'degraded',
      detail: 'Broken: what is read here may be old.',
    };
  }
  const heard = info.master_last_io_seconds_ago;
  if (heard !== undefined && heard > longestSilenceSeconds) {
    return {
      ...base,
      value: `up, silent for ${heard} s`,
      state: 'degraded',
      detail: `The primary says something every ${longestSilenceSeconds} s at least: the link may be broken.`,
    };
  }
  if (heard === undefined) return { ...base, value: 'up', state: 'healthy', detail: 'By its own word.' };
  const detail = `Heard of within the last ${longestSilenceSeconds} s.`;
  return { ...base, value: `up, heard ${heard} s ago`, state: 'healthy', detail };
}
