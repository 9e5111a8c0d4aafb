import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { eventually } from '../eventually.ts';
import { ensureProgram } from './install.ts';
import { isPortTaken } from './ports.ts';
import { startRedis } from './redis.ts';
import type { RedisServer } from './redis.ts';
import { findFreePort, onPort } from './serverProcess.ts';

export interface RedisCluster {
  /** Three primaries, then their three replicas. */
  readonly nodes: readonly RedisServer[];
  stop(): Promise<void>;
}

/** The bus listens this far above the port. */
const busOffset = 10_000;
const joinTimeoutMs = 20_000;

/** Three primaries with a replica each; up when every slot is served and every replica is linked. */
export async function startRedisCluster(
  folder: string,
  config: Readonly<Record<string, string>> = {},
): Promise<RedisCluster> {
  // What a node remembers of another cluster would keep it out of this one.
  await rm(folder, { recursive: true, force: true });
  const nodes: RedisServer[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((one) => one.stop())));
  try {
    await startNodes(folder, config, nodes);
    await join(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, stop };
}

async function startNodes(
  folder: string,
  config: Readonly<Record<string, string>>,
  nodes: RedisServer[],
): Promise<void> {
  for (let index = 0; index < 6; index++) {
    const options = {
      folder: path.join(folder, `node-${index}`),
      config: {
        'cluster-enabled': 'yes',
        'cluster-config-file': 'nodes.conf',
        'cluster-node-timeout': '2000',
        'repl-diskless-sync-delay': '0',
        ...config,
      },
    };
    const start = (port: number): Promise<RedisServer> => startRedis({ ...options, port });
    nodes.push(await onPort(undefined, 'a node of the cluster', start, portWithBus));
  }
}

async function join(nodes: readonly RedisServer[]): Promise<void> {
  const cli = await ensureProgram('redis-cli');
  const places = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const args = ['--cluster', 'create', ...places, '--cluster-replicas', '1', '--cluster-yes'];
  await promisify(execFile)(cli, args, { timeout: joinTimeoutMs });
  await Promise.all(nodes.map(({ port }) => untilLinked(port)));
}

async function portWithBus(): Promise<number> {
  for (;;) {
    const port = await findFreePort();
    if (port + busOffset < 65_536 && !(await isPortTaken(port + busOffset))) return port;
  }
}

/** Who replicates whom is told around only after a while, so each node has to know of all replicas. */
async function untilLinked(port: number): Promise<void> {
  const client = new Redis(port, '127.0.0.1');
  try {
    await eventually(async () => {
      const [state, replication, seen] = await Promise.all([
        client.cluster('INFO'),
        client.info('replication'),
        client.call('CLUSTER', 'NODES'),
      ]);
      const linked = /connected_slaves:1|master_link_status:up/.test(replication);
      const replicas = String(seen).split('slave ').length - 1;
      if (!state.includes('cluster_state:ok') || !linked || replicas !== 3) {
        throw new Error(`127.0.0.1:${port} has not joined:\n${state}\n${replication}\n${String(seen)}`);
      }
    }, joinTimeoutMs);
  } finally {
    client.disconnect();
  }
}
