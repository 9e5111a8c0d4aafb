import type { TLSSocket } from 'node:tls';
import type { Redis } from 'ioredis';
import { formatHostPort } from '../../core/environment/hosts.ts';
import { parseInfo } from '../../core/health/redisInfo.ts';
import type { RedisServer } from '../../core/operations/flush/stores.ts';
import { addressOf } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';

/** Who a server is and what it holds: INFO, DBSIZE, and of a cluster's node its slots. A user without INFO learns less. */
export async function readServer(redis: Redis, target: RedisTarget): Promise<RedisServer> {
  const address = addressOf(target);
  const [info, keys] = await Promise.all([redis.info().catch(whereDenied), redis.dbsize()]);
  const atMs = performance.now();
  const parsed = info === undefined ? undefined : parseInfo(info);
  const isCluster = fieldOf(info, 'cluster_enabled') === '1';
  const slots = isCluster ? await slotsOf(redis) : undefined;
  const role = parsed?.role === undefined ? await roleOf(redis) : parsed.role;
  const name = parsed?.valkey_version === undefined ? 'Redis' : 'Valkey';
  const version = parsed?.valkey_version ?? parsed?.redis_version;
  const resolved = resolvedAddress(redis);
  const marks = {
    'run id': parsed?.run_id,
    'replication id': fieldOf(info, 'master_replid'),
    slots,
    'TLS fingerprint': fingerprintOf(redis),
  };
  return {
    identity: {
      service: 'Redis',
      address,
      ...(resolved === undefined ? {} : { resolved }),
      ...(role === undefined ? {} : { role: role === 'master' ? 'primary' : 'replica' }),
      ...(version === undefined ? {} : { version: `${name} ${version}` }),
      marks: Object.fromEntries(
        Object.entries(marks).filter((mark): mark is [string, string] => mark[1] !== undefined),
      ),
    },
    address,
    db: target.db,
    keys,
    databases: parsed?.keyspace.map(({ db, keys: count }) => ({ db, keys: count })),
    isPrimary: role !== 'slave',
    isCluster,
    hits: parsed?.keyspace_hits === undefined ? undefined : { count: parsed.keyspace_hits, atMs },
  };
}

/** Replication ids of the data a server holds: its own, and that of the primary it took over from. */
export async function lineageOf(redis: Redis): Promise<readonly string[]> {
  const info = await redis.info('replication').catch(whereDenied);
  return ['master_replid', 'master_replid2'].flatMap((name) => fieldOf(info, name) ?? []);
}

/** For a user without INFO. */
async function roleOf(redis: Redis): Promise<string | undefined> {
  const reply = await redis.call('ROLE').catch(whereDenied);
  return Array.isArray(reply) ? String(reply[0]) : undefined;
}

/** `0-5460 6000`: of the line of CLUSTER NODES that says `myself`. Slots that are moving just now stand in brackets. */
async function slotsOf(redis: Redis): Promise<string | undefined> {
  const reply = await redis.call('CLUSTER', 'NODES').catch(whereDenied);
  if (typeof reply !== 'string') return undefined;
  const own = reply.split('\n').find((line) => /\bmyself\b/.test(line));
  return own?.split(' ').slice(8).join(' ');
}

function fingerprintOf({ stream }: Redis): string | undefined {
  return stream && isTls(stream) ? stream.getPeerCertificate().fingerprint256 : undefined;
}

function isTls(socket: object): socket is TLSSocket {
  return 'getPeerCertificate' in socket;
}

function resolvedAddress({ stream }: Redis): string | undefined {
  if (!stream || !('remoteAddress' in stream)) return undefined;
  const { remoteAddress, remotePort } = stream;
  return typeof remoteAddress === 'string' && typeof remotePort === 'number'
    ? formatHostPort({ host: remoteAddress.replace(/^::ffff:/, ''), port: remotePort })
    : undefined;
}

function fieldOf(info: string | undefined, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(info ?? '')?.[1];
}

function whereDenied(error: unknown): undefined {
  if (error instanceof Error && /^NOPERM|unknown command/i.test(error.message)) return undefined;
  throw error;
}
