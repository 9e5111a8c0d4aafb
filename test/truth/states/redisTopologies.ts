import { Redis } from 'ioredis';
import { startRedisCluster } from '../../sandbox/redisCluster.ts';
import type { RedisCluster } from '../../sandbox/redisCluster.ts';
import { askSentinel, startSentinelGroup } from '../../sandbox/redisSentinel.ts';
import type { SentinelGroup } from '../../sandbox/redisSentinel.ts';
import { suspend } from '../making/processes.ts';
import { clientOf, until } from '../making/redis.ts';
import type { Scene, Stage, State } from '../state.ts';

async function watched(stage: Stage): Promise<{ group: SentinelGroup; scene: Scene }> {
  const group = await stage.own(startSentinelGroup(stage.folder));
  const sentinels = group.sentinels.map(({ port }) => `127.0.0.1:${port}`);
  const settings = { redis: { sentinels, name: group.name, password: '${secret}' } };
  return { group, scene: { settings, secret: group.password } };
}

/** Only the first sentinel is left, and knows that it cannot agree with anybody. */
async function loseQuorum({ sentinels, name }: SentinelGroup): Promise<void> {
  const [first, ...others] = sentinels;
  await Promise.all(others.map((one) => one.kill()));
  await until(() => askSentinel(first?.port ?? 0, 'SENTINEL', 'CKQUORUM', name), /NOQUORUM/);
}

async function cluster(stage: Stage, config: Readonly<Record<string, string>> = {}) {
  const { nodes } = await stage.own(startRedisCluster(stage.folder, config));
  const settings = { redis: { cluster: nodes.slice(0, 3).map(({ port }) => `127.0.0.1:${port}`) } };
  const [replicas, primaries] = [nodes.filter((_, index) => index > 2), nodes.slice(0, 3)];
  return { nodes, primaries, replicas, settings };
}

type Node = RedisCluster['nodes'][number];

async function replicaOf(stage: Stage, primary: Node, nodes: readonly Node[]): Promise<Node> {
  const info = await clientOf(stage, primary).info('replication');
  const port = Number(/slave0:ip=[^,]+,port=(\d+)/.exec(info)?.[1]);
  const found = nodes.find((one) => one.port === port);
  if (!found) throw new Error(`No replica of ${primary.port}: ${info}`);
  return found;
}

export const redisTopologyStates: readonly State[] = [
  {
    name: 'Sentinel: well',
    service: 'redis',
    slow: true,
    make: async (stage) => (await watched(stage)).scene,
    expect: {
      state: 'healthy',
      says: /^healthy$/,
      readings: { sentinels: ['healthy', /3 of 3 answer, quorum 2/], sentinelPrimary: ['healthy', /shop-cache is/] },
    },
  },
  {
    name: 'Sentinel: a name nobody watches',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { scene, group } = await watched(stage);
      const sentinels = group.sentinels.map(({ port }) => `127.0.0.1:${port}`);
      return { ...scene, settings: { redis: { sentinels, name: 'orders', password: '${secret}' } } };
    },
    expect: { state: 'unknown', says: /^not set up.*watch no primary named "orders"/ },
  },
  {
    name: 'Sentinel: quorum lost',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { scene, group } = await watched(stage);
      return { ...scene, worsen: () => loseQuorum(group) };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: sentinels/,
      readings: {
        sentinels: ['degraded', /1 of 3 answer.*No failover is possible now/],
        'sentinel/*': ['degraded', /refused the connection/],
      },
    },
  },
  {
    name: 'Sentinel: quorum lost, then the primary',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { scene, group } = await watched(stage);
      const worsen = async (): Promise<void> => {
        await loseQuorum(group);
        await group.servers[0].kill();
        const { port = 0 } = group.sentinels[0] ?? {};
        await until(() => askSentinel(port, 'SENTINEL', 'MASTER', group.name), /s_down/);
      };
      return { ...scene, worsen };
    },
    expect: { state: 'down', says: /^connection refused.*sentinels see it as down\. No failover is possible/ },
  },
  {
    name: 'Sentinel: failed over, the old primary is down',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { scene, group } = await watched(stage);
      const worsen = async (): Promise<void> => {
        await group.servers[0].kill();
        const { port } = group.servers[1];
        const promoted = new RegExp(`,port,${port},`);
        for (const one of group.sentinels)
          await until(() => askSentinel(one.port, 'SENTINEL', 'MASTER', group.name), promoted);
        const client = new Redis(port, '127.0.0.1', { password: group.password });
        stage.undo(() => Promise.resolve(client.disconnect()));
        await until(() => client.info('replication'), /role:master/);
      };
      return { ...scene, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: replicas by sentinel/,
      readings: {
        sentinelPrimary: ['healthy', /shop-cache is/],
        sentinelReplicas: ['degraded', /0 of 1 linked.*nothing could take over/],
      },
    },
  },
  {
    name: 'Sentinel: the replica is down',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { scene, group } = await watched(stage);
      const onPrimary = new Redis(group.servers[0].port, '127.0.0.1', { password: group.password });
      stage.undo(() => Promise.resolve(onPrimary.disconnect()));
      const worsen = async (): Promise<void> => {
        await group.servers[1].kill();
        await until(() => onPrimary.info('replication'), /connected_slaves:0/);
      };
      return { ...scene, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: replicas by sentinel, replica 127/,
      readings: { sentinelReplicas: ['degraded', /0 of 1 linked/], 'replica/*': ['degraded', /^gone/] },
    },
  },
  {
    name: 'Cluster: well',
    service: 'redis',
    slow: true,
    make: async (stage) => ({ settings: (await cluster(stage)).settings }),
    expect: {
      state: 'healthy',
      says: /^healthy$/,
      readings: { clusterSlots: ['healthy', /16,384 of 16,384/], 'node/*': ['healthy', /slots/] },
    },
  },
  {
    name: 'Cluster: a replica is down',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { settings, replicas } = await cluster(stage);
      return { settings, worsen: () => replicas[0]?.kill() ?? Promise.resolve() };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: cluster nodes, replica/,
      readings: { clusterNodes: ['degraded', /Without a replica/], 'node/*': ['degraded', /refused|closed/] },
    },
  },
  {
    name: 'Cluster: a node hangs and is seen as failing',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { settings, replicas, primaries } = await cluster(stage);
      const [hanging, asked] = [replicas[0], primaries[0]];
      const worsen = async (): Promise<void> => {
        if (!hanging || !asked) throw new Error('The cluster has no nodes.');
        await suspend(stage, hanging);
        await until(() => clientOf(stage, asked).call('CLUSTER', 'NODES'), new RegExp(`:${hanging.port}@.*fail`));
      };
      return { settings, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: cluster nodes, replica/,
      readings: { clusterNodes: ['degraded', /Without a replica/], 'node/*': ['degraded', /did not answer.*fail/] },
    },
  },
  {
    name: 'Cluster: the memory of one primary is full',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { settings, primaries } = await cluster(stage);
      const [full] = primaries;
      if (!full) throw new Error('The cluster has no nodes.');
      const client = clientOf(stage, full);
      for (const one of primaries) await clientOf(stage, one).config('SET', 'maxmemory', '8mb');
      let number = 0;
      // Those of other nodes are refused.
      const write = (): Promise<unknown> => client.set(`key:${number++}`, 'x'.repeat(300_000));
      return { settings, worsen: () => until(write, /OOM/) };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: primary 127/,
      readings: { 'node/*': ['degraded', /Over 90 % of maxmemory with policy noeviction: writes fail/] },
    },
  },
  {
    name: 'Cluster: every primary is down',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { nodes, primaries, replicas } = await cluster(stage);
      const [asked] = replicas;
      if (!asked) throw new Error('The cluster has no nodes.');
      for (const one of replicas) await clientOf(stage, one).config('SET', 'cluster-replica-no-failover', 'yes');
      const worsen = async (): Promise<void> => {
        await Promise.all(primaries.map((one) => one.kill()));
        await until(() => clientOf(stage, asked).call('CLUSTER', 'INFO'), /cluster_state:fail/);
      };
      return { settings: { redis: { cluster: nodes.map(({ port }) => `127.0.0.1:${port}`) } }, worsen };
    },
    expect: {
      state: 'down',
      says: /^down: cluster slots, primary/,
      readings: {
        clusterSlots: ['down', /commands are refused/],
        clusterNodes: ['degraded', /./],
        sums: ['unknown', /of 0 of 3 primaries/],
        'node/*': ['down', /refused|closed/],
      },
    },
  },
  {
    name: 'Cluster: slots uncovered, commands refused',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { settings, nodes, primaries } = await cluster(stage);
      return { settings, worsen: () => loseSlots(stage, primaries, nodes, /cluster_state:fail/) };
    },
    expect: {
      state: 'down',
      says: /^down: cluster slots/,
      readings: {
        clusterSlots: ['down', /commands are refused/],
        clusterNodes: ['degraded', /./],
        sums: ['unknown', /of 2 of 3 primaries.*are not in the figures/],
        'node/*': ['down', /refused|closed/],
      },
    },
  },
  {
    name: 'Cluster: slots uncovered, the others are served',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { settings, nodes, primaries } = await cluster(stage, { 'cluster-require-full-coverage': 'no' });
      return { settings, worsen: () => loseSlots(stage, primaries, nodes, /cluster_slots_fail:[1-9]/) };
    },
    expect: {
      state: 'down',
      says: /^down: primary/,
      readings: {
        clusterSlots: ['degraded', /Keys of the other slots cannot be reached/],
        clusterNodes: ['degraded', /./],
        sums: ['unknown', /of 2 of 3 primaries.*are not in the figures/],
        'node/*': ['down', /refused|closed/],
      },
    },
  },
];

/** A primary and its replica are ended, so that nobody can take over. */
async function loseSlots(
  stage: Stage,
  primaries: readonly Node[],
  nodes: readonly Node[],
  words: RegExp,
): Promise<void> {
  const [asked, , lost] = primaries;
  if (!asked || !lost) throw new Error('The cluster has no nodes.');
  const replica = await replicaOf(stage, lost, nodes);
  await Promise.all([replica.kill(), lost.kill()]);
  await until(() => clientOf(stage, asked).call('CLUSTER', 'INFO'), words);
}
