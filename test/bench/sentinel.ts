import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { openRedisProbe } from '../../src/clients/redisProbe.ts';
import { readTimeoutMs } from '../../src/clients/redis.ts';
import { systemClock } from '../../src/core/clock.ts';
import { RedisMonitor } from '../../src/core/health/redisMonitor.ts';
import { environmentWith, secretsOf } from '../live/support/serviceReadings.ts';
import { startRedis } from '../sandbox/redis.ts';
import { askSentinel, startSentinelGroup } from '../sandbox/redisSentinel.ts';
import type { SentinelGroup } from '../sandbox/redisSentinel.ts';
import { median } from './figure.ts';
import type { Figure } from './figure.ts';

export const names = ['sentinel.follow', 'sentinel.follow-killed', 'poll.dead', 'poll.hanging'];

const folder = path.resolve(import.meta.dirname, '../../.sandbox/bench-sentinel');
const intervalMs = 5_000;
const rounds = 3;

/** How long it takes until a failover is followed, and until a server that is gone or hangs is shown as down. */
export async function run(): Promise<readonly Figure[]> {
  const forced: number[] = [];
  const killed: number[] = [];
  for (let round = 0; round < rounds; round++) {
    forced.push(
      await follow((group) => askSentinel(group.sentinels[0]?.port ?? 0, 'SENTINEL', 'FAILOVER', group.name)),
    );
    killed.push(await follow((group) => group.servers[0].kill()));
  }
  const figure = (name: string, values: readonly number[], max: number, note: string): Figure => ({
    name,
    value: Math.max(...values),
    unit: 'ms',
    limit: { of: 'value', max },
    note: `${note}; most of ${values.length}, median ${median(values).toFixed(0)} ms`,
  });
  const since = 'from when the new primary serves until it is what is read';
  return [
    figure('sentinel.follow', forced, 2_000, `a forced failover, ${since}`),
    figure('sentinel.follow-killed', killed, 2_000, `the primary killed, ${since}`),
    figure(
      'poll.dead',
      [await shownDown((pid) => process.kill(pid, 'SIGKILL'))],
      intervalMs + readTimeoutMs,
      `a server killed just after a poll, until it is down in the tree; polls every ${intervalMs / 1000} s`,
    ),
    figure(
      'poll.hanging',
      [await shownDown((pid) => process.kill(pid, 'SIGSTOP'))],
      intervalMs + readTimeoutMs + 500,
      `a server stopped just after a poll, whose time limit of ${readTimeoutMs / 1000} s comes on top`,
    ),
  ];
}

async function follow(failOver: (group: SentinelGroup) => Promise<unknown>): Promise<number> {
  const group = await startSentinelGroup(folder);
  const { servers, sentinels, name, password } = group;
  const places = sentinels.map(({ port }) => `127.0.0.1:${port}`);
  const monitor = monitorOf({ sentinels: places, name, password: '${secret}' }, password);
  const port = servers[1].port;
  const client = new Redis(port, '127.0.0.1', { password });
  try {
    monitor.use();
    await until(() => monitor.report?.state === 'healthy');
    await failOver(group);
    await until(async () => (await client.info('replication')).includes('role:master'));
    const servingMs = performance.now();
    await until(() => monitor.sample?.address === `127.0.0.1:${port}`);
    return performance.now() - servingMs;
  } finally {
    client.disconnect();
    monitor.dispose();
    await group.stop();
  }
}

async function shownDown(end: (pid: number) => void): Promise<number> {
  const server = await startRedis({ folder });
  const monitor = monitorOf({ url: server.url });
  try {
    await monitor.refresh();
    assert.equal(monitor.report?.state, 'healthy');
    monitor.use();
    const startedMs = performance.now();
    end(server.pid);
    await until(() => monitor.report?.state === 'down');
    return performance.now() - startedMs;
  } finally {
    monitor.dispose();
    await server.kill();
  }
}

function monitorOf(redis: object, password = ''): RedisMonitor {
  const environment = environmentWith({ redis });
  return new RedisMonitor({
    openProbe: () => openRedisProbe(environment, secretsOf({ 'redis.password': password }), systemClock),
    limits: {},
    intervalMs,
    clock: systemClock,
    onRead: () => undefined,
  });
}

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  const endsMs = performance.now() + 30_000;
  while (!(await is())) {
    if (performance.now() > endsMs) throw new Error(`It did not come about: ${String(is)}`);
    await wait(5);
  }
}
