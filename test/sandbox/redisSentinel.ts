import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { ensureProgram } from './install.ts';
import { startRedis } from './redis.ts';
import type { RedisServer } from './redis.ts';
import { onPort, startServerProcess } from './serverProcess.ts';
import type { ServerProcess } from './serverProcess.ts';

export interface SentinelServer extends ServerProcess {
  readonly port: number;
}

export interface SentinelGroup {
  /** The one that is primary at first, then its replica. */
  readonly servers: readonly [RedisServer, RedisServer];
  readonly sentinels: readonly SentinelServer[];
  readonly name: string;
  readonly password: string;
  stop(): Promise<void>;
}

const name = 'shop-cache';
const password = 'group-pw';

/** A primary with a replica, watched by three sentinels of which two have to agree; up when all see each other. */
export async function startSentinelGroup(folder: string): Promise<SentinelGroup> {
  await rm(folder, { recursive: true, force: true });
  const login = { requirepass: password, masterauth: password, 'repl-diskless-sync-delay': '0' };
  const primary = await startRedis({ folder: join(folder, 'first'), config: login });
  const replica = await startRedis({ folder: join(folder, 'second'), config: login });
  await linkReplica(primary, replica);
  const sentinels: SentinelServer[] = [];
  for (const index of [0, 1, 2]) sentinels.push(await startSentinel(join(folder, `sentinel-${index}`), primary.port));
  for (const { port } of sentinels) await untilInQuorum(port);
  return {
    servers: [primary, replica],
    sentinels,
    name,
    password,
    stop: async () => void (await Promise.all([...sentinels, primary, replica].map((one) => one.stop()))),
  };
}

/** A sentinel that meets the replica only later would look again after ten seconds at the earliest. */
async function linkReplica(primary: RedisServer, replica: RedisServer): Promise<void> {
  const client = new Redis(replica.port, '127.0.0.1', { password });
  await client.replicaof('127.0.0.1', primary.port);
  while (!(await client.info('replication')).includes('master_link_status:up')) await wait(20);
  client.disconnect();
}

async function startSentinel(folder: string, primaryPort: number): Promise<SentinelServer> {
  const command = await ensureProgram('redis-server');
  await mkdir(folder, { recursive: true });
  return onPort(undefined, 'a sentinel', async (port) => {
    const file = join(folder, 'sentinel.conf');
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor ${name} 127.0.0.1 ${primaryPort} 2`,
      `sentinel auth-pass ${name} ${password}`,
      `sentinel down-after-milliseconds ${name} 1000`,
      `sentinel failover-timeout ${name} 5000`,
    ];
    await writeFile(file, lines.join('\n') + '\n');
    const isReady = async (): Promise<boolean> => (await askSentinel(port, 'PING')) === 'PONG';
    return { ...(await startServerProcess({ name: 'Sentinel', command, args: [file, '--sentinel'], isReady })), port };
  });
}

/** One command on a sentinel; its error as text. */
export async function askSentinel(port: number, ...words: readonly [string, ...string[]]): Promise<unknown> {
  const client = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
  });
  client.on('error', () => undefined);
  try {
    const [command, ...rest] = words;
    return await client.call(command, ...rest);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    client.disconnect();
  }
}

async function untilInQuorum(port: number): Promise<void> {
  for (;;) {
    const agreed = String(await askSentinel(port, 'SENTINEL', 'CKQUORUM', name)).startsWith('OK 3');
    const replicas = JSON.stringify(await askSentinel(port, 'SENTINEL', 'REPLICAS', name));
    if (agreed && replicas.includes('"master-link-status","ok"')) return;
    await wait(50);
  }
}
