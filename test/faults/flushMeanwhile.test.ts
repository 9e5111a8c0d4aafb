import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { systemClock } from '../../src/core/clock.ts';
import type { OperationPorts } from '../../src/core/operations/ports.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { ran } from '../live/support/desk.ts';
import { fill, flushOf, flushStore, withClient } from '../live/support/flushing.ts';
import { linesIn, realPorts } from '../live/support/journals.ts';
import { targetAt } from '../live/support/redisTargets.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { startRedisCluster } from '../sandbox/redisCluster.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/faults-meanwhile');

describe('While a flush', function () {
  this.timeout(120_000);
  let server: RedisServer;
  let ports: OperationPorts;

  beforeEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    server = await startRedis({ folder: path.join(folder, 'redis') });
    ports = realPorts(folder);
  });
  afterEach(() => server.stop());

  const flush = () => flushOf(flushStore({ kind: 'single', target: targetAt(server.port) }), 'cache:*');

  for (const clock of ['wall', 'monotonic'] as const)
    it(`waits ten minutes for its confirmation (by the ${clock} clock), the world changes: it is planned anew`, async () => {
      await withClient(server.port, (redis) => fill(redis, 'cache:', 100));
      let lateMs = 0;
      const late = {
        ...systemClock,
        wallMs: () => systemClock.wallMs() + (clock === 'wall' ? lateMs : 0),
        monotonicMs: () => systemClock.monotonicMs() + (clock === 'monotonic' ? lateMs : 0),
      };
      const seen: string[] = [];
      const ask: OperationPorts['ask'] = {
        ...ports.ask,
        confirm: async (plan) => {
          seen.push(plan.summary);
          if (seen.length > 1) return {};
          lateMs = 10 * 60_000 + 1_000;
          await withClient(server.port, (redis) => fill(redis, 'cache:new:', 7));
          return {};
        },
        planAgain: (_plan, differences) => {
          seen.push(...differences);
          return Promise.resolve(true);
        },
      };
      const outcome = ran(await new OperationRunner({ ...ports, clock: late, ask }).run(flush()));
      assert.match(seen.join('\n'), /^100 keys match.*\nThe plan is 10 min.* old; .*\n107 keys match/);
      assert.deepEqual(outcome.verification.verdict, { kind: 'passed' });
      assert.deepEqual(await linesIn(folder), ['Flush cache:*: done and verified']);
    });

  it('is under way, keys of the pattern are written all the time: it ends, and they are told apart', async () => {
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:', 100_000);
      const writer = new Redis(server.port, '127.0.0.1');
      let written = 0;
      const done = new AbortController();
      const write = async (): Promise<void> => {
        while (!done.signal.aborted) await writer.set(`cache:late:${written++}`, 'x');
      };
      const writing = write();
      try {
        const outcome = ran(await new OperationRunner(ports).run(flush()));
        done.abort();
        await writing;
        assert.deepEqual(outcome.verification.verdict, { kind: 'passed' });
        const [gone = '', since = ''] = outcome.verification.findings;
        assert.match(since, /^[\d,]+ keys match cache:\* now: they were written since it began\.$/);
        const removed = Number(/^[\d,]+/.exec(gone)?.[0].replaceAll(',', ''));
        const left = await redis.dbsize();
        assert.ok(left > 0 && written > left, `${written} were written, ${left} are there`);
        // Every key is counted once: what was there, what came and went, and what is left.
        assert.equal(removed + left, 100_000 + written);
        assert.equal(await redis.exists('cache:0', 'cache:99999'), 0);
      } finally {
        done.abort();
        writer.disconnect();
      }
    });
  });
});

describe('While a flush of a cluster is under way, and a primary is killed,', function () {
  this.timeout(120_000);

  it('it goes on at the replica that took over its slots, and leaves the others’ keys alone', async () => {
    rmSync(folder, { recursive: true, force: true });
    const cluster = await startRedisCluster(path.join(folder, 'cluster'));
    const seeds = cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
    const nodes = cluster.nodes.map(({ port }) => new Redis(port, '127.0.0.1', { retryStrategy: () => null }));
    try {
      for (const node of nodes) node.on('error', () => undefined);
      // Of each node's own slots, written where they belong.
      const own = await Promise.all(nodes.slice(0, 3).map((node) => fillOwn(node, 30_000)));
      await Promise.all(nodes.slice(0, 3).map((node) => node.wait(1, 10_000)));
      const login = { db: 0, username: undefined, password: undefined, tls: undefined };
      const store = flushStore({ kind: 'cluster', seeds, login });
      const ports = realPorts(folder);
      let killed: Promise<unknown> | undefined;
      const ask: OperationPorts['ask'] = {
        ...ports.ask,
        during: (_title, work) =>
          work(new AbortController().signal, (words) => {
            if (words.startsWith('Unlink') && words.includes(`:${seeds[1]?.port}: `))
              killed ??= cluster.nodes[1]?.kill();
          }),
      };
      const outcome = ran(await new OperationRunner({ ...ports, ask }).run(flushOf(store, 'cache:*')));
      await killed;
      assert.ok(killed, 'the second primary was killed');
      assert.equal(outcome.report.ended, 'completed', outcome.report.why);
      assert.deepEqual(outcome.verification.verdict, { kind: 'passed' }, outcome.verification.findings.join(' '));
      assert.deepEqual(await linesIn(folder), ['Flush cache:*: done and verified']);
      const left = await Promise.all(nodes.map(keysOfPrimary));
      assert.deepEqual(left.flat().toSorted(), own.flat().toSorted());
    } finally {
      for (const node of nodes) node.disconnect();
      await cluster.stop();
    }
  });
});

/** None of a replica, nor of who is gone. */
async function keysOfPrimary(node: Redis): Promise<readonly string[]> {
  const [role] = Object(await node.role().catch(() => []));
  return role === 'master' ? node.keys('*') : [];
}

/** Keys whose slots the node serves, by one tag; gives those that are not of the cache. */
async function fillOwn(node: Redis, count: number): Promise<readonly string[]> {
  for (let tag = 0; ; tag++) {
    const other = `session:{${tag}}`;
    const isHere = await node.set(other, 'kept').then(
      () => true,
      () => false,
    );
    if (!isHere) continue;
    for (let from = 0; from < count; from += 5_000)
      await node.mset(Array.from({ length: 5_000 }, (_, n) => [`cache:{${tag}}:${from + n}`, 'x']).flat());
    return [other];
  }
}
