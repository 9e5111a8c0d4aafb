import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { ensureProgram } from './install.ts';
import { isPortTaken } from './ports.ts';
import { startRedis } from './redis.ts';
import type { RedisServer } from './redis.ts';
import { findFreePort } from './serverProcess.ts';

export interface RedisCluster {
  /** Three primaries, then their three replicas. */
  readonly nodes: readonly RedisServer[];
  stop(): Promise<void>;
}

/** The bus listens this far above the port. */
const busOffset = 10_000;

/** Three primaries with a replica each; up when every slot is served and every replica is linked. */
export async function startRedisCluster(
  folder: string,
  config: Readonly<Record<string, string>> = {},
): Promise<RedisCluster> {
  const nodes: RedisServer[] = [];
  for (let index = 0; index < 6; index++) {
    const port = await portWithBus();
    nodes.push(
      await startRedis({
        folder: join(folder, `node-${index}`),
        port,
        config: {
          'cluster-enabled': 'yes',
          'cluster-config-file': 'nodes.conf',
          'cluster-node-timeout': '2000',
          'repl-diskless-sync-delay': '0',
          ...config,
        },
      }),
    );
  }
  const cli = await ensureProgram('redis-cli');
  const places = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await promisify(execFile)(cli, ['--cluster', 'create', ...places, '--cluster-replicas', '1', '--cluster-yes']);
  await Promise.all(nodes.map(({ port }) => untilLinked(port)));
  return { nodes, stop: async () => void (await Promise.all(nodes.map((one) => one.stop()))) };
}

async function portWithBus(): Promise<number> {
  for (;;) {
    const port = await findFreePort();
    if (port + busOffset < 65_536 && !(await isPortTaken(port + busOffset))) return port;
  }
}

async function untilLinked(port: number): Promise<void> {
  const client = new Redis(port, '127.0.0.1');
  for (;;) {
    const [state, replication] = await Promise.all([client.cluster('INFO'), client.info('replication')]);
    const linked = /role:master[^]*connected_slaves:1|master_link_status:up/.test(replication);
    if (state.includes('cluster_state:ok') && linked) break;
    await wait(50);
  }
  client.disconnect();
}
