import { formatBytes, formatCount, formatDuration, formatMilliseconds, formatRatio } from '../format.ts';
import type { HitRate, LookupHistory } from '../metrics/hitRate.ts';
import type { Failure, HealthState, Reading, ServiceReport } from './reading.ts';
import { worst } from './reading.ts';
import type { RedisInfo } from './redisInfo.ts';

/** What one poll of a Redis brought back. */
export interface RedisSample {
  /** Monotonic ms, and wall clock ms since 1970, of the moment the answer was complete. */
  readonly atMs: number;
  readonly readAtMs: number;
  /** PING and its answer. */
  readonly roundTripMs: number;
  /** `redis-primary:6379`, `/run/redis.sock`. */
  readonly address: string;
  readonly user: string;
  /** Undefined when the user may not call INFO. */
  readonly info: RedisInfo | undefined;
}

/** The limits of an environment that concern Redis. Ratios are 0 to 1, memory is in bytes. */
export interface RedisLimits {
  readonly hitRate?: { readonly warning?: number | undefined; readonly critical?: number | undefined } | undefined;
  readonly redisMemory?: number | undefined;
}

export type HitRateJudgement = 'ok' | 'warning' | 'critical' | 'unjudged';

/** A rate that does not exist, or for which no limit is set, is not judged. */
export function judgeHitRate(rate: HitRate, limits: RedisLimits['hitRate']): HitRateJudgement {
  if (rate.kind !== 'rate' || (limits?.warning === undefined && limits?.critical === undefined)) return 'unjudged';
  if (limits.critical !== undefined && rate.ratio < limits.critical) return 'critical';
  return limits.warning !== undefined && rate.ratio < limits.warning ? 'warning' : 'ok';
}

/** The window in words: `last 60 s`, `since start`. */
export function windowWords(rate: HitRate): string {
  if (rate.kind === 'noData') return rate.why;
  return rate.windowMs === undefined ? 'since start' : `last ${formatDuration(rate.windowMs)}`;
}

export const minuteMs = 60_000;

/** What a sample means: every reading with its state, in the order the tree shows them. */
export function reportRedis(sample: RedisSample, history: LookupHistory, limits: RedisLimits): ServiceReport {
  const readings = sample.info
    ? [...connectionReadings(sample), ...infoReadings(sample, sample.info, history, limits)]
    : [...connectionReadings(sample), infoDenied(sample.user)];
  const state = worst(readings.map((reading) => reading.state));
  const troubled = readings.filter((reading) => reading.state === state).map((reading) => reading.label.toLowerCase());
  const summary = state === 'healthy' ? 'healthy' : `${state}: ${troubled.join(', ')}`;
  return { state, summary, readings, readAtMs: sample.readAtMs };
}

/** Reads that failed: what was known is kept as what it was, but nothing of it is claimed to be so now. */
export function reportFailure(failure: Failure, last: ServiceReport | undefined): ServiceReport {
  const state: HealthState = failure.code === 'secretMissing' || failure.code === 'settings' ? 'unknown' : 'down';
  const readings = (last?.readings ?? [])
    .filter((reading) => reading.id !== 'connection')
    .map((reading) => ({
      ...reading,
      state: 'unknown' as const,
      detail: 'Not read now: this is the last known value.',
    }));
  return { state, summary: failureWords[failure.code] ?? failure.code, readings, readAtMs: last?.readAtMs, failure };
}

const failureWords: Partial<Record<Failure['code'], string>> = {
  settings: 'not set up',
  secretMissing: 'secret needed',
  nameNotResolved: 'host name not found',
  refused: 'connection refused',
  unreachable: 'not reachable',
  tls: 'TLS failed',
  authentication: 'login failed',
  permission: 'not permitted',
  timedOut: 'timed out',
  busy: 'not ready',
  protocol: 'unexpected answer',
  file: 'file not readable',
};

function connectionReadings(sample: RedisSample): Reading[] {
  return [
    { id: 'connection', label: 'Connection', value: `${sample.address} as ${sample.user}`, state: 'healthy' },
    {
      id: 'roundTrip',
      label: 'Round trip',
      value: formatMilliseconds(sample.roundTripMs),
      state: 'fact',
      detail: 'PING and its answer.',
    },
  ];
}

function infoDenied(user: string): Reading {
  return {
    id: 'info',
    label: 'Server state',
    value: 'not permitted',
    state: 'unknown',
    detail: `User ${user} may not call INFO. An administrator can allow it: ACL SETUSER ${user} +info`,
  };
}

function infoReadings(sample: RedisSample, info: RedisInfo, history: LookupHistory, limits: RedisLimits): Reading[] {
  return [
    version(info),
    role(info),
    hitRate('hitRateMinute', 'Keyspace hit rate, last minute', history.over(minuteMs), limits.hitRate, history),
    hitRate('hitRateStart', 'Keyspace hit rate, since start', history.sinceStart(), undefined, history),
    memory(info, limits),
    keyspace(info),
    evictions(info),
    clients(info),
    lastSave(info, sample.readAtMs),
  ];
}

function missing(id: string, label: string): Reading {
  return { id, label, value: 'no data', state: 'unknown', detail: 'The server did not say.' };
}

function version(info: RedisInfo): Reading {
  const name = info.valkey_version ? `Valkey ${info.valkey_version}` : `Redis ${info.redis_version ?? ''}`.trim();
  if (!info.valkey_version && !info.redis_version) return missing('version', 'Version');
  const up = info.uptime_in_seconds === undefined ? '' : `, up ${formatDuration(info.uptime_in_seconds * 1000)}`;
  return { id: 'version', label: 'Version', value: name + up, state: 'fact' };
}

function role(info: RedisInfo): Reading {
  const base = { id: 'role', label: 'Role' };
  if (info.role === 'master') {
    const replicas = info.connected_slaves ?? 0;
    return {
      ...base,
      value: replicas === 0 ? 'primary' : `primary with ${replicas} replica${replicas === 1 ? '' : 's'}`,
      state: 'healthy',
    };
  }
  if (info.role !== 'slave') return missing('role', 'Role');
  const value = `replica of ${info.master_host ?? '?'}:${info.master_port ?? '?'}`;
  return info.master_link_status === 'up'
    ? { ...base, value, state: 'healthy' }
    : {
        ...base,
        value: `${value}, link ${info.master_link_status ?? 'unknown'}`,
        state: 'degraded',
        detail: 'The link to the primary is not up: what is read here may be old.',
      };
}

function hitRate(
  id: string,
  label: string,
  rate: HitRate,
  limits: RedisLimits['hitRate'],
  history: LookupHistory,
): Reading {
  const source =
    'Source: keyspace_hits and keyspace_misses of INFO stats: every lookup of a key by any client, not the application’s own count.';
  const restarted = history.restartedAtMs === undefined ? '' : ' The counters started again a moment ago.';
  const base = { id, label };
  if (rate.kind === 'noData') return { ...base, value: `no data yet (${rate.why})`, state: 'fact', detail: source };
  if (rate.kind === 'noTraffic')
    return {
      ...base,
      value: 'no traffic',
      state: 'fact',
      detail: `${source} No lookup, ${windowWords(rate)}.${restarted}`,
    };
  const judgement = judgeHitRate(rate, limits);
  const broken = judgement === 'critical' ? limits?.critical : judgement === 'warning' ? limits?.warning : undefined;
  return {
    ...base,
    value: formatRatio(rate.ratio),
    state: broken !== undefined ? 'degraded' : judgement === 'ok' ? 'healthy' : 'fact',
    detail: [
      broken === undefined ? '' : `Below the ${judgement} limit of ${formatRatio(broken)}. `,
      `${formatCount(rate.hits)} hits, ${formatCount(rate.misses)} misses, ${windowWords(rate)}. ${source}${restarted}`,
    ].join(''),
  };
}

/** Full is normal for a cache that evicts, and near failure for one that does not. */
function memory(info: RedisInfo, limits: RedisLimits): Reading {
  const base = { id: 'memory', label: 'Memory' };
  if (info.used_memory === undefined) return missing('memory', 'Memory');
  const used = formatBytes(info.used_memory);
  const policy = info.maxmemory_policy ?? 'unknown policy';
  const limit = info.maxmemory;
  const value =
    limit === undefined
      ? used
      : limit === 0
        ? `${used}, no limit set`
        : `${used} of ${formatBytes(limit)} (${formatRatio(info.used_memory / limit)})`;
  if (limits.redisMemory !== undefined && info.used_memory > limits.redisMemory) {
    return {
      ...base,
      value,
      state: 'degraded',
      detail: `Above the environment’s limit of ${formatBytes(limits.redisMemory)}.`,
    };
  }
  if (limit !== undefined && limit > 0 && policy === 'noeviction' && info.used_memory > 0.9 * limit) {
    return {
      ...base,
      value,
      state: 'degraded',
      detail: 'Over 90 % of maxmemory with policy noeviction: writes fail once it is full.',
    };
  }
  const detail =
    limit === 0
      ? `maxmemory is 0: Redis takes what the machine has. Policy: ${policy}.`
      : `maxmemory-policy: ${policy}.`;
  return { ...base, value, state: limits.redisMemory === undefined && !limit ? 'fact' : 'healthy', detail };
}

function keyspace(info: RedisInfo): Reading {
  const dbs = info.keyspace.map(({ db, keys }) => `db${db} ${formatCount(keys)}`);
  const detail = info.keyspace.map(
    ({ db, keys, expires }) => `db${db}: ${formatCount(keys)} keys, ${formatCount(expires)} of them with an expiry.`,
  );
  return {
    id: 'keys',
    label: 'Keys',
    value: dbs.length === 0 ? 'none' : dbs.join(', '),
    state: 'fact',
    detail: detail.join(' '),
  };
}

function evictions(info: RedisInfo): Reading {
  if (info.evicted_keys === undefined) return missing('evictions', 'Evictions');
  return { id: 'evictions', label: 'Evictions', value: `${formatCount(info.evicted_keys)} since start`, state: 'fact' };
}

function clients(info: RedisInfo): Reading {
  const base = { id: 'clients', label: 'Clients' };
  const { connected_clients: connected, maxclients: most } = info;
  if (connected === undefined) return missing('clients', 'Clients');
  if (most === undefined) return { ...base, value: formatCount(connected), state: 'fact' };
  const value = `${formatCount(connected)} of ${formatCount(most)}`;
  return connected > 0.9 * most
    ? { ...base, value, state: 'degraded', detail: 'Over 90 % of maxclients: new connections will be refused.' }
    : { ...base, value, state: 'healthy' };
}

function lastSave(info: RedisInfo, nowMs: number): Reading {
  const base = { id: 'lastSave', label: 'Last save' };
  if (info.rdb_last_save_time === undefined) return missing('lastSave', 'Last save');
  const age = `${formatDuration(nowMs - info.rdb_last_save_time * 1000)} ago`;
  const aof = info.aof_enabled ? ' Append-only file: on.' : ' Append-only file: off.';
  if (info.rdb_bgsave_in_progress) return { ...base, value: `${age}; saving now`, state: 'fact', detail: aof.trim() };
  if (info.rdb_last_bgsave_status !== undefined && info.rdb_last_bgsave_status !== 'ok') {
    return {
      ...base,
      value: `${age}; the last try failed`,
      state: 'degraded',
      detail: `rdb_last_bgsave_status is ${info.rdb_last_bgsave_status}: look at the server’s log.${aof}`,
    };
  }
  return {
    ...base,
    value: age,
    state: 'fact',
    detail: `By the server’s clock against this machine’s. A server that never saved counts from its start.${aof}`,
  };
}
