import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openPrometheusProbe } from '../../src/clients/prometheusProbe.ts';
import { analyseKeyspace } from '../../src/clients/redisKeyspace.ts';
import { openRedisProbe } from '../../src/clients/redisProbe.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import type { ServiceReport } from '../../src/core/health/reading.ts';
import { RedisMonitor } from '../../src/core/health/redisMonitor.ts';
import { usualBudget } from '../../src/core/keyspace/model.ts';
import { eventually } from '../eventually.ts';
import { ensureVersion } from '../sandbox/otherVersions.ts';
import type { OtherVersion } from '../sandbox/otherVersions.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { carryOut, environmentOf } from './support/backups.ts';
import { allowWritesIn, isTaken, startFailingRedis } from './support/failedSave.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import { targetAt } from './support/redisTargets.ts';
import { environmentWith, never, readAll, said, secretsOf } from './support/serviceReadings.ts';

/** The server of that version, or the test is left out with the reason. */
async function find(this: Mocha.Context, version: OtherVersion): Promise<string> {
  try {
    return await ensureVersion(version);
  } catch (error) {
    console.log(`      skipped: ${version} cannot be had here: ${String(error)}`);
    return this.skip();
  }
}

async function readTwice(environment: Environment, secrets = {}): Promise<ServiceReport> {
  const monitor = new RedisMonitor({
    openProbe: () => openRedisProbe(environment, secretsOf(secrets), systemClock),
    limits: {},
    intervalMs: 5_000,
    clock: systemClock,
    onRead: () => undefined,
  });
  await monitor.refresh();
  await monitor.refresh();
  monitor.dispose();
  assert.ok(monitor.report);
  return monitor.report;
}

for (const [version, words] of [
  ['Redis 6', /^Redis 6\.\d+\.\d+, up/],
  ['Redis 8', /^Redis 8\.\d+\.\d+, up/],
  ['Valkey 8', /^Valkey 8\.\d+\.\d+, up/],
  ['Valkey 9', /^Valkey 9\.\d+\.\d+, up/],
] as const)
  describe(`a real ${version}`, function () {
    this.timeout(180_000);
    let folder: string;
    let primary: RedisServer;
    let replica: RedisServer;
    let client: Redis;

    before(async function () {
      const command = await find.call(this, version);
      folder = await mkdtemp(join(tmpdir(), 'cache-ops-versions-'));
      const acl = ['user default on nopass ~* +@all', 'user few on >pw ~* -@all +ping +info +select +client|setname'];
      const config = { maxmemory: '64mb', 'maxmemory-policy': 'allkeys-lru', 'repl-diskless-sync-delay': '0' };
      primary = await startRedis({ folder: join(folder, 'primary'), command, acl, config });
      replica = await startRedis({ folder: join(folder, 'replica'), command, config });
      client = new Redis(primary.port, '127.0.0.1');
      const onReplica = new Redis(replica.port, '127.0.0.1');
      await onReplica.replicaof('127.0.0.1', primary.port);
      await eventually(async () => {
        assert.match(await client.info('replication'), /state=online/);
        assert.match(await onReplica.info('replication'), /master_link_status:up/);
        assert.match(await client.info('persistence'), /rdb_bgsave_in_progress:0/);
      });
      onReplica.disconnect();
      for (let index = 0; index < 100; index++) await client.set(`cache:search:${index}`, 'x', 'EX', 3600);
    });
    after(async () => {
      client?.disconnect();
      await Promise.all([primary?.stop(), replica?.stop()]);
      if (folder) await rm(folder, { recursive: true, force: true });
    });

    it('is named as what it is, and every reading is there', async () => {
      const report = await readTwice(environmentWith({ redis: { url: primary.url } }));
      assert.equal(report.summary, 'healthy', JSON.stringify(report.readings));
      assert.match(said(report, 'version')[0], words);
      for (const id of ['memory', 'role']) assert.equal(said(report, id)[1], 'healthy', id);
      // Redis 6.0 does not say in INFO how many clients it takes: nothing to judge their number by.
      assert.equal(said(report, 'clients')[1], version === 'Redis 6' ? 'fact' : 'healthy');
      for (const id of ['roundTrip', 'memoryFree', 'fragmentation', 'evictions', 'expiry', 'blockedClients', 'slowLog'])
        assert.doesNotMatch(said(report, id)[0], /no data|not permitted/, id);
      assert.match(said(report, 'role')[0], /primary with 1 replica/);
      assert.match(said(report, `replica/127.0.0.1:${replica.port}`)[0], /^online/);
      assert.equal(said(report, 'keys')[0], 'db0 100');
      assert.match(said(report, 'lastSave')[0], / ago$/);
    });

    it('is read as a replica, and by a user with few rights', async () => {
      const ofReplica = await readTwice(environmentWith({ redis: { url: replica.url } }));
      assert.match(said(ofReplica, 'replicationLink')[0], /^up/);
      const redis = { url: primary.url.replace('//', '//few@'), password: '${secret}' };
      const few = await readTwice(environmentWith({ redis }), { 'redis.password': 'pw' });
      assert.equal(few.state, 'healthy');
      assert.deepEqual(said(few, 'slowLog'), ['not permitted', 'fact']);
    });

    it('has its keyspace analysed by pages bounded by COUNT, whatever clocks do in scripts', async () => {
      const request = { environment: 'shop', targets: [targetAt(primary.port)], budget: usualBudget };
      const { seen, by, ended } = await analyseKeyspace(request, systemClock, never);
      // EVAL_RO came with Redis 7.
      assert.deepEqual([seen, by, ended], [100, version === 'Redis 6' ? 'EVAL' : 'EVAL_RO', 'complete']);
    });

    it('takes writes again that it refused since a save failed', async function () {
      const command = await find.call(this, version);
      const acl = ['user default on nopass ~* +@all', 'user few on >pw ~* +@all -config'];
      const failing = await startFailingRedis({ folder: join(folder, 'failing'), command, acl });
      try {
        await failing.fail();
        assert.equal(await isTaken(failing.client), false);
        const { url } = failing.server;
        const few = environmentOf({ redis: { url: url.replace('//', '//few:pw@') } });
        await assert.rejects(carryOut(allowWritesIn(few)), /few may not set .*NOPERM/);
        const { verification } = await carryOut(allowWritesIn(environmentOf({ redis: { url } })));
        assert.deepEqual(verification.verdict, { kind: 'passed' });
        assert.equal(await isTaken(failing.client), true);
      } finally {
        await failing.stop();
      }
    });
  });

describe('a real Prometheus 3', function () {
  this.timeout(180_000);

  it('is read as Prometheus 2 is', async function () {
    const command = await find.call(this, 'Prometheus 3');
    const folder = await mkdtemp(join(tmpdir(), 'cache-ops-versions-'));
    const page = { body: 'shop_hits_total 7\n', headers: { 'content-type': 'text/plain; version=0.0.4' } };
    const app = await startHttpStandIn(() => page);
    const targets = [{ job: 'shop', instance: 'shop-1', port: app.port }];
    const server = await startPrometheus({ folder, targets, command });
    const probe = openPrometheusProbe(
      environmentWith({
        prometheus: { url: server.url, job: 'shop' },
        metrics: { hits: 'shop_hits_total', misses: 'm' },
      }),
      secretsOf(),
      systemClock,
    );
    try {
      const report = await eventually(async () => {
        const now = await readAll(probe);
        assert.equal(said(now, 'metric/hits')[1], 'healthy');
        return now;
      }, 30_000);
      assert.match(said(report, 'version')[0], /^Prometheus 3\./);
      assert.deepEqual(said(report, 'ready'), ['yes', 'healthy']);
      assert.deepEqual(said(report, 'targets'), ['1 of 1 up', 'healthy']);
      assert.deepEqual(said(report, 'metric/misses'), ['m: no such series', 'degraded']);
      assert.deepEqual(said(report, 'alerts'), ['no rule is loaded', 'fact']);
      assert.match(said(report, 'reload')[0], /^loaded/);
      assert.match(said(report, 'headSeries')[0], /^[1-9]/);
    } finally {
      probe.close();
      await server.stop();
      await app.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
