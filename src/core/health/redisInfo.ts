import * as z from 'zod/mini';

const count = z.catch(z.optional(z.coerce.number().check(z.int(), z.nonnegative())), undefined);
const ratio = z.catch(z.optional(z.coerce.number().check(z.nonnegative())), undefined);
const word = z.optional(z.string());

/**
 * The fields of Redis' INFO reply that are read here; each may be missing, because versions, forks and managed services
 * differ. Source: the INFO command's documentation (redis.io/commands/info); `valkey_version` is Valkey's own.
 */
const infoSchema = z.object({
  redis_version: word,
  valkey_version: word,
  server_name: word,
  run_id: word,
  uptime_in_seconds: count,
  role: word,
  connected_slaves: count,
  master_host: word,
  master_port: word,
  master_link_status: word,
  connected_clients: count,
  maxclients: count,
  used_memory: count,
  maxmemory: count,
  maxmemory_policy: word,
  mem_fragmentation_ratio: ratio,
  evicted_keys: count,
  keyspace_hits: count,
  keyspace_misses: count,
  loading: count,
  loading_loaded_perc: ratio,
  loading_eta_seconds: count,
  rdb_last_save_time: count,
  rdb_last_bgsave_status: word,
  rdb_bgsave_in_progress: count,
  aof_enabled: count,
});

export interface Keyspace {
  readonly db: number;
  readonly keys: number;
  /** Keys with an expiry. */
  readonly expires: number;
}

export type RedisInfo = z.output<typeof infoSchema> & { readonly keyspace: readonly Keyspace[] };

/** Reads an INFO reply; whatever is not understood is left out, never guessed. */
export function parseInfo(reply: string): RedisInfo {
  const fields: Record<string, string> = {};
  const keyspace: Keyspace[] = [];
  for (const line of reply.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith('#')) continue;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trimEnd();
    const db = /^db(\d+)$/.exec(name);
    if (db) keyspace.push(parseKeyspace(Number(db[1]), value));
    else if (value !== '') fields[name] = value;
  }
  return { ...infoSchema.parse(fields), keyspace };
}

/** `keys=5,expires=2,avg_ttl=0` */
function parseKeyspace(db: number, value: string): Keyspace {
  const numberOf = (name: string): number => Number(new RegExp(`(?:^|,)${name}=(\\d+)`).exec(value)?.[1] ?? 0);
  return { db, keys: numberOf('keys'), expires: numberOf('expires') };
}
