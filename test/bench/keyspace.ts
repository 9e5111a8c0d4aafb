import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { analyseKeyspace, analyseTtl } from '../../src/clients/redisKeyspace.ts';
import { systemClock } from '../../src/core/clock.ts';
import { usualBudget } from '../../src/core/keyspace/model.ts';
import { ensureProgram } from '../sandbox/install.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { Figure } from './figure.ts';
import { startPinger } from './pinger.ts';

export const names = ['keyspace.analysis', 'keyspace.ttl', 'keyspace.p99'];

const keys = 1_000_000;
const runbookKeys = 2_000;
const never = new AbortController().signal;

/** A million keys: our analyses against redis-cli's, while another client asks PING every 5 ms. */
export async function run(): Promise<Figure[]> {
  const server = await startRedis({ folder: path.resolve(import.meta.dirname, '../../.sandbox/bench-keyspace') });
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
    await fill(cli, server.port);
    const idle = await startPinger(server.port);
    await wait(5_000);
    const idleP99 = await idle.stop();
    const pinger = await startPinger(server.port);
    const analysis = await analyseKeyspace(request, systemClock, never);
    const p99 = await pinger.stop();
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
        value: p99,
        unit: 'ms',
        limit: { of: 'value', max: 3 },
        note: `another client's PING during the analysis; without it ${idleP99.toFixed(2)} ms`,
      },
    ];
  } finally {
    await server.stop();
  }
}

/** Sessions, answers and lists as a cache has them; most with an expiry. */
async function fill(cli: string, port: number): Promise<void> {
  const pipe = spawn(cli, ['-p', String(port), '--pipe'], { stdio: ['pipe', 'ignore', 'inherit'] });
  for (let from = 0; from < keys; from += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, index) => command(from + index)).join('');
    if (!pipe.stdin.write(lines)) await once(pipe.stdin, 'drain');
  }
  pipe.stdin.end();
  await once(pipe, 'close');
}

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
