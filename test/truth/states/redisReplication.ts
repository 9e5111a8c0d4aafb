import type { Redis } from 'ioredis';
import type { RedisServer } from '../../sandbox/redis.ts';
import { suspend } from '../making/processes.ts';
import { clientOf, killed, redisOn, until } from '../making/redis.ts';
import { slowLink } from '../making/slowLink.ts';
import type { Stage, State } from '../state.ts';

interface Pair {
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  /** On each. */
  readonly onPrimary: Redis;
  readonly onReplica: Redis;
}

async function pair(stage: Stage): Promise<Pair> {
  const [primary, replica] = await Promise.all([redisOn(stage, {}, 'primary'), redisOn(stage, {}, 'replica')]);
  const [onPrimary, onReplica] = [clientOf(stage, primary), clientOf(stage, replica)];
  await onReplica.replicaof('127.0.0.1', primary.port);
  await until(() => onPrimary.info('replication'), /state=online/);
  await until(() => onReplica.info('replication'), /master_link_status:up/);
  return { primary, replica, onPrimary, onReplica };
}

export const redisReplicationStates: readonly State[] = [
  {
    name: 'Redis primary: well, with a replica',
    service: 'redis',
    make: async (stage) => ({ settings: { redis: { url: (await pair(stage)).primary.url } } }),
    expect: {
      state: 'healthy',
      says: /^healthy$/,
      readings: { role: ['healthy', /primary with 1 replica/], 'replica/*': ['healthy', /^online/] },
    },
  },
  {
    name: 'Redis primary: its replica is down',
    service: 'redis',
    make: async (stage) => {
      const { primary, replica, onPrimary } = await pair(stage);
      const worsen = async (): Promise<void> => {
        await replica.kill();
        await until(() => onPrimary.info('replication'), /connected_slaves:0/);
      };
      return { settings: { redis: { url: primary.url } }, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: replica 127\.0\.0\.1:\d+/,
      readings: { 'replica/*': ['degraded', /^gone/] },
    },
  },
  {
    name: 'Redis primary: its replica hangs and lags',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { primary, replica, onPrimary } = await pair(stage);
      const worsen = async (): Promise<void> => {
        await suspend(stage, replica);
        await until(() => onPrimary.info('replication'), /slave0:.*lag=1[1-9]/, 30_000);
      };
      return { settings: { redis: { url: primary.url } }, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: replica/,
      readings: { 'replica/*': ['degraded', /heard 1\d s ago.*lost if it takes over/] },
    },
  },
  {
    name: 'Redis primary: its replica follows, but ever further behind',
    service: 'redis',
    make: async (stage) => {
      const [primary, replica] = await Promise.all([redisOn(stage, {}, 'primary'), redisOn(stage, {}, 'replica')]);
      killed(stage, primary);
      const line = await slowLink(stage, primary.port, 20_000);
      const [onPrimary, onReplica] = [clientOf(stage, primary), clientOf(stage, replica)];
      await onReplica.replicaof('127.0.0.1', line.port);
      await until(() => onPrimary.info('replication'), /state=online/);
      await until(() => onReplica.info('replication'), /master_link_status:up/);
      const worsen = async (): Promise<void> => {
        for (let index = 0; index < 50; index += 1) await onPrimary.set(`big:${index}`, 'x'.repeat(100_000));
        await until(() => onPrimary.info('replication'), /state=online,offset=\d+,lag=[01]/);
      };
      return { settings: { redis: { url: primary.url } }, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: replica/,
      readings: {
        'replica/*': ['degraded', /^online, [45]\.\d MB behind for over .*heard [01] s ago.*lost if it takes over/],
      },
      withinSeconds: 40,
    },
  },
  {
    name: 'Redis primary: two replicas behind one address',
    service: 'redis',
    make: async (stage) => {
      const [primary, ...replicas] = await Promise.all(
        ['primary', 'one', 'other'].map((name) => redisOn(stage, {}, name)),
      );
      if (!primary) throw new Error('There is no primary.');
      for (const one of replicas) {
        const client = clientOf(stage, one);
        await client.config('SET', 'replica-announce-ip', '10.0.0.9');
        await client.config('SET', 'replica-announce-port', '6379');
        await client.replicaof('127.0.0.1', primary.port);
      }
      await until(() => clientOf(stage, primary).info('replication'), /slave0.*online[^]*slave1.*online/);
      return { settings: { redis: { url: primary.url } } };
    },
    expect: {
      state: 'healthy',
      says: /^healthy$/,
      readings: {
        role: ['healthy', /primary with 2 replicas/],
        'replica/10.0.0.9:6379': ['healthy', /^online/],
        'replica/10.0.0.9:6379#2': ['healthy', /^online/],
      },
    },
  },
  {
    name: 'Redis primary: a replica is still being copied to',
    service: 'redis',
    make: async (stage) => {
      const [primary, replica] = await Promise.all([
        redisOn(stage, { 'repl-diskless-sync': 'yes', 'repl-diskless-sync-delay': '60' }, 'primary'),
        redisOn(stage, {}, 'replica'),
      ]);
      const [onPrimary, onReplica] = [clientOf(stage, primary), clientOf(stage, replica)];
      const worsen = async (): Promise<void> => {
        await onReplica.replicaof('127.0.0.1', primary.port);
        await until(() => onPrimary.info('replication'), /slave0:.*state=wait_bgsave/);
      };
      return { settings: { redis: { url: primary.url } }, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: replica/,
      readings: { 'replica/*': ['degraded', /cannot take over yet/] },
    },
  },
  {
    name: 'Redis replica: its link is broken',
    service: 'redis',
    make: async (stage) => {
      const { primary, replica, onReplica } = await pair(stage);
      const worsen = async (): Promise<void> => {
        await primary.kill();
        await until(() => onReplica.info('replication'), /master_link_status:down/);
      };
      return { settings: { redis: { url: replica.url } }, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: role, replication link/,
      readings: { role: ['degraded', /link down/], replicationLink: ['degraded', /^down.*may be old/] },
    },
  },
  {
    name: 'Redis replica: its primary hangs',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { primary, replica, onReplica } = await pair(stage);
      const worsen = async (): Promise<void> => {
        await suspend(stage, primary);
        await until(() => onReplica.info('replication'), /master_last_io_seconds_ago:1[1-9]/, 30_000);
      };
      return { settings: { redis: { url: replica.url } }, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: replication link/,
      readings: { replicationLink: ['degraded', /silent for 1\d s/] },
    },
  },
  {
    name: 'Redis replica: its link is broken, and it serves nothing stale',
    service: 'redis',
    make: async (stage) => {
      const { primary, replica, onReplica } = await pair(stage);
      await onReplica.config('SET', 'replica-serve-stale-data', 'no');
      const worsen = async (): Promise<void> => {
        await primary.kill();
        await until(() => onReplica.get('any'), /MASTERDOWN/);
      };
      return { settings: { redis: { url: replica.url } }, worsen };
    },
    expect: { state: 'down', says: /^not ready.*lost its primary and serves nothing/ },
  },
  {
    name: 'Redis primary: too few replicas, writes are refused',
    service: 'redis',
    make: async (stage) => {
      const server = await redisOn(stage);
      const client = clientOf(stage, server);
      const worsen = async (): Promise<void> => {
        await client.config('SET', 'min-replicas-to-write', '1');
        await until(() => client.set('one', 'more'), /NOREPLICAS/);
      };
      return { settings: { redis: { url: server.url } }, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: writes/,
      readings: { writes: ['degraded', /^refused.*min-replicas-to-write/] },
    },
  },
];
