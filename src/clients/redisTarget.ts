import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../core/environment/environment.ts';
import { parseRedisUrl } from '../core/environment/redisUrl.ts';
import type { RedisAddress } from '../core/environment/redisUrl.ts';
import type { TlsSettings } from '../core/environment/schema.ts';
import { OpsError } from '../core/errors.ts';
import { readTextFile } from './files.ts';
import type { RedisTarget, RedisTls } from './redis.ts';

const largestPemBytes = 1024 * 1024;

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

async function readTls(
  environment: Environment,
  address: RedisAddress,
  tls: TlsSettings | undefined,
  secret: SecretLookup,
): Promise<RedisTls> {
  const read = async (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : (await readTextFile(fromFolder(environment, path), largestPemBytes)).text;
  const [ca, cert, key, passphrase] = await Promise.all([
    read(tls?.ca),
    read(tls?.cert),
    read(tls?.key),
    secret('redis.tls.passphrase'),
  ]);
  const servername = tls?.serverName ?? (address.kind === 'tcp' ? address.host : undefined);
  return {
    rejectUnauthorized: tls?.verify ?? true,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(servername === undefined ? {} : { servername }),
  };
}

/** Relative paths of settings start at the workspace folder. */
function fromFolder({ name, folder }: Environment, path: string): string {
  if (isAbsolute(path)) return path;
  if (folder === undefined) {
    throw new OpsError('settings', `${name}: "${path}" is a relative path, but the environment belongs to no folder.`, {
      next: 'Write the whole path.',
    });
  }
  return join(fileURLToPath(folder), path);
}
