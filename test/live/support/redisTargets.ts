import type { RedisTarget } from '../../../src/clients/redis.ts';

/** A target on this machine: no login, no TLS, database 0, unless said otherwise. */
export function targetAt(port: number, more: Partial<RedisTarget> = {}): RedisTarget {
  return {
    endpoint: { host: '127.0.0.1', port },
    db: 0,
    username: undefined,
    password: undefined,
    tls: undefined,
    ...more,
  };
}
