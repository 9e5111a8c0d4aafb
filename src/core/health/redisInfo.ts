import * as z from 'zod/mini';
import { formatHostPort } from '../environment/hosts.ts';

const count = z.catch(z.optional(z.coerce.number().check(z.int(), z.nonnegative())), undefined);
const ratio = z.catch(z.optional(z.coerce.number().check(z.nonnegative())), undefined);
const signed = z.catch(z.optional(z.coerce.number().check(z.int())), undefined);
const word = z.optional(z.string());

/**
 * The fields of Redis' INFO reply that are read here; each may be missing, because versions, forks and managed services
 * differ. Source: the INFO command's documentation (redis.io/commands/info); `valkey_version` is Valkey's own.
 */
const infoSchema = z.object({
  redis_version: word,
  redis_mode: word,
  server_time_usec: count,
  valkey_version: word,
  server_name: word,
  run_id: word,
  uptime_in_seconds: count,
  cluster_enabled: count,
  role: word,
  connected_slaves: count,
  min_slaves_good_slaves: count,
  master_host: word,
  master_port: word,
  master_link_status: word,
  master_last_io_seconds_ago: signed,
  master_sync_in_progress: count,
  master_link_down_since_seconds: signed,
  master_replid: word,
  master_replid2: word,
  master_repl_offset: count,
  slave_repl_offset: count,
  connected_clients: count,
  blocked_clients: count,
  maxclients: count,
  used_memory: count,
  used_memory_rss: count,
  total_system_memory: count,
  mem_clients_normal: count,
  maxmemory: count,
  maxmemory_policy: word,
  mem_fragmentation_ratio: ratio,
  evicted_keys: count,
  expired_keys: count,
  total_commands_processed: count,
  expired_stale_perc: ratio,
  rejected_connections: count,
  keyspace_hits: count,
  keyspace_misses: count,
  loading: count,
  loading_loaded_perc: ratio,
  loading_eta_seconds: count,
  rdb_last_save_time: count,
  rdb_last_bgsave_status: word,
  rdb_bgsave_in_progress: count,
  rdb_changes_since_last_save: count,
  current_save_keys_processed: count,
  current_save_keys_total: count,
  async_loading: count,
  aof_enabled: count,
  aof_rewrite_in_progress: count,
  aof_last_bgrewrite_status: word,
  aof_last_write_status: word,
  aof_delayed_fsync: count,
});

export interface Keyspace {
  readonly db: number;
  readonly keys: number;
  /** Keys with an expiry. */
  readonly expires: number;
}

/** A replica as its primary sees it. */
export interface ReplicaLink {
  readonly address: string;
  /** `online`, or a stage of the first synchronisation. */
  readonly state: string;
  /** How far it has acknowledged, in bytes of the replication stream. */
  readonly offset: number | undefined;
  /** Seconds since its last acknowledgement. */
  readonly lagSeconds: number | undefined;
}

export type RedisInfo = z.output<typeof infoSchema> & {
  /** Empty databases are not in it. */
  readonly keyspace: readonly Keyspace[];
  /** Whether it was said at all: an empty server says so too. */
  readonly keyspaceSaid: boolean;
  readonly replicas?: readonly ReplicaLink[];
};

/** Reads an INFO reply; whatever is not understood is left out, never guessed. */
export function parseInfo(reply: string): RedisInfo {
  const fields: Record<string, string> = {};
  const keyspace: Keyspace[] = [];
  const replicas: ReplicaLink[] = [];
  let keyspaceSaid = false;
  for (const line of reply.split('\n')) {
    if (line.startsWith('# Keyspace')) keyspaceSaid = true;
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith('#')) continue;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trimEnd();
    const db = /^db(\d+)$/.exec(name);
    if (/^slave\d+$/.test(name)) replicas.push(parseReplica(value));
    else if (db) keyspace.push(parseKeyspace(Number(db[1]), value));
    else if (value !== '') fields[name] = value;
  }
  return { ...infoSchema.parse(fields), keyspace, keyspaceSaid: keyspaceSaid || keyspace.length > 0, replicas };
}

/** `Redis 7.0.15`, `Valkey 8.1.1`; undefined where it was not said. */
export function serverVersion({ redis_version, valkey_version }: RedisInfo): string | undefined {
  if (valkey_version !== undefined) return `Valkey ${valkey_version}`;
  return redis_version === undefined ? undefined : `Redis ${redis_version}`;
}

/** `ip=10.0.0.2,port=6379,state=online,offset=42,lag=0` */
function parseReplica(value: string): ReplicaLink {
  const fields = new Map(
    value.split(',').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );
  const numberOf = (name: string): number | undefined => {
    const found = Number(fields.get(name) ?? Number.NaN);
    return Number.isNaN(found) ? undefined : found;
  };
  return {
    address: formatHostPort({ host: fields.get('ip') ?? '?', port: fields.get('port') ?? '?' }),
    state: fields.get('state') ?? 'unknown',
    offset: numberOf('offset'),
    lagSeconds: numberOf('lag'),
  };
}

/** `keys=5,expires=2,avg_ttl=0` */
function parseKeyspace(db: number, value: string): Keyspace {
  const numberOf = (name: string): number => Number(new RegExp(`(?:^|,)${name}=(\\d+)`).exec(value)?.[1] ?? 0);
  return { db, keys: numberOf('keys'), expires: numberOf('expires') };
}
