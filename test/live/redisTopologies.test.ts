import assert from 'node:assert/strict';
import path from 'node:path';
import { Redis } from 'ioredis';
import { tryRedis } from '../../src/clients/redis.ts';
import { ClusterConnection } from '../../src/clients/redisCluster.ts';
import { SentinelConnection } from '../../src/clients/redisSentinel.ts';
import type { RedisLogin } from '../../src/clients/redisTarget.ts';
import { systemClock } from '../../src/core/clock.ts';
import { explain, OpsError } from '../../src/core/errors.ts';
import type { Reading } from '../../src/core/health/reading.ts';
import { RedisMonitor } from '../../src/core/health/redisMonitor.ts';
import type { RedisProbe } from '../../src/core/health/redisMonitor.ts';
import { eventually } from '../eventually.ts';
import { startRedis } from '../sandbox/redis.ts';
import { startRedisCluster } from '../sandbox/redisCluster.ts';
import type { RedisCluster } from '../sandbox/redisCluster.ts';
import { askSentinel, startSentinelGroup } from '../sandbox/redisSentinel.ts';
import type { SentinelGroup } from '../sandbox/redisSentinel.ts';
import { targetAt } from './support/redisTargets.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-topologies');
const never = new AbortController().signal;
const open: RedisLogin = { db: 0, username: undefined, password: undefined, tls: undefined };

function watch(probe: RedisProbe): RedisMonitor {
  return new RedisMonitor({
    openProbe: () => probe,
    limits: {},
    intervalMs: 5_000,
    clock: systemClock,
    onRead: () => undefined,
  });
}

function reading(monitor: RedisMonitor, id: string): Reading {
  const found = monitor.report?.readings.find((one) => one.id === id);
  assert.ok(found, `${id}: ${JSON.stringify(monitor.report)}`);
  return found;
}

describe('a Redis behind a Unix socket', () => {
  it('is read, and named by its path', async () => {
    const socket = path.join(folder, 'r.sock');
    const server = await startRedis({ folder: path.join(folder, 'socket'), config: { unixsocket: socket } });
    const sample = await tryRedis(targetAt(server.port, { endpoint: { path: socket } }), systemClock, never);
    assert.equal(sample.address, socket);
    assert.equal(sample.info?.role, 'master');
    await server.stop();
    await assert.rejects(
      tryRedis(targetAt(0, { endpoint: { path: socket } }), systemClock, never),
      (error) => error instanceof OpsError && error.code === 'refused' && error.message.includes(socket),
    );
  });
});

describe('a Redis watched by Sentinel', function () {
  this.timeout(60_000);
  let group: SentinelGroup;
  let monitor: RedisMonitor;
  const login = (): RedisLogin => ({ ...open, password: group.password });
  const connection = (name = group.name): SentinelConnection =>
    new SentinelConnection(
      () =>
        Promise.resolve({
          kind: 'sentinel',
          name,
          sentinels: group.sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
          sentinelLogin: open,
          login: login(),
        }),
      systemClock,
    );

  before(async () => {
    group = await startSentinelGroup(path.join(folder, 'sentinel'));
    monitor = watch(connection());
  });

  after(async () => {
    monitor.dispose();
    await group.stop();
  });

  it('is found by the name of its primary', async () => {
    await monitor.refresh();
    const [primary] = group.servers;
    assert.equal(monitor.report?.state, 'healthy', JSON.stringify(monitor.report));
    assert.equal(reading(monitor, 'sentinelPrimary').value, `shop-cache is 127.0.0.1:${primary.port}`);
    assert.equal(reading(monitor, 'sentinels').value, '3 of 3 answer, quorum 2');
    assert.match(reading(monitor, 'role').value, /^primary with 1 replica/);
  });

  it('is not found by another name', async () => {
    const wrong = connection('orders-cache');
    await assert.rejects(wrong.read(never), (error) => {
      assert.match(explain(error), /watch no primary named "orders-cache"\. Check redis\.name/);
      return true;
    });
    wrong.close();
  });

  it('is followed to its new primary at once when a failover is forced', async () => {
    const [, replica] = group.servers;
    const use = monitor.use();
    await eventually(() => assert.equal(monitor.report?.state, 'healthy'));
    const [asked] = group.sentinels;
    assert.ok(asked);
    assert.equal(await askSentinel(asked.port, 'SENTINEL', 'FAILOVER', group.name), 'OK');
    const client = new Redis(replica.port, '127.0.0.1', { password: group.password });
    client.on('error', () => undefined);
    let servingAtMs = 0;
    const followed = `127.0.0.1:${replica.port}`;
    const startedMs = performance.now();
    while (monitor.sample?.address !== followed) {
      if (servingAtMs === 0 && (await client.info('replication')).includes('role:master')) {
        servingAtMs = performance.now();
      }
      assert.ok(performance.now() - startedMs < 20_000, JSON.stringify(monitor.report));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const tookMs = performance.now() - (servingAtMs || performance.now());
    client.disconnect();
    use.dispose();
    assert.ok(tookMs < 2_000, `${tookMs} ms`);
  });

  it('says when no failover would be possible any more', async () => {
    const [, second, third] = group.sentinels;
    await Promise.all([second?.stop(), third?.stop()]);
    await eventually(async () => {
      await monitor.refresh();
      assert.equal(reading(monitor, 'sentinels').value, '1 of 3 answer, quorum 2');
      assert.match(reading(monitor, 'sentinels').detail ?? '', /No failover is possible now/);
    }, 15_000);
    assert.equal(monitor.report?.state, 'degraded');
    assert.match(reading(monitor, `sentinel/127.0.0.1:${third?.port}`).value, /refused the connection/);
  });

  it('is down when its primary is gone and the last sentinel cannot replace it', async () => {
    const [, primary] = group.servers;
    await primary.kill();
    await eventually(async () => {
      await monitor.refresh();
      assert.equal(monitor.report?.state, 'down');
      assert.match(
        monitor.report.failure?.message ?? '',
        /refused the connection.*The sentinels see it as down\. No failover is possible/,
      );
    }, 15_000);
  });
});

describe('a Redis cluster', function () {
  this.timeout(60_000);
  let cluster: RedisCluster;
  let monitor: RedisMonitor;

  before(async () => {
    cluster = await startRedisCluster(path.join(folder, 'cluster'));
    const seeds = cluster.nodes.slice(0, 2).map(({ port }) => ({ host: '127.0.0.1', port }));
    monitor = watch(new ClusterConnection(() => Promise.resolve({ kind: 'cluster', seeds, login: open }), systemClock));
    const client = new Redis.Cluster(seeds);
    for (let index = 0; index < 300; index++) await client.set(`item:${index}`, 'x');
    client.disconnect();
  });

  after(async () => {
    monitor.dispose();
    await cluster.stop();
  });

  it('is read as a whole and node by node', async () => {
    await eventually(async () => {
      await monitor.refresh();
      assert.equal(monitor.report?.state, 'healthy', JSON.stringify(monitor.report));
    });
    assert.equal(reading(monitor, 'clusterSlots').value, '16,384 of 16,384 served');
    assert.equal(reading(monitor, 'clusterNodes').value, '3 primaries, 3 replicas');
    assert.equal(reading(monitor, 'keys').value, 'db0 300');
    const rows = monitor.report?.readings.filter(({ id }) => id.startsWith('node/')) ?? [];
    assert.deepEqual(
      rows.map(({ label }) => label.split(' ')[0]),
      ['Primary', 'Primary', 'Primary', 'Replica', 'Replica', 'Replica'],
    );
    assert.match(rows[3]?.detail ?? '', /^Replica of 127\.0\.0\.1:\d+\./);
  });

  it('is read with two commands a node, and two more for the whole', async () => {
    const counters = cluster.nodes.map(({ port }) => new Redis(port, '127.0.0.1'));
    const soFar = async (): Promise<number> => {
      const infos = await Promise.all(counters.map((one) => one.info('commandstats')));
      const calls = infos.flatMap((info) => [...info.matchAll(/cmdstat_(?:ping|info|cluster\|\w+):calls=(\d+)/g)]);
      return calls.reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const before = await soFar();
    await monitor.refresh();
    const between = (await soFar()) - before - counters.length;
    const pingsOfPrimaries = 3;
    assert.ok(between <= 14 + pingsOfPrimaries, `${between} commands`);
    for (const one of counters) one.disconnect();
  });

  it('tells a replica that is gone from a cluster in trouble', async () => {
    const replicas = await Promise.all(
      cluster.nodes.map(async ({ port }) => {
        const client = new Redis(port, '127.0.0.1');
        const info = await client.info('replication');
        client.disconnect();
        return info.includes('role:slave');
      }),
    );
    const gone = cluster.nodes[replicas.indexOf(true)];
    await gone?.kill();
    await monitor.refresh();
    assert.equal(monitor.report?.state, 'degraded');
    assert.match(
      reading(monitor, `node/127.0.0.1:${gone?.port}`).value,
      /refused the connection|closed the connection/,
    );
    assert.equal(reading(monitor, 'clusterSlots').state, 'healthy');
    assert.match(reading(monitor, 'clusterNodes').detail ?? '', /Without a replica that could take over: 127/);
  });

  it('is down when slots are not served any more, though its nodes answer', async () => {
    const bare = /take over: 127\.0\.0\.1:(\d+)/.exec(reading(monitor, 'clusterNodes').detail ?? '')?.[1];
    const primary = cluster.nodes.find(({ port }) => String(port) === bare);
    await primary?.kill();
    await eventually(async () => {
      await monitor.refresh();
      assert.equal(reading(monitor, 'clusterSlots').state, 'down', JSON.stringify(reading(monitor, 'clusterSlots')));
    }, 15_000);
    assert.equal(monitor.report?.state, 'down');
    assert.equal(reading(monitor, `node/127.0.0.1:${bare}`).state, 'down');
  });

  it('is not what a single server is', async () => {
    const server = await startRedis({ folder: path.join(folder, 'single') });
    const seeds = [{ host: '127.0.0.1', port: server.port }];
    const probe = new ClusterConnection(() => Promise.resolve({ kind: 'cluster', seeds, login: open }), systemClock);
    await assert.rejects(probe.read(never), (error) => {
      assert.match(explain(error), /is no node of a cluster\. Name it in redis\.url/);
      return true;
    });
    probe.close();
    await server.stop();
  });
});
