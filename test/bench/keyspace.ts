import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { analyseKeyspace, analyseTtl } from '../../src/clients/redisKeyspace.ts';
import { systemClock } from '../../src/core/clock.ts';
import { usualBudget } from '../../src/core/keyspace/model.ts';
import { ensureProgram } from '../sandbox/install.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { Figure } from './figure.ts';
import { fillRedis } from './fillRedis.ts';
import { startPinger } from './pinger.ts';

export const names = ['keyspace.analysis', 'keyspace.ttl', 'keyspace.p99', 'keyspace.page'];

const keys = 1_000_000;
const runbookKeys = 2_000;
const never = new AbortController().signal;

/**
 * A million keys: our analyses against redis-cli's, while another client asks PING every 5 ms, of this server and of one that
 * does nothing: what it waits for there is the machine's doing, not ours.
 */
export async function run(): Promise<Figure[]> {
  const folder = path.resolve(import.meta.dirname, '../../.sandbox/bench-keyspace');
  const server = await startRedis({ folder: path.join(folder, 'full') });
  const idle = await startRedis({ folder: path.join(folder, 'idle') });
  const cli = await ensureProgram('redis-cli');
  const target = {
    endpoint: { host: '127.0.0.1', port: server.port },
    db: 0,
    username: undefined,
    password: undefined,
    tls: undefined,
  };
  const request = { environment: 'bench', targets: [target], budget: usualBudget };
  try {
    await fillRedis(cli, server.port, keys, command);
    const [pinger, atIdle] = await Promise.all([startPinger(server.port), startPinger(idle.port)]);
    const busyBefore = await busyMs(server.port);
    const analysis = await analyseKeyspace(request, systemClock, never);
    const pageMs = ((await busyMs(server.port)) - busyBefore) / (keys / usualBudget.count);
    const [p99, idleP99] = await Promise.all([pinger.stop(), atIdle.stop()]);
    if (analysis.seen < keys) throw new Error(`Only ${analysis.seen} of ${keys} keys were seen.`);
    const { tookMs: ttlMs } = await analyseTtl(
      { ...request, budget: { ...usualBudget, count: 1_000 } },
      systemClock,
      never,
    );
    const theirs = (await timed(cli, server.port, '--bigkeys')) + (await timed(cli, server.port, '--memkeys'));
    const runbook = (await runbookTtl(cli, server.port)) * (keys / runbookKeys);
    return [
      {
        name: 'keyspace.analysis',
        value: analysis.tookMs / 1000,
        unit: 's',
        against: theirs,
        limit: { of: 'ratio', max: 1 / 5 },
        note: `${keys / 1e6} M keys; against redis-cli --bigkeys and --memkeys`,
      },
      {
        name: 'keyspace.ttl',
        value: ttlMs / 1000,
        unit: 's',
        against: runbook,
        limit: { of: 'ratio', max: 1 / 1_000 },
        note: `against --scan | xargs redis-cli TTL, extrapolated from ${runbookKeys} keys`,
      },
      {
        name: 'keyspace.p99',
        value: p99 - idleP99,
        unit: 'ms',
        limit: { of: 'value', max: 3 },
        note: `another client's PING during the analysis, ${p99.toFixed(2)} ms, less what it waits for an idle server meanwhile, ${idleP99.toFixed(2)} ms`,
      },
      {
        name: 'keyspace.page',
        value: pageMs,
        unit: 'ms',
        limit: { of: 'value', max: 1 },
        note: `the server's processor time for a page of ${usualBudget.count} keys: others wait for no more than that`,
      },
    ];
  } finally {
    await Promise.all([server.stop(), idle.stop()]);
  }
}

/** Processor time of the server's process so far, by its own account. */
async function busyMs(port: number): Promise<number> {
  const client = new Redis(port, '127.0.0.1');
  const used = await client.info('cpu');
  client.disconnect();
  const seconds = [...used.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].reduce(
    (sum, [, one]) => sum + Number(one),
    0,
  );
  return seconds * 1000;
}

/** Sessions, answers and lists as a cache has them; most with an expiry. */
function command(index: number): string {
  const ttl = 30 + ((index * 7_919) % 1_000_000);
  const value = 'v'.repeat(40 + (index % 200));
  if (index % 10 === 0) return `RPUSH queue:${index % 7}:${index} ${value} ${value}\r\n`;
  if (index % 3 === 0) return `SET session:${index} ${value}\r\n`;
  return `SET cache:${['search', 'answer', 'profile'][index % 3]}:${index} ${value} EX ${ttl}\r\n`;
}

async function timed(cli: string, port: number, option: string): Promise<number> {
  const startedMs = performance.now();
  await promisify(execFile)(cli, ['-p', String(port), option], { maxBuffer: 64 * 1024 ** 2 });
  return (performance.now() - startedMs) / 1000;
}

async function runbookTtl(cli: string, port: number): Promise<number> {
  const startedMs = performance.now();
  const script = `"${cli}" -p ${port} --scan | head -n ${runbookKeys} | xargs -I {} "${cli}" -p ${port} TTL {} >/dev/null`;
  await promisify(execFile)('bash', ['-c', script]);
  return (performance.now() - startedMs) / 1000;
}
