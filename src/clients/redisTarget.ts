import { isIP } from 'node:net';
import type { Environment } from '../core/environment/environment.ts';
import type { HostPort } from '../core/environment/hosts.ts';
import { parseRedisUrl } from '../core/environment/redisUrl.ts';
import { OpsError } from '../core/errors.ts';
import { readPem } from './pem.ts';
import type { RedisTarget, RedisTls } from './redisLink.ts';
import type { Dial } from './tunnel/stream.ts';
import { refusePastTunnel } from './tunnels.ts';

/** Gives the value of a secret-bearing field such as `redis.password`, undefined where the settings name none. */
export type SecretLookup = (field: string) => Promise<string | undefined>;

/** How every server of a Redis deployment is logged in to. */
export interface RedisLogin {
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: RedisTls | undefined;
  readonly dial?: Dial | undefined;
}

/** How a Redis is deployed, with all that is needed to connect. */
export type RedisTopology =
  | { readonly kind: 'single'; readonly target: RedisTarget }
  | {
      readonly kind: 'sentinel';
      readonly name: string;
      readonly sentinels: readonly HostPort[];
      /** On the sentinels. */
      readonly sentinelLogin: RedisLogin;
      /** On the servers they watch. */
      readonly login: RedisLogin;
    }
  | { readonly kind: 'cluster'; readonly seeds: readonly HostPort[]; readonly login: RedisLogin };

/**
 * One server of a deployment. Without a name of its own in the settings, the certificate has to be for `host`; an address is
 * not sent as a name.
 */
export function targetOn(login: RedisLogin, { host, port }: HostPort): RedisTarget {
  const { tls, ...rest } = login;
  return {
    ...rest,
    endpoint: { host, port },
    tls: tls && { ...(isIP(host) === 0 ? { servername: host } : {}), ...tls },
  };
}

/**
 * How the Redis of an environment is deployed and logged in to; through `dial` where there is a tunnel. Throws OpsError
 * for what is missing or cannot be done.
 */
export async function resolveRedisTopology(
  environment: Environment,
  secret: SecretLookup,
  dial?: Dial,
): Promise<RedisTopology> {
  const { redis } = environment.settings;
  if (redis?.sentinels !== undefined) {
    const login = await loginOf(environment, secret, dial);
    const sentinelPassword = await secret('redis.sentinelPassword');
    return {
      kind: 'sentinel',
      name: redis.name ?? '',
      sentinels: redis.sentinels,
      sentinelLogin: { ...login, db: 0, username: redis.sentinelUsername, password: sentinelPassword },
      login,
    };
  }
  if (redis?.cluster !== undefined) {
    return { kind: 'cluster', seeds: redis.cluster, login: await loginOf(environment, secret, dial) };
  }
  return { kind: 'single', target: await resolveRedisTarget(environment, secret, dial) };
}

/** Where and how to connect to the one Redis server of an environment. Throws OpsError where it names none. */
export async function resolveRedisTarget(
  environment: Environment,
  secret: SecretLookup,
  dial?: Dial,
): Promise<RedisTarget> {
  const { redis } = environment.settings;
  const address = redis?.url === undefined ? undefined : parseRedisUrl(redis.url);
  if (!redis || !address) {
    throw new OpsError('settings', `${environment.name} names no single Redis server.`, {
      next: 'Set redis.url to one server.',
    });
  }
  const login = await loginOf(environment, secret, dial);
  const encrypted = login.tls ?? (address.kind === 'tcp' && address.tls ? { rejectUnauthorized: true } : undefined);
  const found = {
    ...login,
    db: address.db,
    username: redis.username ?? address.username,
    password: login.password ?? address.password,
    tls: encrypted,
  };
  return address.kind === 'tcp' ? targetOn(found, address) : { ...found, endpoint: { path: address.path } };
}

async function loginOf(environment: Environment, secret: SecretLookup, dial: Dial | undefined): Promise<RedisLogin> {
  const { redis } = environment.settings;
  if (!dial) refusePastTunnel(environment, 'redis');
  return {
    db: redis?.db ?? 0,
    username: redis?.username,
    password: await secret('redis.password'),
    tls: redis?.tls && (await readPem(environment, redis.tls, () => secret('redis.tls.passphrase'))),
    ...(dial === undefined ? {} : { dial }),
  };
}
