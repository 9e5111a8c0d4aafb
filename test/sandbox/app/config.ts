import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** What the sample application is started with: its environment, and the .env file it reads once. */
export interface Config {
  readonly port: number;
  readonly redisUrl: string;
  /** User and password are given apart, so that no URL carries them. */
  readonly redisUsername: string | undefined;
  readonly redisPassword: string | undefined;
  /** Undefined: there is no Qdrant, and so no semantic cache. */
  readonly qdrantUrl: string | undefined;
  readonly qdrantCollection: string;
  readonly ttlSeconds: number;
  /** Unless CACHE_ENABLED is false in the .env file, when every answer is worked out. Changing it takes a restart. */
  readonly cacheEnabled: boolean;
  /** ENABLE_SEMANTIC_CACHE_V2 is 1 in the .env file. Changing it takes a restart. */
  readonly semanticEnabled: boolean;
  /** Where to write our process id, for whoever wants a restart (SIGHUP). */
  readonly pidFile: string | undefined;
}

/** Throws when a variable that must be there is missing. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const file = env['ENV_FILE'];
  const fromFile = file === undefined ? {} : parseEnv(readFileSync(file, 'utf8'));
  return {
    port: Number(required(env, 'PORT')),
    redisUrl: required(env, 'REDIS_URL'),
    redisUsername: env['REDIS_USERNAME'],
    redisPassword: env['REDIS_PASSWORD'],
    qdrantUrl: env['QDRANT_URL'],
    qdrantCollection: env['QDRANT_COLLECTION'] ?? 'cache_similarity',
    ttlSeconds: Number(env['CACHE_TTL_SECONDS'] ?? fromFile['CACHE_TTL_SECONDS'] ?? 900),
    cacheEnabled: fromFile['CACHE_ENABLED'] !== 'false',
    semanticEnabled: fromFile['ENABLE_SEMANTIC_CACHE_V2'] === '1',
    pidFile: env['PID_FILE'],
  };
}

function required(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`The sample application needs ${name} in its environment.`);
  return value;
}
