import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openDeployment, openFlagStore } from '../../src/clients/flags/open.ts';
import { systemClock } from '../../src/core/clock.ts';
import { OpsError } from '../../src/core/errors.ts';
import type { FlagStore } from '../../src/core/flags/target.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { startRedisCluster } from '../sandbox/redisCluster.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import { environmentOf } from './support/runs.ts';

const never = new AbortController().signal;

describe('where a flag is kept', function () {
  this.timeout(60_000);
  let folder: string;
  let redis: RedisServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-flags-'));
    redis = await startRedis({ folder: join(folder, 'redis') });
  });
  after(async () => {
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const store = (settings: object, flag: object = { on: '1', off: '0' }): FlagStore =>
    openFlagStore('CACHE_ENABLED', {
      environment: environmentOf({ redis: { url: redis.url }, flags: { CACHE_ENABLED: flag }, ...settings }),
      directory: folder,
      secret: () => Promise.resolve(undefined),
      clock: systemClock,
    });
  const conflict = (error: unknown): boolean => error instanceof OpsError && error.code === 'conflict';

  it('a .env file: set to an explicit value where it still is what was shown', async () => {
    const file = join(folder, '.env');
    await writeFile(file, '# first\nCACHE_ENABLED=1 # since March\nOTHER=x\n');
    await chmod(file, 0o640);
    const flag = store({ target: { kind: 'envFile', file: '.env', restart: 'true' } });
    assert.deepEqual(await flag.inspect(never), { obstacles: [], warnings: [] });
    await flag.write({ expected: '1', value: '0' }, never);
    assert.equal(await readFile(file, 'utf8'), '# first\nCACHE_ENABLED=0 # since March\nOTHER=x\n');
    await assert.rejects(flag.write({ expected: '1', value: '0' }, never), conflict);
    await assert.rejects(flag.write({ expected: '1', value: '1' }, never), /says 0 now, not 1 as shown/);
    assert.equal(await readFile(file, 'utf8'), '# first\nCACHE_ENABLED=0 # since March\nOTHER=x\n');
  });

  it('what keeps a file from being changed is said beforehand', async () => {
    const flag = store({ target: { kind: 'envFile', file: 'missing.env', restart: 'true' } });
    const { obstacles } = await flag.inspect(never);
    assert.match(obstacles.join(' '), /missing\.env does not exist/);
  });

  it('a Redis key: its expiry is kept, and another client’s change wins over ours', async () => {
    const client = new Redis(redis.url);
    try {
      await client.set('feature:cache', '1', 'EX', 1000);
      const flag = store({}, { on: '1', off: '0', in: { redisKey: 'feature:cache' } });
      assert.equal(await flag.read(never), '1');
      await flag.write({ expected: '1', value: '0' }, never);
      assert.equal(await client.get('feature:cache'), '0');
      assert.ok((await client.ttl('feature:cache')) > 900);
      await client.set('feature:cache', 'other');
      await assert.rejects(flag.write({ expected: '0', value: '1' }, never), conflict);
      assert.equal(await client.get('feature:cache'), 'other');
      await flag.write({ expected: 'other', value: undefined }, never);
      assert.equal(await flag.read(never), undefined);
    } finally {
      client.disconnect();
    }
  });

  it('a Redis key in a cluster: on the primary that has its slot', async () => {
    const cluster = await startRedisCluster(join(folder, 'cluster'));
    try {
      const nodes = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`);
      for (const key of ['a', 'b', 'c', 'd', 'e']) {
        const flag = store({ redis: { cluster: nodes } }, { on: '1', off: '0', in: { redisKey: key } });
        await flag.write({ expected: undefined, value: '1' }, never);
        assert.equal(await flag.read(never), '1', key);
      }
    } finally {
      await cluster.stop();
    }
  });

  it('an address: answered and set in its own form, only once', async () => {
    let value: unknown = { name: 'cache', enabled: true };
    let version = 1;
    const bodies: string[] = [];
    const server = await startHttpStandIn(async (request) => {
      if (request.method !== 'PUT') return { body: value, headers: { etag: `"${version}"` } };
      if (request.headers['if-match'] !== `"${version}"`) return { status: 412 };
      let body = '';
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      value = JSON.parse(body);
      version++;
      return { status: 204, body: '' };
    });
    try {
      const flag = store({}, { on: 'true', off: 'false', in: { url: `${server.url}/flags/cache` } });
      assert.equal(await flag.read(never), 'true');
      await flag.write({ expected: 'true', value: 'false' }, never);
      assert.deepEqual(bodies, ['{"name":"cache","enabled":false}']);
      await assert.rejects(flag.write({ expected: 'true', value: 'false' }, never), conflict);
      assert.equal(bodies.length, 1);
    } finally {
      await server.stop();
    }
  });

  it('commands: name and value by environment variable, nothing filled in', async () => {
    const get = 'cat "state-$CACHE_OPS_FLAG"';
    const set = 'printf %s "$CACHE_OPS_VALUE" > "state-$CACHE_OPS_FLAG"';
    await writeFile(join(folder, 'state-CACHE_ENABLED'), '1\n');
    const flag = store({ target: { kind: 'command', get, set } }, { on: '1', off: '$(touch hacked); 0' });
    await flag.write({ expected: '1', value: '$(touch hacked); 0' }, never);
    assert.equal(await readFile(join(folder, 'state-CACHE_ENABLED'), 'utf8'), '$(touch hacked); 0');
    await assert.rejects(readFile(join(folder, 'hacked')));
  });

  it('a restart that hangs is ended with all it started, and says so', async () => {
    const deployment = openDeployment({
      environment: environmentOf({
        target: {
          kind: 'envFile',
          file: '.env',
          restart: 'echo going; (sleep 300; touch late) & echo $! > child; sleep 300',
          settleWithin: '1s',
        },
      }),
      directory: folder,
      secret: () => Promise.resolve(undefined),
      clock: systemClock,
    });
    const said: string[] = [];
    const begunMs = performance.now();
    await assert.rejects(
      deployment?.restart(false, { signal: never, onProgress: (line) => void said.push(line) }) ?? Promise.resolve(),
      (error) =>
        error instanceof OpsError && error.code === 'timedOut' && /longer than 1 s.*was ended/.test(error.message),
    );
    assert.ok(performance.now() - begunMs < 6_000);
    assert.deepEqual(said, ['going']);
    const child = Number(await readFile(join(folder, 'child'), 'utf8'));
    // Where nobody waits for orphans, one stays a zombie.
    assert.match(await readFile(`/proc/${child}/stat`, 'utf8').catch(() => 'gone'), /^gone|\) Z /);
  });

  it('a restart that fails says what it said', async () => {
    const deployment = openDeployment({
      environment: environmentOf({
        target: { kind: 'envFile', file: '.env', restart: 'echo no such app >&2; exit 3' },
      }),
      directory: folder,
      secret: () => Promise.resolve(undefined),
      clock: systemClock,
    });
    await assert.rejects(
      deployment?.restart(false, { signal: never, onProgress: () => {} }) ?? Promise.resolve(),
      /exit 3” ended with exit code 3\. It said: “no such app”\./,
    );
  });
});
