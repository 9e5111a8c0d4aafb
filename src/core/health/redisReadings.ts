import { formatHostPort } from '../environment/hosts.ts';
import { formatBytes, formatCount, formatDuration, formatMilliseconds, formatCountOf, formatRatio } from '../format.ts';
import type { HitRate, LookupHistory } from '../metrics/hitRate.ts';
import { lookupCounts, minuteMs, windowWords } from '../metrics/hitRate.ts';
import { keyspaceSource } from '../metrics/sourcedHitRate.ts';
import type { Reading } from './reading.ts';
import { serverVersion } from './redisInfo.ts';
import type { RedisInfo } from './redisInfo.ts';
import { evictionPolicy, evictions, expiry, memoryDetails, memoryTrouble } from './redisMemory.ts';
import { offerFor, persistenceReadings } from './redisPersistence.ts';
import type { RedisRecent } from './redisRecent.ts';
import { replicationReadings } from './redisReplication.ts';
import type { RedisLimits, RedisSample } from './redisReport.ts';

export function connectionReadings(
  sample: RedisSample,
  recent: RedisRecent | undefined,
  limits: RedisLimits,
): Reading[] {
  const trips = recent?.roundTrips();
  const refused = sample.writesRefused;
  const spread = trips
    ? ` Of the last ${trips.polls} polls: p50 ${formatMilliseconds(trips.p50Ms)}, p99 ${formatMilliseconds(trips.p99Ms)}.`
    : '';
  return [
    {
      id: 'connection',
      label: 'Connection',
      value: `${sample.address} as ${sample.user}`,
      state: 'healthy',
      detail: 'It answers PING.',
    },
    {
      id: 'roundTrip',
      label: 'Round trip',
      value: formatMilliseconds(sample.roundTripMs) + (trips ? ` (p99 ${formatMilliseconds(trips.p99Ms)})` : ''),
      ...judgeRoundTrip(trips?.p50Ms ?? sample.roundTripMs, limits.roundTrip, [
        `PING and its answer${sample.cluster ? ', of the slowest node' : ''}.${spread}`,
      ]),
    },
    ...(refused === undefined ? [] : [writesRefused(refused)]),
  ];
}

/** By the median of the last polls: a single slow answer says little. */
function judgeRoundTrip(
  usualMs: number,
  limitMs: number | undefined,
  notes: readonly string[],
): Pick<Reading, 'state' | 'detail'> {
  if (limitMs === undefined) return { state: 'fact', detail: notes.join(' ') };
  const isOver = usualMs > limitMs;
  const rule = `Half of them ${isOver ? 'take longer than' : 'are within'} the environment’s limit of ${formatMilliseconds(limitMs)}.`;
  return { state: isOver ? 'degraded' : 'healthy', detail: [...notes, rule].join(' ') };
}

function writesRefused(words: string): Reading {
  return {
    id: 'writes',
    label: 'Writes',
    value: 'refused',
    state: 'degraded',
    detail: `Nothing new can be cached; what is there is still served. It says: ${words}`,
    ...offerFor(words),
  };
}

export function infoDenied(user: string): Reading {
  return {
    id: 'info',
    label: 'Server state',
    value: 'not permitted',
    state: 'unknown',
    detail: `User ${user} may not call INFO. An administrator can allow it: ACL SETUSER ${user} +info`,
  };
}

export function infoReadings(
  sample: RedisSample,
  info: RedisInfo,
  history: LookupHistory,
  limits: RedisLimits,
  recent: RedisRecent | undefined,
  nowMs: number,
): Reading[] {
  return [
    version(info),
    ...(sample.cluster ? [] : [role(info), ...replicationReadings(info, sample.atMs, recent)]),
    hitRate('hitRateMinute', history.over(minuteMs), history),
    hitRate('hitRateStart', history.sinceStart(), history),
    memory(info, limits),
    ...memoryDetails(info),
    keyspace(info),
    ...evictionPolicy(info),
    evictions(info, recent, limits.evictionsPerMinute),
    ...expiry(info, recent),
    clients(info, recent),
    ...blocked(info),
    ...(sample.cluster ? [] : persistenceReadings(info, nowMs, sample.writesRefused)),
  ];
}

function missing(id: string, label: string): Reading {
  return { id, label, value: 'no data', state: 'unknown', detail: 'The server did not say.' };
}

function version(info: RedisInfo): Reading {
  const name = serverVersion(info);
  if (name === undefined) return missing('version', 'Version');
  const up = info.uptime_in_seconds === undefined ? '' : `, up ${formatDuration(info.uptime_in_seconds * 1000)}`;
  return { id: 'version', label: 'Version', value: name + up, state: 'fact' };
}

function role(info: RedisInfo): Reading {
  const base = { id: 'role', label: 'Role' };
  if (info.role === 'master') {
    const replicas = info.connected_slaves ?? 0;
    return {
      ...base,
      value: replicas === 0 ? 'primary' : `primary with ${formatCountOf(replicas, 'replica')}`,
      state: 'healthy',
      detail: 'It takes writes.',
    };
  }
  if (info.role !== 'slave') return missing('role', 'Role');
  const value = `replica of ${formatHostPort({ host: info.master_host ?? '?', port: info.master_port ?? '?' })}`;
  return info.master_link_status === 'up'
    ? { ...base, value, state: 'healthy', detail: 'Linked to its primary.' }
    : {
        ...base,
        value: `${value}, link ${info.master_link_status ?? 'unknown'}`,
        state: 'degraded',
        detail: 'The link to the primary is not up: what is read here may be old.',
      };
}

/** A fact here: the environment’s hit rate is judged, from whichever source it comes. */
function hitRate(id: string, rate: HitRate, history: LookupHistory): Reading {
  const base = { id, label: 'Keyspace hit rate' };
  const restarted = history.restartedAtMs === undefined ? '' : 'The counters started again a moment ago.';
  if (rate.kind === 'noData') return { ...base, value: `no data (${rate.why})`, state: 'fact', detail: keyspaceSource };
  const window = windowWords(rate);
  if (rate.kind === 'noTraffic') {
    return {
      ...base,
      value: `no traffic, ${window}`,
      state: 'fact',
      detail: sentences('No key was looked up.', restarted, keyspaceSource),
    };
  }
  const counts = `${lookupCounts(rate)}, ${window}.`;
  return {
    ...base,
    value: `${formatRatio(rate.ratio)}, ${window}`,
    state: 'fact',
    detail: sentences(counts, restarted, keyspaceSource),
  };
}

function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}

function memory(info: RedisInfo, limits: RedisLimits): Reading {
  const { used_memory: used, maxmemory: most } = info;
  if (used === undefined) return missing('memory', 'Memory');
  const policy = info.maxmemory_policy ?? 'not said';
  const reading = (state: Reading['state'], detail: string): Reading => {
    return { id: 'memory', label: 'Memory', value: memoryWords(used, most), state, detail };
  };
  if (limits.redisMemory !== undefined && used > limits.redisMemory) {
    return reading('degraded', `Above the environment’s limit of ${formatBytes(limits.redisMemory)}.`);
  }
  const trouble = memoryTrouble(info);
  if (trouble !== undefined) return reading('degraded', trouble);
  if (most) return reading('healthy', `maxmemory-policy: ${policy}.`);
  const detail =
    most === 0 ? 'maxmemory is 0: Redis takes what the machine has.' : 'The server does not say its limit.';
  return reading(limits.redisMemory === undefined ? 'fact' : 'healthy', detail);
}

function memoryWords(used: number, most: number | undefined): string {
  if (most === undefined) return formatBytes(used);
  return most === 0
    ? `${formatBytes(used)}, no limit set`
    : `${formatBytes(used)} of ${formatBytes(most)} (${formatRatio(used / most)})`;
}

function keyspace(info: RedisInfo): Reading {
  if (!info.keyspaceSaid) return missing('keys', 'Keys');
  const dbs = info.keyspace.map(({ db, keys }) => `db${db} ${formatCount(keys)}`);
  const all = info.keyspace.reduce((sum, { keys }) => sum + keys, 0);
  const together = dbs.length > 3 ? `${formatCount(all)} in ${dbs.length} databases` : dbs.join(', ');
  const detail = info.keyspace.map(
    ({ db, keys, expires }) =>
      `db${db}: ${formatCountOf(keys, 'key')}, ${formatCount(expires)} of them with an expiry.`,
  );
  return {
    id: 'keys',
    label: 'Keys',
    value: dbs.length === 0 ? 'none' : together,
    state: 'fact',
    detail: detail.join(' '),
  };
}

/** Undefined: there is room for more, as far as it says. */
export function clientsTrouble({ connected_clients: connected, maxclients: most }: RedisInfo): string | undefined {
  if (connected === undefined || most === undefined || connected <= 0.9 * most) return undefined;
  return 'Over 90 % of maxclients: new connections will be refused.';
}

function clients(info: RedisInfo, recent: RedisRecent | undefined): Reading {
  const base = { id: 'clients', label: 'Clients' };
  const { connected_clients: connected, maxclients: most } = info;
  if (connected === undefined) return missing('clients', 'Clients');
  const value = most === undefined ? formatCount(connected) : `${formatCount(connected)} of ${formatCount(most)}`;
  const refused = recent?.rise('rejected_connections');
  if (refused && refused.count > 0) {
    const detail = `${formatCountOf(refused.count, 'connection was', 'connections were')} refused because maxclients was reached, ${windowWords({ kind: 'noTraffic', windowMs: refused.windowMs })}.`;
    return { ...base, value, state: 'degraded', detail };
  }
  if (most === undefined) return { ...base, value, state: 'fact' };
  const trouble = clientsTrouble(info);
  return trouble !== undefined
    ? { ...base, value, state: 'degraded', detail: trouble }
    : { ...base, value, state: 'healthy', detail: 'At most 90 % of maxclients.' };
}

function blocked({ blocked_clients: count }: RedisInfo): Reading[] {
  if (count === undefined) return [];
  const detail = 'Clients that wait in a blocking command, such as BLPOP or WAIT. Normal for queues.';
  return [{ id: 'blockedClients', label: 'Blocked clients', value: formatCount(count), state: 'fact', detail }];
}
