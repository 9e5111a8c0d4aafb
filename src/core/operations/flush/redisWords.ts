import type { RedisServer } from './stores.ts';

/** `redis-1:6379, db 0`; of a cluster, which has one database only, the address alone. */
export function serverName(server: RedisServer | undefined): string {
  if (!server) return 'no server';
  return server.isCluster ? server.address : `${server.address}, db ${server.db}`;
}

/** What one would type; the password comes from REDISCLI_AUTH. */
export function redisCommand({ address, db, isCluster }: Pick<RedisServer, 'address' | 'db' | 'isCluster'>): string {
  const colon = address.lastIndexOf(':');
  const place = address.startsWith('/')
    ? `-s ${address}`
    : `-h ${address.slice(0, colon).replace(/^\[|\]$/g, '')} -p ${address.slice(colon + 1)}`;
  return `redis-cli ${place}${isCluster || db === 0 ? '' : ` -n ${db}`}`;
}

/** A replica takes no writes, whoever asks. */
export function obstaclesOf(servers: readonly RedisServer[]): readonly string[] {
  return servers
    .filter(({ isPrimary }) => !isPrimary)
    .map(
      ({ address }) =>
        `${address} is a replica and takes no writes. Name its primary, or its sentinels, in the environment.`,
    );
}
