import type { Environment } from '../core/environment/environment.ts';
import { parseRedisUrl } from '../core/environment/redisUrl.ts';
import type { RedisAddress } from '../core/environment/redisUrl.ts';
import type { TlsSettings } from '../core/environment/schema.ts';
import { OpsError } from '../core/errors.ts';
import { readPem } from './pem.ts';
import type { RedisTarget, RedisTls } from './redis.ts';

/** Gives the value of a secret-bearing field such as `redis.password`, undefined where the settings name none. */
export type SecretLookup = (field: string) => Promise<string | undefined>;

/** Where and how to connect to the Redis of an environment. Throws OpsError for what is missing or cannot be done. */
export async function resolveRedisTarget(environment: Environment, secret: SecretLookup): Promise<RedisTarget> {
  const { redis } = environment.settings;
  const address = redis?.url === undefined ? undefined : parseRedisUrl(redis.url);
  if (!redis || !address) {
    throw new OpsError(
      'settings',
      `${environment.name} names no single Redis server: Sentinel and Cluster are not supported by this version.`,
      {
        next: 'Set redis.url to one server.',
      },
    );
  }
  const encrypted = (address.kind === 'tcp' && address.tls) || redis.tls !== undefined;
  return {
    endpoint: address.kind === 'tcp' ? { host: address.host, port: address.port } : { path: address.path },
    db: address.db,
    username: redis.username ?? address.username,
    password: (await secret('redis.password')) ?? address.password,
    tls: encrypted ? await readTls(environment, address, redis.tls, secret) : undefined,
  };
}

/** Without a name of its own in the settings, the certificate has to be for the host that is connected to. */
async function readTls(
  environment: Environment,
  address: RedisAddress,
  tls: TlsSettings | undefined,
  secret: SecretLookup,
): Promise<RedisTls> {
  const host = address.kind === 'tcp' ? { servername: address.host } : {};
  return { ...host, ...(await readPem(environment, tls, () => secret('redis.tls.passphrase'))) };
}
