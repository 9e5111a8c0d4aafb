import path from 'node:path';
import { writeFile } from 'node:fs/promises';
import { makeCertificates } from '../../sandbox/certificates.ts';
import { startRedis } from '../../sandbox/redis.ts';
import { startRedisCluster } from '../../sandbox/redisCluster.ts';
import { startSentinelGroup } from '../../sandbox/redisSentinel.ts';
import { clientOf, redisOn, until } from '../making/redis.ts';
import type { Stage, State } from '../state.ts';

const well = { state: 'healthy', says: /^healthy$/ } as const;

async function withCa(stage: Stage, ca: string) {
  const pem = await makeCertificates(path.join(stage.folder, 'pem'));
  const { url } = await stage.own(startRedis({ folder: stage.folder, tls: { ca: pem.ca, ...pem.server } }));
  return { settings: { redis: { url, tls: { ca: path.join(stage.folder, 'pem', ca) } } } };
}

/** Where the environment leads, when that is not simply a server of its own. */
export const redisPlaceStates: readonly State[] = [
  {
    name: 'Redis: well, by IPv6, with a replica by IPv6',
    service: 'redis',
    make: async (stage) => {
      const both = { bind: '127.0.0.1 ::1' };
      const [primary, replica] = await Promise.all([redisOn(stage, both, 'primary'), redisOn(stage, both, 'replica')]);
      await clientOf(stage, replica).replicaof('::1', primary.port);
      await until(() => clientOf(stage, primary).info('replication'), /state=online/);
      return { settings: { redis: { url: `redis://[::1]:${primary.port}/0` } } };
    },
    expect: {
      ...well,
      readings: { connection: ['healthy', /^\[::1\]:\d+ as default/], 'replica/[*': ['healthy', /^online/] },
    },
  },
  {
    name: 'Redis: well, a replica by IPv6',
    service: 'redis',
    make: async (stage) => {
      const both = { bind: '127.0.0.1 ::1' };
      const [primary, replica] = await Promise.all([redisOn(stage, both, 'primary'), redisOn(stage, both, 'replica')]);
      await clientOf(stage, replica).replicaof('::1', primary.port);
      await until(() => clientOf(stage, replica).info('replication'), /master_link_status:up/);
      return { settings: { redis: { url: replica.url } } };
    },
    expect: { ...well, readings: { role: ['healthy', /^replica of \[::1\]:\d+/] } },
  },
  {
    name: 'Redis: well, by a Unix socket',
    service: 'redis',
    make: async (stage) => {
      const socket = path.join(stage.folder, 'r.sock');
      await redisOn(stage, { unixsocket: socket });
      return { settings: { redis: { url: `unix://${socket}` } } };
    },
    expect: { ...well, readings: { connection: ['healthy', /r\.sock as default/] } },
  },
  {
    name: 'Redis: well, sixteen databases in use',
    service: 'redis',
    make: async (stage) => {
      const server = await redisOn(stage);
      const client = clientOf(stage, server);
      for (let db = 0; db < 16; db += 1) {
        await client.select(db);
        await client.mset(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key:${index}`, 'x'])));
      }
      return { settings: { redis: { url: server.url } } };
    },
    expect: { ...well, readings: { keys: ['fact', /^1,600 in 16 databases.*db15: 100 keys/] } },
  },
  {
    name: 'Redis: one node of a cluster is taken for a server',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { nodes } = await stage.own(startRedisCluster(stage.folder));
      return { settings: { redis: { url: `redis://127.0.0.1:${nodes[0]?.port}/0` } } };
    },
    expect: {
      state: 'unknown',
      says: /^unknown: cluster/,
      readings: { clusterSlots: ['unknown', /one node of a cluster.*redis\.cluster/] },
    },
  },
  {
    name: 'Redis: a sentinel is taken for a server',
    service: 'redis',
    slow: true,
    make: async (stage) => {
      const { sentinels } = await stage.own(startSentinelGroup(stage.folder));
      return { settings: { redis: { url: `redis://127.0.0.1:${sentinels[0]?.port}/0` } } };
    },
    expect: { state: 'unknown', says: /^not set up.*is a sentinel.*redis\.sentinels/ },
  },
  {
    name: 'Redis: the client’s key is of another certificate',
    service: 'redis',
    make: async (stage) => {
      const { settings } = await withCa(stage, 'ca.pem');
      const pem = path.join(stage.folder, 'pem');
      const tls = { ca: `${pem}/ca.pem`, cert: `${pem}/client.pem`, key: `${pem}/server.key` };
      return { settings: { redis: { ...settings.redis, tls } } };
    },
    expect: { state: 'unknown', says: /^not set up.*server\.key is not the key of .*client\.pem/ },
  },
  {
    name: 'Redis: its authority’s file is missing',
    service: 'redis',
    make: (stage) => withCa(stage, 'none.pem'),
    expect: { state: 'unknown', says: /^file not readable.*none\.pem/ },
  },
  {
    name: 'Redis: its authority’s file holds no certificate',
    service: 'redis',
    make: async (stage) => {
      const scene = await withCa(stage, 'text.pem');
      await writeFile(path.join(stage.folder, 'pem', 'text.pem'), 'no certificate\n');
      return scene;
    },
    expect: { state: 'unknown', says: /^not set up.*text\.pem.*no certificate/ },
  },
  {
    name: 'Redis: its authority’s file holds half a certificate',
    service: 'redis',
    make: async (stage) => {
      const scene = await withCa(stage, 'half.pem');
      await writeFile(
        path.join(stage.folder, 'pem', 'half.pem'),
        '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
      );
      return scene;
    },
    expect: { state: 'unknown', says: /^not set up.*half\.pem/ },
  },
];
