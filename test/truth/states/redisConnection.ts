import path from 'node:path';
import { Redis } from 'ioredis';
import { makeCertificates } from '../../sandbox/certificates.ts';
import { startRedis } from '../../sandbox/redis.ts';
import { findFreePort } from '../../sandbox/serverProcess.ts';
import { startBadServer } from '../../live/support/badServers.ts';
import { suspend } from '../making/processes.ts';
import { clientOf, killed, redisOn, until } from '../making/redis.ts';
import type { Stage, State } from '../state.ts';

async function withUsers(stage: Stage, user: string): Promise<string> {
  const acl = [
    'user default on >s3cret ~* &* +@all',
    'user reader on >s3cret ~* -@all +@read +@connection',
    'user mute on >s3cret ~* -@all +get',
  ];
  const { url } = await stage.own(startRedis({ folder: stage.folder, acl }));
  return url.replace('redis://', user === '' ? 'redis://' : `redis://${user}@`);
}

async function withTls(stage: Stage, tls: (pem: Awaited<ReturnType<typeof makeCertificates>>) => object, days = 1) {
  const pem = await makeCertificates(path.join(stage.folder, 'pem'), days);
  const { url } = await stage.own(
    startRedis({ folder: stage.folder, tls: { ca: pem.ca, ...pem.server, verifyClients: true } }),
  );
  return { settings: { redis: { url, tls: tls(pem) } } };
}

const login = { state: 'unknown', says: /^login failed/ } as const;

export const redisConnectionStates: readonly State[] = [
  {
    name: 'Redis: well',
    service: 'redis',
    make: async (stage) => ({ settings: { redis: { url: (await redisOn(stage)).url } } }),
    expect: {
      state: 'healthy',
      says: /^healthy$/,
      readings: { memory: ['fact', /no limit set/], hitRateMinute: ['fact', /no data|no traffic/] },
    },
  },
  {
    name: 'Redis: the primary is gone',
    service: 'redis',
    make: async (stage) => {
      const server = await redisOn(stage);
      return { settings: { redis: { url: server.url } }, worsen: () => server.kill() };
    },
    expect: { state: 'down', says: /^connection refused.*nothing listens there/ },
  },
  {
    name: 'Redis: it hangs',
    service: 'redis',
    make: async (stage) => {
      const server = await redisOn(stage);
      return { settings: { redis: { url: server.url } }, worsen: () => suspend(stage, server) };
    },
    expect: { state: 'down', says: /^timed out.*did not answer within 5 s/ },
  },
  {
    name: 'Redis: something else answers there',
    service: 'redis',
    standIn: true,
    make: async (stage) => {
      const web = await stage.own(
        startBadServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n<html></html>')),
      );
      return { settings: { redis: { url: `redis://127.0.0.1:${web.port}/0` } } };
    },
    expect: { state: 'down', says: /^unexpected answer.*is not Redis/ },
  },
  {
    name: 'Redis: host name unknown',
    service: 'redis',
    make: () => Promise.resolve({ settings: { redis: { url: 'redis://redis.invalid:6379/0' } } }),
    expect: { state: 'down', says: /^host name not found/ },
  },
  {
    name: 'Redis: Unix socket missing',
    service: 'redis',
    make: ({ folder }) => Promise.resolve({ settings: { redis: { url: `unix://${path.join(folder, 'no.sock')}` } } }),
    expect: { state: 'down', says: /^connection refused.*There is no socket/ },
  },
  {
    name: 'Redis: wrong password',
    service: 'redis',
    make: async (stage) => ({
      settings: { redis: { url: await withUsers(stage, ''), password: '${secret}' } },
      secret: 'guess',
    }),
    expect: login,
  },
  {
    name: 'Redis: password wanted, none set',
    service: 'redis',
    make: async (stage) => ({ settings: { redis: { url: await withUsers(stage, '') } } }),
    expect: { ...login, says: /^login failed.*wants a password/ },
  },
  {
    name: 'Redis: password not stored',
    service: 'redis',
    make: async (stage) => ({ settings: { redis: { url: await withUsers(stage, ''), password: '${secret}' } } }),
    expect: { state: 'unknown', says: /^secret needed.*not stored yet/ },
  },
  {
    name: 'Redis: its user is deleted meanwhile',
    service: 'redis',
    make: async (stage) => {
      const url = await withUsers(stage, 'reader');
      const admin = new Redis(url.replace('reader@', ''), { password: 's3cret', enableReadyCheck: false });
      stage.undo(() => Promise.resolve(admin.disconnect()));
      await admin.acl('SETUSER', 'reader', '+info');
      return {
        settings: { redis: { url, password: '${secret}' } },
        secret: 's3cret',
        worsen: () => admin.acl('DELUSER', 'reader'),
      };
    },
    // The first read may be cut off with the connection that is ended.
    expect: { ...login, withinSeconds: 60 },
  },
  {
    name: 'Redis: user without INFO',
    service: 'redis',
    make: async (stage) => ({
      settings: { redis: { url: await withUsers(stage, 'reader'), password: '${secret}' } },
      secret: 's3cret',
    }),
    expect: {
      state: 'unknown',
      says: /^unknown: server state/,
      readings: { info: ['unknown', /not permitted.*\+info/] },
    },
  },
  {
    name: 'Redis: user without any right',
    service: 'redis',
    make: async (stage) => ({
      settings: { redis: { url: await withUsers(stage, 'mute'), password: '${secret}' } },
      secret: 's3cret',
    }),
    expect: { state: 'unknown', says: /^not permitted.*ping/i },
  },
  {
    name: 'Redis: database of that number missing',
    service: 'redis',
    make: async (stage) => ({ settings: { redis: { url: (await redisOn(stage)).url.replace(/\/0$/, '/99') } } }),
    expect: { state: 'unknown', says: /^not set up.*no database of that number/ },
  },
  {
    name: 'Redis: TLS well',
    service: 'redis',
    make: (stage) => withTls(stage, ({ ca, client }) => ({ ca, ...client })),
    expect: { state: 'healthy', says: /^healthy$/ },
  },
  {
    name: 'Redis: TLS certificate expired',
    service: 'redis',
    make: async (stage) => {
      const scene = await withTls(stage, ({ ca, client }) => ({ ca, ...client }), 0);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      return scene;
    },
    expect: { state: 'down', says: /^TLS failed.*has expired/ },
  },
  {
    name: 'Redis: TLS authority not trusted',
    service: 'redis',
    make: (stage) => withTls(stage, ({ client }) => client),
    expect: { state: 'down', says: /^TLS failed.*tls\.ca/ },
  },
  {
    name: 'Redis: TLS client certificate missing',
    service: 'redis',
    make: (stage) => withTls(stage, ({ ca }) => ({ ca })),
    expect: { state: 'down', says: /client certificate/ },
  },
  {
    name: 'Redis: TLS spoken to without',
    service: 'redis',
    make: async (stage) => {
      const { settings } = await withTls(stage, () => ({}));
      return { settings: { redis: { url: settings.redis.url.replace('rediss', 'redis') } } };
    },
    expect: { state: 'down', says: /^TLS failed.*speaks TLS/ },
  },
  {
    name: 'Redis: maxclients reached',
    service: 'redis',
    make: async (stage) => {
      const server = await redisOn(stage, { maxclients: '3' });
      for (let index = 0; index < 3; index++) await clientOf(stage, server).ping();
      return { settings: { redis: { url: server.url } } };
    },
    expect: { state: 'down', says: /^not ready.*maximum number of clients/ },
  },
  {
    name: 'Redis: busy with a script',
    service: 'redis',
    make: async (stage) => {
      const server = await redisOn(stage, { 'lua-time-limit': '50' });
      killed(stage, server);
      const client = clientOf(stage, server);
      return {
        settings: { redis: { url: server.url } },
        worsen: async () => {
          client.eval('while true do end', 0).catch(() => undefined);
          const other = clientOf(stage, server);
          await until(() => other.ping(), /BUSY/);
        },
      };
    },
    expect: { state: 'down', says: /^not ready.*busy running a script/ },
  },
  {
    name: 'Redis: loading',
    service: 'redis',
    make: async (stage) => {
      const dump = { save: '3600 1', dbfilename: 'dump.rdb' };
      const filled = await redisOn(stage, dump);
      const client = clientOf(stage, filled);
      await client.mset(
        Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key:${index}`, 'x'.repeat(99)])),
      );
      await client.save();
      await filled.kill();
      const port = await findFreePort();
      // A debugging setting of the real server: microseconds of pause after each key.
      const slow = { 'key-load-delay': '2000', 'loading-process-events-interval-bytes': '1024' };
      void stage
        .own(startRedis({ folder: path.join(stage.folder, 'redis'), port, config: { ...dump, ...slow } }))
        .catch(() => undefined);
      const asking = new Redis(port, '127.0.0.1', { enableReadyCheck: false, retryStrategy: () => 20 });
      asking.on('error', () => undefined);
      stage.undo(() => Promise.resolve(asking.disconnect()));
      await until(() => asking.ping(), /LOADING/);
      return { settings: { redis: { url: `redis://127.0.0.1:${port}/0` } } };
    },
    expect: { state: 'down', says: /^not ready.*loading its data set/ },
  },
];
