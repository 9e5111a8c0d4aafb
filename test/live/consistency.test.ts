import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { openAndCheckConsistency } from '../../src/clients/consistency/open.ts';
import { systemClock } from '../../src/core/clock.ts';
import { usualBudget } from '../../src/core/consistency/model.ts';
import type {
  ConsistencyBudget,
  ConsistencyCheck,
  KeysChecked,
  PointsChecked,
} from '../../src/core/consistency/model.ts';
import { consistencyReading } from '../../src/core/consistency/readings.ts';
import { consistencyReport } from '../../src/core/consistency/report.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { startRedisCluster } from '../sandbox/redisCluster.ts';
import { change, startQdrantNode, tokenFor } from './support/qdrantNode.ts';
import type { QdrantNode } from './support/qdrantNode.ts';
import { environmentWith, never, secretsOf } from './support/serviceReadings.ts';

const apiKey = 'the key of this test, long enough';
const readOnlyKey = 'the read-only key of this test';
const noTunnel = { of: () => undefined };

describe('the consistency of a real Redis and a real Qdrant', function () {
  this.timeout(60_000);
  let folder: string;
  let redis: RedisServer;
  let qdrant: QdrantNode;
  let client: Redis;

  const send = (method: 'PUT' | 'DELETE', route: string, body?: object): Promise<unknown> =>
    change(method, `${qdrant.url}/collections/${route}`, body, apiKey);
  /** Points 1 to `count` of a new collection; each names the key that `keyOf` gives it. */
  const fill = async (name: string, count: number, keyOf: (id: number) => string | undefined): Promise<void> => {
    await send('DELETE', name);
    await send('PUT', name, { vectors: { size: 4, distance: 'Cosine' } });
    const points = Array.from({ length: count }, (_, index) => {
      const key = keyOf(index + 1);
      return {
        id: index + 1,
        vector: [index, 1, 2, 3],
        payload: key === undefined ? { other: 1 } : { redis_key: key },
      };
    });
    await send('PUT', `${name}/points?wait=true`, { points });
  };
  const check = (
    settings: object = {},
    { budget = {}, key = apiKey, signal = never, password }: Partial<Given> = {},
  ): Promise<ConsistencyCheck> =>
    openAndCheckConsistency(
      {
        environment: environmentWith({
          redis: { url: redis.url },
          qdrant: { url: qdrant.url, apiKey: '${secret}', collections: ['answers'] },
          ...settings,
        }),
        secret: secretsOf({ 'qdrant.apiKey': key, ...(password !== undefined && { 'redis.password': password }) }),
        tunnels: noTunnel,
        clock: systemClock,
      },
      { link: 'redis_key', budget: { ...usualBudget, ...budget } },
      signal,
    );
  const points = ({ points: [first] }: ConsistencyCheck): PointsChecked =>
    first ?? assert.fail('No collection was checked.');
  const keys = ({ keys: [first] }: ConsistencyCheck): KeysChecked => first ?? assert.fail('No prefix was checked.');

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cache-ops-consistency-'));
    [redis, qdrant] = await Promise.all([
      startRedis({
        folder: path.join(folder, 'redis'),
        acl: ['user default on nopass ~* &* +@all', 'user blind on >pw ~cache:search:* &* +@all -exists'],
      }),
      startQdrantNode({
        folder: path.join(folder, 'qdrant'),
        environment: {
          QDRANT__SERVICE__API_KEY: apiKey,
          QDRANT__SERVICE__READ_ONLY_API_KEY: readOnlyKey,
          QDRANT__SERVICE__JWT_RBAC: 'true',
        },
      }),
    ]);
    client = new Redis(redis.url);
  });
  after(async () => {
    client?.disconnect();
    await qdrant?.stop();
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => client.flushall());

  const write = (from: number, to: number): Promise<unknown> =>
    client.mset(
      Object.fromEntries(Array.from({ length: to - from + 1 }, (_, index) => [`cache:search:${from + index}`, 'x'])),
    );

  it('is exact when everything is looked at: keys that are missing, points that are, points that name none', async () => {
    await fill('answers', 100, (id) => (id > 95 ? undefined : `cache:search:${id}`));
    await write(11, 110);
    const found = await check();
    const { sampled, looked, withoutKey, withoutLink, changed, unknown, examples } = points(found);
    assert.deepEqual([sampled, looked, withoutKey, withoutLink, changed, unknown], ['all', 100, 10, 5, 0, 0]);
    assert.deepEqual(examples.map(({ key }) => key).toSorted()[0], 'cache:search:1');
    const back = keys(found);
    assert.equal(back.prefix, 'cache:search:');
    assert.deepEqual([back.looked, back.complete, back.withoutPoint], [100, true, 15]);
    assert.equal(found.ended, 'complete');
    const { value, state } = consistencyReading(found, found.startedAtMs + 60_000);
    assert.equal(value, '10 of 95 (10.5 %) points lead to no key; 15 of 100 (15.0 %) keys have no point; 1 min ago');
    assert.equal(state, 'degraded');
    assert.match(consistencyReport(found, 'Now'), /\| The key is missing \| 10 \| 10\.0 % \|/);
  });

  it('is fine where both agree', async () => {
    await fill('answers', 50, (id) => `cache:search:${id}`);
    await write(1, 50);
    const found = await check();
    assert.equal(points(found).withoutKey, 0);
    assert.equal(keys(found).withoutPoint, 0);
    assert.equal(consistencyReading(found, found.startedAtMs).state, 'healthy');
  });

  it('counts a key that has expired as missing', async () => {
    await fill('answers', 3, (id) => `cache:search:${id}`);
    await write(1, 3);
    await client.pexpire('cache:search:2', 1);
    assert.equal(points(await check()).withoutKey, 1);
  });

  it('does not count what is being written just then', async () => {
    await fill('answers', 20, (id) => `cache:search:${id}`);
    await write(1, 10);
    const late = setTimeout(() => void write(11, 20), 500);
    const { withoutKey, changed } = points(await check());
    clearTimeout(late);
    assert.deepEqual([withoutKey, changed], [0, 10]);
  });

  it('takes a sample at random of what is large, and says how large it was', async () => {
    await fill('answers', 3_000, (id) => `cache:search:${id}`);
    await write(1, 1_500);
    const found = await check({}, { budget: { points: 400, keys: 300, page: 200 } });
    const { sampled, looked, total, withoutKey } = points(found);
    assert.deepEqual([sampled, looked, total], ['random', 400, 3_000]);
    assert.ok(withoutKey > 130 && withoutKey < 270, `${withoutKey} of 400 where half are missing`);
    const { looked: keysLooked, complete, withoutPoint } = keys(found);
    assert.deepEqual([keysLooked, complete, withoutPoint], [300, false, 0]);
    assert.match(consistencyReport(found, 'Now'), /400 points of about 3,000 \(13\.3 %\), chosen at random/);
  });

  it('knows ids that are too long for a number', async () => {
    await fill('answers', 1, () => 'cache:search:1');
    const longest = '18446744073709551615';
    const body = `{"points":[{"id":${longest},"vector":[1,2,3,4],"payload":{"redis_key":"cache:search:x"}}]}`;
    await fetch(`${qdrant.url}/collections/answers/points?wait=true`, {
      method: 'PUT',
      headers: { 'api-key': apiKey, 'content-type': 'application/json' },
      body,
    });
    await write(1, 1);
    const { withoutKey, examples } = points(await check({}, { budget: { page: 1 } }));
    assert.equal(withoutKey, 1);
    assert.deepEqual(examples, [{ point: longest, key: 'cache:search:x' }]);
  });

  it('is looked at by namespace, each with its own prefix and collection', async () => {
    await fill('answers', 10, (id) => `cache:search:${id}`);
    await fill('pictures', 10, (id) => `cache:picture:${id}`);
    await write(1, 10);
    await client.set('cache:picture:1', 'x');
    await client.set('cache:[p]:1', 'x');
    const found = await check({
      qdrant: { url: qdrant.url, apiKey: '${secret}', collections: ['answers', 'pictures'] },
      namespaces: {
        search: { prefix: 'cache:search:', collection: 'answers' },
        wrong: { prefix: 'cache:search:', collection: 'pictures' },
        odd: { prefix: 'cache:[p]:', collection: 'pictures' },
        exact: { prefix: 'exact:' },
      },
    });
    assert.deepEqual(
      found.keys.map(({ namespace, looked, withoutPoint }) => [namespace, looked, withoutPoint]),
      [
        ['search', 10, 0],
        ['wrong', 10, 10],
        ['odd', 1, 1],
      ],
    );
    assert.deepEqual(
      found.points.map(({ withoutKey }) => withoutKey),
      [0, 9],
    );
  });

  it('needs no more than a read-only key, and says what a token for another collection may not read', async () => {
    await fill('answers', 5, (id) => `cache:search:${id}`);
    await fill('pictures', 5, (id) => `cache:picture:${id}`);
    await write(1, 4);
    assert.equal(points(await check({}, { key: readOnlyKey })).withoutKey, 1);
    const token = tokenFor({ access: [{ collection: 'answers', access: 'r' }] }, apiKey);
    const both = { qdrant: { url: qdrant.url, apiKey: '${secret}', collections: ['answers', 'pictures'] } };
    const found = await check(both, { key: token });
    assert.equal(found.points[0]?.withoutKey, 1);
    assert.equal(found.points[1]?.failure?.code, 'permission');
    assert.equal(
      consistencyReading({ ...found, points: found.points.slice(1), keys: [] }, found.startedAtMs).state,
      'unknown',
    );
  });

  it('is unknown, not missing, what a Redis user may not ask for', async () => {
    await fill('answers', 5, (id) => `cache:search:${id}`);
    await write(1, 5);
    const settings = { redis: { url: redis.url.replace('://', '://blind@'), password: '${secret}' } };
    const found = await check(settings, { password: 'pw' });
    const { unknown, withoutKey } = points(found);
    assert.deepEqual([unknown, withoutKey], [5, 0]);
    assert.match(consistencyReading(found, found.startedAtMs).value, /^no points looked at/);
  });

  it('says which collection is missing, and goes on with the others', async () => {
    await fill('answers', 2, (id) => `cache:search:${id}`);
    await write(1, 2);
    const found = await check({
      qdrant: { url: qdrant.url, apiKey: '${secret}', collections: ['nowhere', 'answers'] },
    });
    assert.match(found.points[0]?.failure?.message ?? '', /There is no nowhere in Qdrant/);
    assert.equal(found.points[1]?.looked, 2);
  });

  it('compares the size of the vectors with the settings', async () => {
    await fill('answers', 1, () => 'cache:search:1');
    const found = await check({
      qdrant: { url: qdrant.url, apiKey: '${secret}', collections: ['answers'], vectorSize: 384 },
    });
    assert.deepEqual(found.vectors, [{ collection: 'answers', sizes: [4] }]);
    assert.match(consistencyReport(found, 'Now'), /`answers`: 4\. \*\*qdrant\.vectorSize of the environment is 384/);
  });

  it('keeps what it saw when it is cancelled', async () => {
    await fill('answers', 2_000, (id) => `cache:search:${id}`);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    const found = await check({}, { budget: { page: 10, pauseMs: 20, points: 2_000 }, signal: abort.signal });
    assert.equal(found.ended, 'cancelled');
    const short = await check({}, { budget: { page: 10, pauseMs: 20, points: 2_000, mostMs: 100 } });
    assert.equal(short.ended, 'mostMs');
  });

  it('is looked at on every node of a cluster', async () => {
    const cluster = await startRedisCluster(path.join(folder, 'cluster'));
    try {
      await fill('answers', 200, (id) => `cache:search:${id}`);
      const settings = { redis: { cluster: cluster.nodes.map(({ port }) => `127.0.0.1:${port}`) } };
      const writer = new Redis.Cluster(cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
      for (let id = 51; id <= 260; id += 1) await writer.set(`cache:search:${id}`, 'x');
      writer.disconnect();
      const found = await check(settings);
      assert.deepEqual([points(found).withoutKey, points(found).unknown], [50, 0]);
      assert.deepEqual([keys(found).looked, keys(found).withoutPoint, keys(found).complete], [210, 60, true]);
    } finally {
      await cluster.stop();
    }
  });
});

interface Given {
  readonly budget: Partial<ConsistencyBudget>;
  readonly key: string;
  readonly signal: AbortSignal;
  readonly password: string;
}
