import path from 'node:path';
import { answering } from '../making/http.ts';
import { suspend } from '../making/processes.ts';
import { smallDisk } from '../making/smallDisk.ts';
import { until } from '../making/redis.ts';
import { change, startQdrantNode, tokenFor } from '../../live/support/qdrantNode.ts';
import type { NodeOptions, QdrantNode } from '../../live/support/qdrantNode.ts';
import type { Stage, State } from '../state.ts';

const vectors = { vectors: { size: 4, distance: 'Cosine' } };
const keys = {
  QDRANT__SERVICE__API_KEY: 'all',
  QDRANT__SERVICE__READ_ONLY_API_KEY: 'look',
  QDRANT__SERVICE__JWT_RBAC: 'true',
};

/** A real node with the collection `shop`. */
async function nodeOn(stage: Stage, more: Partial<NodeOptions> = {}, key?: string): Promise<QdrantNode> {
  const node = await stage.own(startQdrantNode({ folder: path.join(stage.folder, 'qdrant'), ...more }));
  await change('PUT', `${node.url}/collections/shop`, vectors, key);
  return node;
}

const oddNames = ['shop cache 100%', 'größe', "it's", 'a#b&c=d', 'a%20b', '+', '🧊'];

const settingsOf = (url: string, more: object = {}) => ({ qdrant: { url, collections: ['shop'], ...more } });

const withKeys = async (stage: Stage, secret: string | undefined, collections = ['shop']) => {
  const { url } = await nodeOn(stage, { environment: keys }, 'all');
  return {
    settings: settingsOf(url, { collections, ...(secret === undefined ? {} : { apiKey: '${secret}' }) }),
    ...(secret === undefined ? {} : { secret }),
  };
};

/** A stand-in that serves one collection in a state that a real one does not take on demand. */
function shapedAs(name: string, collection: object, expect: State['expect']): State {
  return {
    name: `Qdrant: ${name}`,
    service: 'qdrant',
    standIn: true,
    make: async (stage) => {
      const result = {
        status: 'green',
        optimizer_status: 'ok',
        points_count: 5,
        segments_count: 1,
        config: {},
        ...collection,
      };
      const { url } = await answering(stage, { '/collections/shop': { body: { result, status: 'ok', time: 0 } } });
      return { settings: settingsOf(url) };
    },
    expect,
  };
}

const degraded = (id: string, words: RegExp, says: RegExp): State['expect'] => ({
  state: 'degraded',
  says,
  readings: { [id]: ['degraded', words] },
});

async function upsert(url: string, from: number): Promise<unknown> {
  const points = Array.from({ length: 50 }, (_, index) => ({
    id: from + index,
    vector: [1, 2, 3, 4],
    payload: { text: `${from}`.padEnd(20_000, 'x') },
  }));
  return change('PUT', `${url}/collections/shop/points?wait=true`, { points });
}

export const qdrantStates: readonly State[] = [
  {
    name: 'Qdrant: well',
    service: 'qdrant',
    make: async (stage) => ({ settings: settingsOf((await nodeOn(stage)).url) }),
    expect: { state: 'healthy', says: /^healthy$/, readings: { 'collection/shop': ['healthy', /^green/] } },
  },
  {
    name: 'Qdrant: well, collections with odd names',
    service: 'qdrant',
    make: async (stage) => {
      const { url } = await nodeOn(stage);
      for (const name of oddNames) await change('PUT', `${url}/collections/${encodeURIComponent(name)}`, vectors);
      return { settings: settingsOf(url, { collections: oddNames }) };
    },
    expect: {
      state: 'healthy',
      says: /^healthy$/,
      readings: Object.fromEntries(oddNames.map((name) => [`collection/${name}`, ['healthy', /^green/]])),
    },
  },
  {
    name: 'Qdrant: well, 200 collections, none of them in the settings',
    service: 'qdrant',
    slow: true,
    make: async (stage) => {
      const { url } = await nodeOn(stage, { environment: { QDRANT__STORAGE__WAL__WAL_CAPACITY_MB: '1' } });
      for (let index = 0; index < 200; index += 1) await change('PUT', `${url}/collections/many-${index}`, vectors);
      return { settings: { qdrant: { url } } };
    },
    expect: {
      state: 'healthy',
      says: /^healthy$/,
      readings: { collections: ['fact', /^201, the first 20 are read/], 'collection/many-0': ['healthy', /^green/] },
    },
  },
  {
    name: 'Qdrant: well, by IPv6',
    service: 'qdrant',
    make: async (stage) => {
      const { url } = await nodeOn(stage, { environment: { QDRANT__SERVICE__HOST: '::' } });
      return { settings: settingsOf(url.replace('127.0.0.1', '[::1]')) };
    },
    expect: {
      state: 'healthy',
      says: /^healthy$/,
      readings: { connection: ['healthy', /^\[::1\]:\d+$|^\[::1\]:\d+ /] },
    },
  },
  {
    name: 'Qdrant: it is gone',
    service: 'qdrant',
    make: async (stage) => {
      const node = await nodeOn(stage);
      return { settings: settingsOf(node.url), worsen: () => node.kill() };
    },
    expect: { state: 'down', says: /^connection refused/ },
  },
  {
    name: 'Qdrant: it hangs',
    service: 'qdrant',
    make: async (stage) => {
      const node = await nodeOn(stage);
      return { settings: settingsOf(node.url), worsen: () => suspend(stage, node) };
    },
    expect: { state: 'down', says: /^timed out.*did not answer within 5 s/ },
  },
  {
    name: 'Qdrant: the collection is deleted',
    service: 'qdrant',
    make: async (stage) => {
      const { url } = await nodeOn(stage);
      return { settings: settingsOf(url), worsen: () => change('DELETE', `${url}/collections/shop`) };
    },
    expect: degraded('collection/shop', /^missing/, /^degraded: collection shop/),
  },
  {
    name: 'Qdrant: key wanted, none set',
    service: 'qdrant',
    make: (stage) => withKeys(stage, undefined),
    expect: { state: 'unknown', says: /^login failed.*Must provide an API key/ },
  },
  {
    name: 'Qdrant: wrong key',
    service: 'qdrant',
    make: (stage) => withKeys(stage, 'guess'),
    expect: { state: 'unknown', says: /^login failed.*Invalid API key/ },
  },
  {
    name: 'Qdrant: read-only key',
    service: 'qdrant',
    make: (stage) => withKeys(stage, 'look'),
    expect: { state: 'healthy', says: /^healthy$/ },
  },
  {
    name: 'Qdrant: token for one collection of two',
    service: 'qdrant',
    make: (stage) =>
      withKeys(stage, tokenFor({ access: [{ collection: 'shop', access: 'r' }] }, 'all'), ['shop', 'another']),
    expect: {
      state: 'unknown',
      says: /^unknown: collection another/,
      readings: {
        'collection/shop': ['healthy', /^green/],
        'collection/another': ['unknown', /not permitted/],
        cluster: ['unknown', /not permitted/],
        memory: ['unknown', /not permitted/],
      },
    },
  },
  {
    name: 'Qdrant: token expired',
    service: 'qdrant',
    make: (stage) => withKeys(stage, tokenFor({ access: 'r', exp: 1_000_000_000 }, 'all')),
    expect: { state: 'unknown', says: /^login failed.*ExpiredSignature/ },
  },
  {
    name: 'Qdrant: disk full, updates fail',
    service: 'qdrant',
    slow: true,
    make: async (stage) => {
      const node = await nodeOn(stage, { folder: await smallDisk(stage, 80) });
      let from = 0;
      const write = (): Promise<unknown> => upsert(node.url, (from += 50));
      return { settings: settingsOf(node.url), worsen: () => until(write, /No space left|500/, 40_000) };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: .*server errors/,
      readings: { serverErrors: ['degraded', /since the last reading/], '*': ['degraded', /./] },
      withinSeconds: 140,
    },
  },
  {
    name: 'Qdrant: recovery mode',
    service: 'qdrant',
    make: async (stage) => {
      const folder = path.join(stage.folder, 'qdrant');
      await (await nodeOn(stage)).stop();
      const environment = { QDRANT__STORAGE__RECOVERY_MODE: 'being recovered' };
      const { url } = await stage.own(startQdrantNode({ folder, environment }));
      return { settings: settingsOf(url) };
    },
    expect: { state: 'down', says: /^unexpected answer.*HTTP 500.*being recovered/ },
  },
  {
    name: 'Qdrant: above the environment’s memory limit',
    service: 'qdrant',
    make: async (stage) => ({
      settings: { ...settingsOf((await nodeOn(stage)).url), limits: { qdrantMemory: '1MB' } },
    }),
    expect: degraded('memory', /of 1\.0 MB allowed/, /^degraded: memory/),
  },
  {
    name: 'Qdrant cluster: a peer is dead',
    service: 'qdrant',
    slow: true,
    make: async (stage) => {
      const start = (name: string, join: string | undefined): Promise<QdrantNode> =>
        stage.own(startQdrantNode({ folder: path.join(stage.folder, name), cluster: { join } }));
      const first = await start('first', undefined);
      const second = await start('second', first.peerUrl);
      const shared = { ...vectors, shard_number: 2, replication_factor: 2 };
      await until(() => change('PUT', `${first.url}/collections/shop`, shared), /undefined|already exists/);
      const shards = async (): Promise<string> => (await fetch(`${first.url}/collections/shop/cluster`)).text();
      await until(async () => (await shards()).match(/"Active"/g)?.length, /^4$/);
      const worsen = async (): Promise<void> => {
        await second.kill();
        // The node that is left finds out when messages fail.
        const seen = async (): Promise<string> => (await fetch(`${first.url}/cluster`)).text();
        await until(seen, /"message_send_failures":\{"/, 45_000);
      };
      return { settings: settingsOf(first.url), worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: peer/,
      readings: { 'peer/*': ['degraded', /^not reached, .*messages? failed/], 'shards/shop': ['healthy', /4 of 4/] },
    },
  },
  shapedAs(
    'collection yellow',
    { status: 'yellow' },
    degraded('collection/shop', /^yellow.*optimizers are at work/, /^degraded: collection shop/),
  ),
  shapedAs(
    'collection grey',
    { status: 'grey' },
    degraded('collection/shop', /^grey.*begin with the next update/, /^degraded: collection shop/),
  ),
  shapedAs(
    'collection red',
    { status: 'red' },
    degraded('collection/shop', /^red.*could not recover it/, /^degraded: collection shop/),
  ),
  shapedAs(
    'green, but its optimizers failed',
    { optimizer_status: { error: 'No space left on device' } },
    degraded('optimizer/shop', /No space left/, /^degraded: optimizers of shop/),
  ),
  shapedAs(
    'a status of a later version',
    { status: 'violet' },
    {
      state: 'unknown',
      says: /^unknown: collection shop/,
      readings: { 'collection/shop': ['unknown', /^violet.*not known/] },
    },
  ),
  {
    name: 'Qdrant: every answer is an error',
    service: 'qdrant',
    standIn: true,
    make: async (stage) => {
      const body = { status: { error: 'Service internal error: shard is broken' }, time: 0.1 };
      const { url } = await answering(stage, { '/collections/shop': { status: 500, body } });
      return { settings: settingsOf(url) };
    },
    expect: { state: 'down', says: /^unexpected answer.*HTTP 500.*shard is broken/ },
  },
];
