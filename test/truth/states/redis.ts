import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { startRedis } from '../../sandbox/redis.ts';
import { clientOf, killed, redisOn, until } from '../making/redis.ts';
import { smallDisk } from '../making/smallDisk.ts';
import type { Stage, State } from '../state.ts';

const savePoints = { save: '3600 1000000' };

/** A Redis whose data lies on a disk of a few megabytes, with more in memory than fits there. */
async function onSmallDisk(stage: Stage, config: Readonly<Record<string, string>>) {
  const server = await stage.own(startRedis({ folder: await smallDisk(stage, 4), config }));
  killed(stage, server);
  const client = clientOf(stage, server);
  const fill = async (): Promise<void> => {
    for (let index = 0; index < 80; index++)
      await client.set(`big:${index}`, String(index).repeat(100_000).slice(0, 100_000)).catch(() => undefined);
  };
  return { server, client, fill };
}

const cannotSave = {
  state: 'degraded',
  says: /^degraded: writes, last save/,
  readings: {
    writes: ['degraded', /^refused.*MISCONF/],
    lastSave: ['degraded', /the last try failed.*every write is refused/s],
  },
} as const;

export const redisStates: readonly State[] = [
  {
    name: 'Redis: disk full on save',
    service: 'redis',
    make: async (stage) => {
      const { server, client, fill } = await onSmallDisk(stage, { ...savePoints, rdbcompression: 'no' });
      return {
        settings: { redis: { url: server.url } },
        worsen: async () => {
          await fill();
          await client.bgsave();
          await until(() => client.info('persistence'), /rdb_last_bgsave_status:err/);
          await until(() => client.set('one', 'more'), /MISCONF/);
        },
      };
    },
    expect: cannotSave,
  },
  {
    name: 'Redis: the folder of its saves is gone',
    service: 'redis',
    make: async (stage) => {
      const folder = path.join(stage.folder, 'gone');
      await mkdir(folder);
      const server = await stage.own(startRedis({ folder, config: savePoints }));
      killed(stage, server);
      const client = clientOf(stage, server);
      return {
        settings: { redis: { url: server.url } },
        worsen: async () => {
          await rm(folder, { recursive: true });
          await client.bgsave();
          await until(() => client.set('one', 'more'), /MISCONF/);
        },
      };
    },
    expect: cannotSave,
  },
  {
    name: 'Redis: append-only file broken, disk full',
    service: 'redis',
    make: async (stage) => {
      const { server, client, fill } = await onSmallDisk(stage, { appendonly: 'yes', appendfsync: 'everysec' });
      return {
        settings: { redis: { url: server.url } },
        worsen: async () => {
          await fill();
          await until(() => client.info('persistence'), /aof_last_write_status:err/);
          await until(() => client.set('one', 'more'), /MISCONF/);
        },
      };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: writes, append-only file/,
      readings: {
        writes: ['degraded', /^refused.*AOF/],
        appendOnly: ['degraded', /the last write failed.*writes are refused/],
      },
    },
  },
  {
    name: 'Redis: saving now',
    service: 'redis',
    make: async (stage) => {
      const server = await redisOn(stage, { 'rdb-key-save-delay': '20000' });
      const client = clientOf(stage, server);
      await client.mset(Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`key:${index}`, 'x'])));
      return { settings: { redis: { url: server.url } }, worsen: () => client.bgsave() };
    },
    expect: { state: 'healthy', says: /^healthy$/, readings: { lastSave: ['fact', /saving now/] } },
  },
  {
    name: 'Redis: nearly all clients taken',
    service: 'redis',
    make: async (stage) => {
      const server = await redisOn(stage, { maxclients: '20' });
      const worsen = async (): Promise<void> => {
        for (let index = 0; index < 18; index++) await clientOf(stage, server).ping();
      };
      return { settings: { redis: { url: server.url } }, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: clients/,
      readings: { clients: ['degraded', /^19 of 20.*Over 90 %/] },
    },
  },
  {
    name: 'Redis: no lookups',
    service: 'redis',
    make: async (stage) => ({
      settings: { redis: { url: (await redisOn(stage)).url }, limits: { hitRate: { critical: '30%' } } },
      worsen: () => Promise.resolve(),
    }),
    expect: { state: 'healthy', says: /^healthy$/, readings: { hitRateMinute: ['fact', /^no traffic/] } },
  },
  {
    name: 'Redis: keyspace hit rate below the critical limit',
    service: 'redis',
    make: async (stage) => {
      const server = await redisOn(stage);
      const client = clientOf(stage, server);
      return {
        settings: { redis: { url: server.url }, limits: { hitRate: { warning: '60%', critical: '30%' } } },
        worsen: async () => {
          await client.set('hit', '1');
          for (const key of ['hit', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) await client.get(key);
        },
      };
    },
    expect: { state: 'healthy', says: /^healthy$/, hitRate: ['degraded', /^10\.0 %.*Redis keyspace · critical/s] },
  },
  {
    name: 'Redis: its counters began again',
    service: 'redis',
    make: async (stage) => {
      const server = await redisOn(stage);
      const client = clientOf(stage, server);
      for (let index = 0; index < 20; index++) await client.get('missing');
      return { settings: { redis: { url: server.url } }, worsen: () => client.config('RESETSTAT') };
    },
    expect: { state: 'healthy', says: /^healthy$/, readings: { hitRateMinute: ['fact', /no data|started again/] } },
  },
];
