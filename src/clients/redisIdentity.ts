import type { Redis } from 'ioredis';
import type { Clock } from '../core/clock.ts';
import { parseInfo, serverVersion } from '../core/health/redisInfo.ts';
import type { RedisInfo } from '../core/health/redisInfo.ts';
import { marksOf } from '../core/operations/identity.ts';
import type { ServiceIdentity } from '../core/operations/identity.ts';
import { addressOf, RedisLink } from './redisLink.ts';
import type { RedisTarget } from './redisLink.ts';
import { reachedBy } from './reached.ts';

export interface IdentifiedRedis {
  readonly identity: ServiceIdentity;
  /** Undefined where the user may not call INFO. */
  readonly info: RedisInfo | undefined;
  readonly isCluster: boolean;
}

/** Who answers on a connection. A user without INFO learns less, and the identity says so. */
export async function readIdentity(redis: Redis, target: RedisTarget): Promise<IdentifiedRedis> {
  const reply = await redis.info().catch(whereDenied);
  const info = reply === undefined ? undefined : parseInfo(reply);
  const role = info?.role ?? (await roleOf(redis));
  const { resolved, fingerprint } = reachedBy(redis.stream);
  const isCluster = info?.cluster_enabled === 1;
  const runId = runIdOf(info);
  const identity = {
    service: 'Redis',
    address: addressOf(target),
    resolved,
    role: role === undefined ? undefined : role === 'master' ? 'primary' : 'replica',
    version: info && serverVersion(info),
    marks: marksOf({
      'run id': runId,
      'replication id': info?.master_replid,
      slots: isCluster ? await slotsOf(redis) : undefined,
      'TLS fingerprint': fingerprint,
    }),
    unknown: runId === undefined ? whyUnknown(info, target) : undefined,
  };
  return { identity, info, isCluster };
}

/** Who answers at each of these servers. Throws OpsError. */
export function identifyRedis(
  targets: readonly RedisTarget[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly ServiceIdentity[]> {
  return onEach(targets, clock, signal, async (redis, target) => (await readIdentity(redis, target)).identity);
}

/** INFO of each of these servers, in their order. Throws OpsError. */
export function readInfos(
  targets: readonly RedisTarget[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly RedisInfo[]> {
  return onEach(targets, clock, signal, async (redis) => parseInfo(await redis.info()));
}

/** Undefined where this user may not ask, or the server does not know the command. */
export function whereDenied(error: unknown): undefined {
  if (error instanceof Error && /^NOPERM|unknown command/i.test(error.message)) return undefined;
  throw error;
}

/** What `work` gives on each of these servers, in their order, over a connection of its own. Throws OpsError. */
export function onEach<T>(
  targets: readonly RedisTarget[],
  clock: Clock,
  signal: AbortSignal,
  work: (redis: Redis, target: RedisTarget) => Promise<T>,
): Promise<readonly T[]> {
  return Promise.all(
    targets.map(async (target) => {
      const link = new RedisLink(() => Promise.resolve(target), clock);
      try {
        return await link.use(signal, work);
      } finally {
        link.close();
      }
    }),
  );
}

/** Some services put zeros in its place. */
function runIdOf(info: RedisInfo | undefined): string | undefined {
  return info?.run_id === undefined || /^0*$/.test(info.run_id) ? undefined : info.run_id;
}

function whyUnknown(info: RedisInfo | undefined, { username = 'default' }: RedisTarget): string {
  if (info) return 'its INFO tells no run id';
  return `user ${username} may not call INFO, which an administrator can allow: ACL SETUSER ${username} +info`;
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
