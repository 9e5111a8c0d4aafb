import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { OpsError } from '../../src/core/errors.ts';
import { journalFileName } from '../../src/core/journal/fileName.ts';
import type { Outcome } from '../../src/core/operations/operation.ts';
import type { OperationPorts } from '../../src/core/operations/ports.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { fill, flushOf, flushStore, staging, withClient } from '../live/support/flushing.ts';
import { journalIn, linesIn, realPorts } from '../live/support/journals.ts';
import { targetAt } from '../live/support/redisTargets.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { askSentinel, startSentinelGroup } from '../sandbox/redisSentinel.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/faults-flush');
/** Enough for a flush to be under way for a while. */
const many = 300_000;

/** Said once keys have been removed: `Unlink …: redis:6379, 12,000 keys, 30,000/s`. */
function isRemoving(words: string): boolean {
  return /^Unlink.*, [\d,]+ keys/.test(words);
}

function ran(outcome: Outcome): Extract<Outcome, { kind: 'ran' }> {
  if (outcome.kind !== 'ran') throw new Error(outcome.why);
  return outcome;
}

describe('A flush, when', function () {
  this.timeout(120_000);
  let server: RedisServer;
  let ports: OperationPorts;
  const store = () => flushStore({ kind: 'single', target: targetAt(server.port) });
  const flush = () => flushOf(store(), 'cache:*');
  /** Calls `then` once when the removing says how far it is. */
  const onceRemoving = (then: (abort: AbortController) => unknown): OperationPorts => ({
    ...ports,
    ask: {
      ...ports.ask,
      during: (_title, work) => {
        const abort = new AbortController();
        let told = false;
        return work(abort.signal, (words) => {
          if (told || !isRemoving(words)) return;
          told = true;
          then(abort);
        });
      },
    },
  });

  beforeEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    server = await startRedis({ folder: path.join(folder, 'redis') });
    ports = realPorts(folder);
  });
  afterEach(() => server.stop());

  it('the server is killed before it: nothing is written down', async () => {
    await withClient(server.port, (redis) => fill(redis, 'cache:', 10));
    const confirm = async () => {
      await server.stop();
      return {};
    };
    const killed = { ...ports, ask: { ...ports.ask, confirm } };
    await assert.rejects(new OperationRunner(killed).run(flush()), { code: 'refused' });
    await assert.rejects(new OperationRunner(ports).run(flush()), { code: 'refused' });
    assert.deepEqual(await linesIn(folder), []);
  });

  it('the server is killed in the middle: what was done is told, and that it cannot be verified', async () => {
    await withClient(server.port, (redis) => fill(redis, 'cache:', many));
    const outcome = ran(await new OperationRunner(onceRemoving(() => void server.kill())).run(flush()));
    const [step] = outcome.report.steps;
    assert.equal(outcome.report.ended, 'failed');
    assert.ok(step?.progress && step.progress.done > 0 && step.progress.done < many, JSON.stringify(step));
    assert.match(step.why ?? '', /It stopped at .* after [\d,]+ keys; no server with the same data took over\./);
    assert.equal(outcome.verification.verdict.kind, 'inconclusive');
    assert.deepEqual(await linesIn(folder), ['Flush cache:*: failed']);
  });

  it('another server answers under the address once it is confirmed: nothing is removed there', async () => {
    await withClient(server.port, (redis) => fill(redis, 'cache:', 100));
    const said: string[] = [];
    const ask = {
      ...ports.ask,
      confirm: async () => {
        const { port } = server;
        await server.stop();
        server = await startRedis({ folder: path.join(folder, 'other'), port });
        await withClient(port, (redis) => fill(redis, 'cache:', 7));
        return {};
      },
      planAgain: (_plan: unknown, differences: readonly string[]) => {
        said.push(...differences);
        return Promise.resolve(false);
      },
    };
    await assert.rejects(new OperationRunner({ ...ports, ask }).run(flush()), { code: 'cancelled' });
    assert.match(said.join(), /its run id was \w+…, now it is \w+….*its replication id was/);
    assert.equal(await withClient(server.port, (redis) => redis.dbsize()), 7);
    assert.deepEqual(await linesIn(folder), []);
  });

  it('another server takes the address in the middle: it stops, and nothing is removed there', async () => {
    await withClient(server.port, (redis) => fill(redis, 'cache:', many));
    let replaced: Promise<void> | undefined;
    const replace = async (): Promise<void> => {
      const { port } = server;
      await server.stop();
      server = await startRedis({ folder: path.join(folder, 'other'), port });
      await withClient(port, (redis) => fill(redis, 'cache:', 7));
    };
    const outcome = ran(await new OperationRunner(onceRemoving(() => (replaced = replace()))).run(flush()));
    await replaced;
    assert.equal(outcome.report.ended, 'failed');
    assert.equal(await withClient(server.port, (redis) => redis.dbsize()), 7);
  });

  it('the connection alone breaks: it goes on, on the same server', async () => {
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:', many);
      const kill = (): void => {
        redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes').catch(() => undefined);
      };
      const outcome = ran(await new OperationRunner(onceRemoving(kill)).run(flush()));
      assert.equal(outcome.report.ended, 'completed', outcome.report.why);
      assert.deepEqual(outcome.verification.verdict, { kind: 'passed' });
      assert.equal(await redis.dbsize(), 0);
    });
  });

  it('it is cancelled: it stops between pages and says what is done and what is not', async () => {
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:', many);
      const outcome = ran(await new OperationRunner(onceRemoving((abort) => abort.abort())).run(flush()));
      const done = outcome.report.steps[0]?.progress?.done ?? 0;
      assert.equal(outcome.report.ended, 'cancelled');
      assert.equal(await redis.dbsize(), many - done, 'every removed key is counted, and no key of ours is left');
      assert.match(JSON.stringify(outcome.verification.verdict), /keys still match cache:\*/);
      assert.deepEqual(await linesIn(folder), ['Flush cache:*: cancelled']);
    });
  });

  it('it is cancelled while it is planned, confirmed or checked: nothing is written down', async () => {
    await withClient(server.port, (redis) => fill(redis, 'cache:', 100));
    for (const phase of ['Planning', 'Checking']) {
      const ask: OperationPorts['ask'] = {
        ...ports.ask,
        during: async (title, work) => {
          const abort = new AbortController();
          if (title.startsWith(phase)) throw new OpsError('cancelled', 'Cancelled.');
          return work(abort.signal, () => undefined);
        },
      };
      await assert.rejects(new OperationRunner({ ...ports, ask }).run(flush()), { code: 'cancelled' });
    }
    const ask = { ...ports.ask, confirm: () => Promise.resolve(undefined) };
    await assert.rejects(new OperationRunner({ ...ports, ask }).run(flush()), { code: 'cancelled' });
    assert.equal(await withClient(server.port, (redis) => redis.dbsize()), 100);
    assert.deepEqual(await linesIn(folder), []);
  });

  it('the disk is full: nothing is removed, and it is said why', async function () {
    if (process.platform !== 'linux') {
      console.log('      skipped: only Linux has /dev/full');
      this.skip();
    }
    await withClient(server.port, (redis) => fill(redis, 'cache:', 100));
    mkdirSync(path.join(folder, 'journal'), { recursive: true });
    // Every write to it fails with "no space left on device".
    symlinkSync('/dev/full', path.join(folder, 'journal', journalFileName('tester', hostname())));
    await assert.rejects(new OperationRunner(ports).run(flush()), /The journal .* could not be written \(ENOSPC/);
    assert.equal(await withClient(server.port, (redis) => redis.dbsize()), 100);
  });

  it('another window is at work in the environment: it does not begin', async () => {
    await withClient(server.port, (redis) => fill(redis, 'cache:', 100));
    const first = await ports.locks.acquire(staging, 'Back up');
    await assert.rejects(
      new OperationRunner(ports).run(flush()),
      /Another operation is at work since .*: Back up in staging\./,
    );
    first.dispose();
    assert.equal(ran(await new OperationRunner(ports).run(flush())).report.ended, 'completed');
  });

  it('the clock is set back between two: History keeps their order', async () => {
    await withClient(server.port, async (redis) => {
      for (const [prefix, at] of [
        ['cache:a:', '2025-11-20T12:00:00Z'],
        ['cache:b:', '2025-11-20T11:00:00Z'],
      ] as const) {
        await fill(redis, prefix, 10);
        await new OperationRunner(realPorts(folder, () => Date.parse(at))).run(flushOf(store(), `${prefix}*`));
      }
    });
    assert.deepEqual(await linesIn(folder), [
      'Flush cache:b:*: done and verified',
      'Flush cache:a:*: done and verified',
    ]);
  });

  it('the editor is killed in the middle: it is known as interrupted, its lock is stale, and a new plan shows the rest', async () => {
    await withClient(server.port, async (redis) => {
      await fill(redis, 'cache:', many);
      const child = spawn(
        process.execPath,
        [path.join(import.meta.dirname, 'support/flushUntilKilled.ts'), String(server.port), folder],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      await once(child.stdout, 'data');
      assert.deepEqual(await linesIn(folder), ['Flush cache:*: under way']);
      await assert.rejects(new OperationRunner(ports).run(flush()), { code: 'busy' });
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.deepEqual(await linesIn(folder), ['Flush cache:*: interrupted']);
      const left = await redis.dbsize();
      const [entry] = (await journalIn(folder)).entries;
      assert.deepEqual(entry?.begun.request, { what: 'pattern', pattern: 'cache:*' });
      const outcome = ran(await new OperationRunner(ports).run(flush()));
      assert.match(outcome.plan.summary, /^[\d,]+ keys match/);
      assert.ok(left > 0 && left < many);
      assert.equal(await redis.dbsize(), 0);
      assert.deepEqual(await linesIn(folder), ['Flush cache:*: done and verified', 'Flush cache:*: interrupted']);
    });
  });

  it('secrets are in what it says: the journal does not have them', async () => {
    await withClient(server.port, (redis) => fill(redis, 'cache:hunter22:', 10));
    await new OperationRunner(ports).run(flush());
    const text = readFileSync(path.join(folder, 'journal', journalFileName('tester', hostname())), 'utf8');
    assert.ok(!text.includes('hunter22'));
    assert.deepEqual((await journalIn(folder)).problems, []);
  });
});

describe('A flush behind Sentinel, when its primary fails over in the middle,', function () {
  this.timeout(120_000);

  it('goes on at the server that took over the data', async () => {
    rmSync(folder, { recursive: true, force: true });
    const group = await startSentinelGroup(path.join(folder, 'sentinel'));
    try {
      const login = { db: 0, username: undefined, password: group.password, tls: undefined };
      const topology = {
        kind: 'sentinel' as const,
        name: group.name,
        sentinels: group.sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
        sentinelLogin: { ...login, password: undefined },
        login,
      };
      const ports = realPorts(folder);
      await withClient(group.servers[0].port, (redis) => fill(redis, 'cache:', many), group.password);
      await withClient(group.servers[0].port, (redis) => redis.wait(1, 10_000), group.password);
      let moved: Promise<unknown> | undefined;
      const ask: OperationPorts['ask'] = {
        ...ports.ask,
        during: (_title, work) =>
          work(new AbortController().signal, (words) => {
            if (isRemoving(words))
              moved ??= askSentinel(group.sentinels[0]?.port ?? 0, 'SENTINEL', 'FAILOVER', group.name);
          }),
      };
      const outcome = ran(await new OperationRunner({ ...ports, ask }).run(flushOf(flushStore(topology), 'cache:*')));
      await moved;
      assert.ok(moved, 'the failover was asked for');
      assert.equal(outcome.report.ended, 'completed', outcome.report.why);
      assert.deepEqual(outcome.verification.verdict, { kind: 'passed' });
    } finally {
      await group.stop();
    }
  });
});
