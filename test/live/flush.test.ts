import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import type { Outcome } from '../../src/core/operations/operation.ts';
import { FlushOperation } from '../../src/core/operations/flush/flush.ts';
import { RedisDatabasePart } from '../../src/core/operations/flush/redisDatabase.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisOptions, RedisServer } from '../sandbox/redis.ts';
import { startRedisCluster } from '../sandbox/redisCluster.ts';
import { recordingPorts } from '../unit/core/operations/ports.ts';
import { fill, flushOf, flushStore, keysOf, staging, withClient } from './support/flushing.ts';
import { targetAt } from './support/redisTargets.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-flush');

function ran(outcome: Outcome): Extract<Outcome, { kind: 'ran' }> {
  assert.equal(outcome.kind, 'ran');
  if (outcome.kind !== 'ran') throw new Error();
  return outcome;
}

describe('Flushing a real Redis', function () {
  this.timeout(60_000);
  let server: RedisServer;
  const start = async (options: Omit<RedisOptions, 'folder'> = {}): Promise<void> => {
    rmSync(folder, { recursive: true, force: true });
    server = await startRedis({ folder, ...options });
  };
  const store = (login: Parameters<typeof targetAt>[1] = {}) =>
    flushStore({ kind: 'single', target: targetAt(server.port, login) });
  afterEach(() => server.stop());

  it('counts exactly, removes what matches and nothing else, and leaves no key of its own', async () => {
    await start();
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:search:', 30_000);
      await fill(redis, 'session:', 5_000);
      await redis.pexpire('cache:search:1', 3_600_000);
      const { ports } = recordingPorts();
      const runner = new OperationRunner(ports);
      const plan = await runner.plan(flushOf(store(), 'cache:*'));
      assert.equal(plan.summary, `30,000 keys match cache:* on 127.0.0.1:${server.port}, db 0`);
      assert.deepEqual(plan.targets[0]?.count, { value: 30_000, unit: 'keys', exact: true });
      assert.deepEqual(plan.warnings.length, 1, 'our own looking is no load on the origin');
      assert.ok(plan.warnings.some((one) => one.startsWith('29,999 of them have no expiry')));
      assert.equal(plan.sections?.[0]?.lines.length, 20);
      assert.match(plan.sections?.[1]?.lines[0] ?? '', /^about [\d.]+ (KB|MB), by MEMORY USAGE/);
      const [identity] = plan.identities;
      assert.deepEqual([identity?.role, Object.keys(identity?.marks ?? {})], ['primary', ['run id', 'replication id']]);
      const outcome = ran(await runner.run(flushOf(store(), 'cache:*')));
      assert.deepEqual(outcome.verification, {
        verdict: { kind: 'passed' },
        findings: ['30,000 keys were removed; 30,000 had been counted.', 'No key matches cache:* now.'],
      });
      assert.equal(outcome.report.steps[0]?.notes?.[0], 'Done by script, page by page.');
      assert.equal(await redis.dbsize(), 5_000);
    });
  });

  it('gives an estimate, named as one, when the count is cancelled', async () => {
    await start();
    await withClient(server.port, (redis) => fill(redis, 'cache:', 50_000));
    const { ports } = recordingPorts();
    const abort = new AbortController();
    const ask = {
      ...ports.ask,
      during: <T>(_title: string, work: (signal: AbortSignal, say: (words: string) => void) => Promise<T>) =>
        work(abort.signal, (words) => /^counting, (1\d|[2-9]\d),/.test(words) && abort.abort()),
    };
    const plan = await new OperationRunner({ ...ports, ask }).plan(flushOf(store(), 'cache:*'));
    const { count } = plan.targets[0] ?? {};
    assert.equal(count?.exact, false);
    assert.ok(count && Math.abs(count.value - 50_000) < 10_000, String(count?.value));
    assert.match(plan.summary, /^about [\d,]+ keys .* \(an estimate: the count was cancelled\)$/);
  });

  it('works by single commands for a user without scripts, and says which keys that user may not remove', async () => {
    await start({ acl: ['user ops on >secret ~cache:a* %R~* +@all -@scripting', 'user default on nopass ~* +@all'] });
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:a', 3_000);
      await fill(redis, 'cache:b', 10);
      const { ports } = recordingPorts();
      const ops = { username: 'ops', password: 'secret' };
      const outcome = ran(await new OperationRunner(ports).run(flushOf(store(ops), 'cache:*')));
      assert.deepEqual(outcome.report.steps[0]?.notes, [
        'Done by single commands, since scripts are not possible there.',
        '10 keys may not be removed by this user.',
      ]);
      assert.deepEqual(outcome.verification.verdict, { kind: 'failed', why: '10 keys still match cache:*' });
      assert.equal(await redis.dbsize(), 10);
    });
  });

  it('removes all that a user may, where others match as well, and walks to the end where its cursor matches too', async () => {
    await start({ acl: ['user ops on >secret ~cache:a* ~cacheops:* %R~* +@all', 'user default on nopass ~* +@all'] });
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:a', 3_000);
      await fill(redis, 'cache:b', 10);
      const { ports } = recordingPorts();
      const ops = { username: 'ops', password: 'secret' };
      const outcome = ran(await new OperationRunner(ports).run(flushOf(store(ops), 'cache*')));
      assert.deepEqual(outcome.report.steps[0]?.notes, [
        'Done by script, page by page.',
        '10 keys may not be removed by this user.',
      ]);
      assert.equal(await redis.dbsize(), 10);
    });
  });

  it('makes room on a server that is full and takes no writes', async () => {
    await start({ config: { maxmemory: '20mb', 'maxmemory-policy': 'noeviction' } });
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:', 10_000);
      await fill(redis, 'other:', 100);
      await redis.config('SET', 'maxmemory', '1mb');
      await assert.rejects(redis.set('x', '1'), /OOM/);
      const { ports } = recordingPorts();
      const outcome = ran(await new OperationRunner(ports).run(flushOf(store(), 'cache:*')));
      assert.equal(outcome.verification.verdict.kind, 'passed');
      assert.equal(
        outcome.report.steps[0]?.notes?.[0],
        'Done by single commands, since scripts are not possible there.',
      );
      assert.equal(await redis.dbsize(), 100);
    });
  });

  it('reports keys apart that were written since', async () => {
    await start();
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:', 100_000);
      const { ports } = recordingPorts();
      const ended = new AbortController();
      const written = (async () => {
        for (let n = 0; !ended.signal.aborted; n++) await redis.set(`cache:new:${n % 50}`, '1');
      })();
      const outcome = ran(await new OperationRunner(ports).run(flushOf(store(), 'cache:*')));
      ended.abort();
      await written;
      assert.equal(outcome.verification.verdict.kind, 'passed');
      assert.match(
        outcome.verification.findings[1] ?? '',
        /^\d+ keys match cache:\* now: they were written since it began\.$/,
      );
    });
  });

  it('says what load falls on the origin', async () => {
    await start();
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:', 10);
      const ended = new AbortController();
      const read = (async () => {
        while (!ended.signal.aborted) await redis.get('cache:1');
      })();
      const plan = await new OperationRunner(recordingPorts().ports).plan(flushOf(store(), 'cache:*'));
      ended.abort();
      await read;
      assert.match(plan.warnings.join('\n'), /Redis answers about [\d,]+ lookups a second from what it holds/);
    });
  });

  it('flushes a whole database at once, after naming keys that are not the environment’s', async () => {
    await start();
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:search:', 1_000);
      await fill(redis, 'jobs:queue:', 7);
      await redis.select(3);
      await fill(redis, 'other', 5);
      await redis.select(0);
      const operation = new FlushOperation(staging, { what: 'database' }, [
        new RedisDatabasePart(store(), { ownPrefixes: ['cache:'], allDatabases: false }),
      ]);
      const { ports } = recordingPorts();
      const runner = new OperationRunner(ports);
      const plan = await runner.plan(operation);
      assert.ok(
        plan.warnings.some(
          (one) => one.startsWith('7 keys do not begin like any namespace') && one.includes('jobs:queue: (7)'),
        ),
      );
      assert.ok(plan.warnings.some((one) => one.includes('db 3 (5 keys)')));
      const outcome = ran(await runner.run(operation));
      assert.equal(outcome.verification.verdict.kind, 'passed');
      assert.equal(await redis.dbsize(), 0);
      await redis.select(3);
      assert.equal(await redis.dbsize(), 5);
      const all = new FlushOperation(staging, { what: 'allDatabases' }, [
        new RedisDatabasePart(store(), { ownPrefixes: [], allDatabases: true }),
      ]);
      await assert.rejects(runner.run(all), /does not have several databases in use/);
    });
  });

  it('refuses a replica, and a pattern that means everything', async () => {
    await start();
    const { ports } = recordingPorts();
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:', 10);
      await redis.replicaof('127.0.0.1', 1);
    });
    await assert.rejects(
      new OperationRunner(ports).run(flushOf(store(), 'cache:*')),
      /is a replica and takes no writes/,
    );
    await assert.rejects(new OperationRunner(ports).run(flushOf(store(), '**')), /matches every key/);
  });
});

describe('Flushing a real Redis Cluster', function () {
  this.timeout(120_000);

  it('removes from every primary', async () => {
    const cluster = await startRedisCluster(`${folder}-cluster`);
    try {
      const primaries = cluster.nodes.slice(0, 3);
      for (const { port } of primaries) {
        await withClient(port, async (redis) => {
          const writes = Array.from({ length: 3_000 }, (_, n) => redis.set(`cache:${n}`, '1').catch(() => undefined));
          await Promise.all(writes);
        });
      }
      const seeds = primaries.map(({ port }) => ({ host: '127.0.0.1', port }));
      const login = { db: 0, username: undefined, password: undefined, tls: undefined };
      const { ports } = recordingPorts();
      const outcome = ran(
        await new OperationRunner(ports).run(flushOf(flushStore({ kind: 'cluster', seeds, login }), 'cache:*')),
      );
      assert.equal(outcome.plan.summary, '3,000 keys match cache:* on 3 primaries');
      assert.deepEqual(outcome.verification.findings[0], '3,000 keys were removed; 3,000 had been counted.');
      assert.deepEqual(
        outcome.report.steps.map(({ notes }) => notes?.[0]),
        Array.from({ length: 3 }, () => 'Done by script, page by page.'),
      );
      for (const { port } of primaries) assert.equal(await withClient(port, (redis) => keysOf(redis, '*')), 0);
    } finally {
      await cluster.stop();
    }
  });
});
