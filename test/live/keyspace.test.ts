import assert from 'node:assert/strict';
import path from 'node:path';
import { Redis } from 'ioredis';
import { analyseKeyspace, analyseTtl } from '../../src/clients/redisKeyspace.ts';
import type { KeyspaceRequest } from '../../src/clients/redisKeyspace.ts';
import { findPrimaries } from '../../src/clients/redisPrimaries.ts';
import { systemClock } from '../../src/core/clock.ts';
import { OpsError } from '../../src/core/errors.ts';
import { usualBudget } from '../../src/core/keyspace/model.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { startRedisCluster } from '../sandbox/redisCluster.ts';
import { targetAt } from './support/redisTargets.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-keyspace');
const never = new AbortController().signal;
const budget = { ...usualBudget, memoryOfEvery: 1 };

describe('the keyspace of a Redis', () => {
  let server: RedisServer;
  let client: Redis;
  const request = (more: Partial<Parameters<typeof targetAt>[1]> = {}): KeyspaceRequest => ({
    environment: 'test',
    targets: [targetAt(server.port, more)],
    budget,
  });
  const callsOf = async (command: string): Promise<number> =>
    Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await client.info('commandstats'))?.[1] ?? 0);

  before(async () => {
    const acl = [
      'user default on nopass ~* &* +@all',
      'user noscripts on >pw ~* +@connection +scan +type +pttl +dbsize +memory|usage',
      'user nomemory on >pw ~* +@connection +scan +type +pttl +dbsize +eval_ro',
      'user part on >pw ~cache:* +@connection +scan +type +pttl +dbsize +memory|usage +eval_ro',
      'user blind on >pw ~* +@connection',
    ];
    server = await startRedis({ folder, acl });
    client = new Redis(server.port, '127.0.0.1');
    const pipeline = client.pipeline();
    for (let index = 0; index < 3_000; index++) {
      if (index % 3 === 0) pipeline.set(`session:${index}`, 'x'.repeat(50));
      else pipeline.set(`cache:search:${index}`, 'y', 'EX', index % 2 === 0 ? 30 : 7_200);
    }
    pipeline.rpush('queue:jobs:big', ...Array.from({ length: 5_000 }, () => 'z'.repeat(100)));
    await pipeline.exec();
  });

  after(async () => {
    client.disconnect();
    await server.stop();
  });

  it('is seen whole: prefixes, types, expiry, the biggest key', async () => {
    const found = await analyseKeyspace(request(), systemClock, never);
    assert.deepEqual([found.ended, found.by, found.seen], ['complete', 'EVAL_RO', 3_001]);
    assert.deepEqual(found.nodes, [{ address: `127.0.0.1:${server.port}`, total: 3_001, seen: 3_001, complete: true }]);
    const keys = new Map(found.prefixes.map((group) => [group.name, group.keys]));
    assert.deepEqual([keys.get('session:'), keys.get('cache:search:'), keys.get('queue:jobs:')], [1_000, 2_000, 1]);
    assert.deepEqual(found.types.map(({ name }) => name).toSorted(), ['list', 'string']);
    assert.deepEqual(found.ttl, { withoutExpiry: 1_001, buckets: [1_000, 0, 1_000, 0, 0] });
    assert.deepEqual([found.biggest[0]?.key, found.biggest[0]?.type], ['queue:jobs:big', 'list']);
    assert.equal(found.biggest[0]?.bytes, await client.memory('USAGE', 'queue:jobs:big'));
  });

  it('is never asked for with KEYS, and not written to', async () => {
    await analyseKeyspace(request(), systemClock, never);
    assert.equal(await callsOf('keys'), 0);
    assert.equal(await client.dbsize(), 3_001);
    assert.equal(await callsOf('eval'), 0, 'only scripts that cannot write');
  });

  it('is seen just so by a user without scripts', async () => {
    const found = await analyseKeyspace(request({ username: 'noscripts', password: 'pw' }), systemClock, never);
    assert.deepEqual([found.by, found.seen], ['commands', 3_001]);
    assert.deepEqual(found.ttl, { withoutExpiry: 1_001, buckets: [1_000, 0, 1_000, 0, 0] });
    assert.ok(found.memory.measuredKeys > 200 && found.memory.measuredKeys < 500, 'every tenth is measured');
  });

  it('is seen without memory by a user who may not ask for it', async () => {
    const found = await analyseKeyspace(request({ username: 'nomemory', password: 'pw' }), systemClock, never);
    assert.deepEqual([found.by, found.seen, found.memory.bytes], ['EVAL_RO', 3_001, undefined]);
  });

  it('says how many keys a user may not read', async () => {
    const found = await analyseKeyspace(request({ username: 'part', password: 'pw' }), systemClock, never);
    assert.deepEqual([found.seen, found.denied], [3_001, 1_001]);
  });

  it('says which rights are missing', async () => {
    await assert.rejects(
      analyseKeyspace(request({ username: 'blind', password: 'pw' }), systemClock, never),
      (error) => {
        assert.ok(error instanceof OpsError && error.code === 'permission');
        assert.match(error.next ?? '', /ACL SETUSER blind \+scan/);
        return true;
      },
    );
  });

  it('ends with its budget, and says how far it came', async () => {
    const found = await analyseKeyspace(
      { ...request(), budget: { ...budget, count: 100, mostKeys: 500 } },
      systemClock,
      never,
    );
    assert.equal(found.ended, 'mostKeys');
    assert.ok(found.seen >= 500 && found.seen < 1_000, String(found.seen));
    assert.equal(found.nodes[0]?.complete, false);
    const late = await analyseKeyspace({ ...request(), budget: { ...budget, mostMs: 0 } }, systemClock, never);
    assert.deepEqual([late.ended, late.seen], ['mostMs', 0]);
  });

  it('gives what was seen when it is cancelled', async () => {
    const leaving = new AbortController();
    const found = await analyseKeyspace(
      { ...request(), budget: { ...budget, count: 100 }, onProgress: (seen) => void (seen > 700 && leaving.abort()) },
      systemClock,
      leaving.signal,
    );
    assert.equal(found.ended, 'cancelled');
    assert.ok(found.seen > 700 && found.seen < 1_500, String(found.seen));
  });

  it('tells when keys expire, by script and by commands alike', async () => {
    const expected = { withoutExpiry: 1_001, buckets: [1_000, 0, 1_000, 0, 0] };
    assert.deepEqual((await analyseTtl(request(), systemClock, never)).ttl, expected);
    const single = request({ username: 'noscripts', password: 'pw' });
    assert.deepEqual((await analyseTtl(single, systemClock, never)).ttl, expected);
  });
});

describe('the keyspace of a cluster', function () {
  this.timeout(60_000);

  it('is seen on every primary', async () => {
    const cluster = await startRedisCluster(path.join(folder, 'cluster'));
    try {
      const seeds = cluster.nodes.slice(0, 1).map(({ port }) => ({ host: '127.0.0.1', port }));
      const client = new Redis.Cluster(seeds);
      for (let index = 0; index < 300; index++) await client.set(`item:${index}`, 'x');
      client.disconnect();
      const login = { db: 0, username: undefined, password: undefined, tls: undefined };
      const targets = await findPrimaries({ kind: 'cluster', seeds, login }, systemClock, never);
      assert.equal(targets.length, 3);
      const found = await analyseKeyspace({ environment: 'test', targets, budget }, systemClock, never);
      assert.deepEqual([found.seen, found.ended, found.nodes.length], [300, 'complete', 3]);
    } finally {
      await cluster.stop();
    }
  });
});
