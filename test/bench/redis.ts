import { execFile } from 'node:child_process';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { RedisConnection } from '../../src/clients/redis.ts';
import type { Clock } from '../../src/core/clock.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Disposable } from '../../src/core/disposable.ts';
import { RedisMonitor } from '../../src/core/health/redisMonitor.ts';
import { ensureProgram } from '../sandbox/install.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import type { Figure } from './figure.ts';

const environments = 20;
const intervalMs = 5_000;
const watchedMs = 20_000;
const polls = 1_000;
/** What is kept of the last minutes is full by then, and the code compiled. */
const warmPolls = 1_000;

/** Polls 20 environments as the health view does, against a shell loop that asks `redis-cli info` for each of them. */
export async function run(): Promise<Figure[]> {
  const server = await startRedis({ folder: path.resolve(import.meta.dirname, '../../.sandbox/bench-redis') });
  const clock = new HurriedClock();
  const monitors = Array.from({ length: environments }, () => monitorOf(server, clock));
  try {
    const ours = await coreShareWhileWatching(monitors);
    const theirs = await coreShareOfShellLoop(server);
    const commands = await commandsPerPoll(server, monitors);
    const growth = await growthInKilobytes(monitors, clock);
    return [
      {
        name: 'poll.redis',
        value: ours,
        unit: '% of a core',
        against: theirs,
        limit: { of: 'value', max: 1 },
        note: `${environments} environments every ${intervalMs / 1000} s; against redis-cli info in a shell loop`,
      },
      {
        name: 'poll.redis-commands',
        value: commands,
        unit: 'commands',
        limit: { of: 'value', max: 2 },
        note: 'a poll and environment',
      },
      {
        name: 'poll.redis-memory',
        value: growth,
        unit: 'KB',
        limit: { of: 'value', max: 256 },
        note: `more heap after ${polls} more polls of each, time simulated`,
      },
    ];
  } finally {
    for (const monitor of monitors) monitor.dispose();
    await server.stop();
  }
}

function monitorOf(server: RedisServer, clock: Clock): RedisMonitor {
  const target = {
    endpoint: { host: '127.0.0.1', port: server.port },
    db: 0,
    username: undefined,
    password: undefined,
    tls: undefined,
  };
  return new RedisMonitor({
    openProbe: () => new RedisConnection(() => Promise.resolve(target), clock),
    limits: {},
    intervalMs,
    clock,
    onRead: () => undefined,
  });
}

/** In real time, at the real interval, after everything is connected and warm. */
async function coreShareWhileWatching(monitors: readonly RedisMonitor[]): Promise<number> {
  for (let round = 0; round < 3; round++) await Promise.all(monitors.map((monitor) => monitor.refresh()));
  const uses = monitors.map((monitor) => monitor.use());
  const before = process.cpuUsage();
  await wait(watchedMs);
  const { user, system } = process.cpuUsage(before);
  for (const use of uses) use.dispose();
  return (100 * (user + system)) / 1000 / watchedMs;
}

/** The user's and the system's time that the loop's children took, by the shell's own account. */
async function coreShareOfShellLoop(server: RedisServer): Promise<number> {
  const rounds = 100;
  const cli = await ensureProgram('redis-cli');
  const script = `for i in $(seq ${rounds}); do "${cli}" -p ${server.port} info >/dev/null; done; times`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script]);
  const children = stdout.trim().split('\n')[1] ?? '';
  const secondsPerRun =
    [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
      (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
      0,
    ) / rounds;
  return (100 * environments * secondsPerRun * 1000) / intervalMs;
}

async function commandsPerPoll(server: RedisServer, monitors: readonly RedisMonitor[]): Promise<number> {
  const counter = new Redis(server.port, '127.0.0.1');
  const soFar = async (): Promise<number> =>
    Number(/total_commands_processed:(\d+)/.exec(await counter.info('stats'))?.[1]);
  const before = await soFar();
  await Promise.all(monitors.map((monitor) => monitor.refresh()));
  const between = (await soFar()) - before - 1;
  counter.disconnect();
  return between / monitors.length;
}

/** Heap in use after a collection: after the polls of every monitor against before them, all warm. */
async function growthInKilobytes(monitors: readonly RedisMonitor[], clock: HurriedClock): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const heapAfter = async (count: number): Promise<number> => {
    for (let poll = 0; poll < count; poll++) {
      clock.skip(intervalMs);
      await Promise.all(monitors.map((monitor) => monitor.refresh()));
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  const early = await heapAfter(warmPolls);
  return Math.max(0, ((await heapAfter(polls)) - early) / 1024);
}

/** The real clock, which can be moved on. */
class HurriedClock implements Clock {
  #aheadMs = 0;
  monotonicMs(): number {
    return systemClock.monotonicMs() + this.#aheadMs;
  }

  wallMs(): number {
    return systemClock.wallMs();
  }

  after(delayMs: number, work: () => void): Disposable {
    return systemClock.after(delayMs, work);
  }

  skip(byMs: number): void {
    this.#aheadMs += byMs;
  }
}
