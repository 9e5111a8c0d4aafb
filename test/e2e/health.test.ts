import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { eventually } from '../eventually.ts';
import { ensureProgram } from '../sandbox/install.ts';
import { run } from '../sandbox/install/cache.mjs';
import { startRedis } from '../sandbox/redis.ts';
import { session } from './shared.ts';

describe('The Health view', () => {
  before(async () => {
    const { window } = session();
    await window.openCacheOps();
    await window.health.row('Redis').waitFor();
  });

  it('shows the active environment first read, with its tier in words', async () => {
    const { window } = session();
    await eventually(async () =>
      assert.equal(await window.health.row('local').description(), 'development · Redis healthy · active'),
    );
    assert.match(await window.health.row('canary').description(), /^staging · /);
  });

  it('shows what redis-cli INFO says: version, memory, keys, hit rate', async () => {
    const { window, redis } = session();
    const info = await redisInfo(redis.port);
    const row = (label: string): Promise<string> => window.health.row(label).description();
    assert.ok((await row('Version')).startsWith(`Redis ${info['redis_version']}, up `), await row('Version'));
    assert.equal(await row('Role'), 'primary');
    const [used, limit] =
      /^([\d.]+) MB of ([\d.]+) MB/
        .exec(await row('Memory'))
        ?.slice(1)
        .map(Number) ?? [];
    assert.equal(limit, Number(info['maxmemory']) / 2 ** 20);
    assert.ok(Math.abs((used ?? 0) - Number(info['used_memory']) / 2 ** 20) < 0.5, await row('Memory'));
    assert.equal(await row('Keys'), `db0 ${/keys=(\d+)/.exec(info['db0'] ?? '')?.[1]}`);
    assert.match(await row('Evictions'), new RegExp(`\\b${info['evicted_keys']} since start$`));
    const hits = Number(info['keyspace_hits']);
    const misses = Number(info['keyspace_misses']);
    const rate = `Keyspace hit rate · ${((100 * hits) / (hits + misses)).toFixed(1)} %, since start`;
    assert.ok(
      (await window.health.texts()).includes(rate),
      `${rate} is not among ${(await window.health.texts()).join(' | ')}`,
    );
  });

  it('moves with the traffic, and names the window', async () => {
    const { window, redis } = session();
    const client = new Redis(redis.url);
    try {
      // Nothing that others looked up before counts.
      await client.config('RESETSTAT');
      await eventually(async () =>
        assert.match((await window.health.texts()).join(' | '), /Keyspace hit rate · no traffic, since start/),
      );
      for (let index = 0; index < 40; index += 1) await client.get(index < 30 ? 'cache:search:1' : 'cache:none');
      await eventually(async () => {
        const texts = await window.health.texts();
        assert.ok(
          texts.some((text) => /^Keyspace hit rate · 75\.0 %, last \d/.test(text)),
          texts.join(' | '),
        );
      });
    } finally {
      client.disconnect();
    }
  });

  it('says that a Redis is gone, and that it is back', async () => {
    const { window, canary, folder } = session();
    await eventually(async () => assert.match(await window.health.row('canary').description(), /Redis healthy/));
    await canary.kill();
    await eventually(async () =>
      assert.match(await window.health.row('canary').description(), /Redis connection refused/),
    );
    await window.screenshot('redis-down');
    assert.match(await window.health.row('local').description(), /Redis healthy/, 'the other one is not affected');

    const again = await startRedis({ folder: `${folder}/canary-again`, port: canary.port });
    try {
      await window.command('Refresh Health');
      await eventually(
        async () => assert.match(await window.health.row('canary').description(), /Redis healthy/),
        20_000,
      );
    } finally {
      await again.stop();
    }
  });
});

/** What redis-cli prints for INFO, by field. */
async function redisInfo(port: number): Promise<Readonly<Record<string, string>>> {
  const text = await run(await ensureProgram('redis-cli'), ['-p', String(port), 'INFO']);
  return Object.fromEntries([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map((match) => [match[1] ?? '', match[2] ?? '']));
}
