import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { RedisFlush } from '../../src/clients/flush/redisFlush.ts';
import { systemClock } from '../../src/core/clock.ts';
import { ensureProgram } from '../sandbox/install.ts';
import { startRedis } from '../sandbox/redis.ts';
import { findFreePort } from '../sandbox/serverProcess.ts';
import type { Figure } from './figure.ts';
import { fillRedis } from './fillRedis.ts';
import { startPinger } from './pinger.ts';

export const names = ['flush.pattern', 'flush.p99', 'flush.link'];

const keys = 1_000_000;
/** Of them: those that are flushed. */
const matching = 600_000;
const oneWayMs = 10;
const never = new AbortController().signal;

/** 600,000 of a million keys: ours against the runbook's xargs, what another client sees of it, and over a slow link. */
export async function run(): Promise<Figure[]> {
  const server = await startRedis({ folder: path.resolve(import.meta.dirname, '../../.sandbox/bench-flush') });
  const cli = await ensureProgram('redis-cli');
  try {
    await fillRedis(cli, server.port, keys, command);
    const idle = await startPinger(server.port);
    await flush(server.port, 'nothing:*');
    const idleP99 = await idle.stop();
    const pinger = await startPinger(server.port);
    const ours = await flush(server.port, 'cache:*');
    const p99 = await pinger.stop();
    await fillRedis(cli, server.port, keys, command);
    const theirs = await runbook(cli, server.port);
    await fillRedis(cli, server.port, keys, command);
    const link = await startSlowLink(server.port);
    const overLink = await flush(link.port, 'cache:*').finally(() => link.stop());
    return [
      {
        name: 'flush.pattern',
        value: ours,
        unit: 's',
        against: theirs,
        limit: { of: 'ratio', max: 1 / 4 },
        note: 'against redis-cli --scan --pattern | xargs -L 1000 redis-cli UNLINK',
      },
      {
        name: 'flush.p99',
        value: p99,
        unit: 'ms',
        limit: { of: 'value', max: 3 },
        note: `another client's PING meanwhile; during a walk that removes nothing ${idleP99.toFixed(2)} ms`,
      },
      {
        name: 'flush.link',
        value: overLink,
        unit: 's',
        limit: { of: 'value', max: 6 },
        note: `the same over a round trip of ${oneWayMs * 2} ms`,
      },
    ];
  } finally {
    await server.stop();
  }
}

/** Seconds it took. Throws when something else was removed than what matches. */
async function flush(port: number, pattern: string): Promise<number> {
  const endpoint = { host: '127.0.0.1', port };
  const target = { endpoint, db: 0, username: undefined, password: undefined, tls: undefined };
  const open = () => Promise.resolve({ kind: 'single' as const, target });
  const store = new RedisFlush({ open, clock: systemClock, gentle: false });
  const [server] = await store.servers(never);
  if (!server) throw new Error('There is no server.');
  const startedMs = performance.now();
  const { removed } = await store.unlink(
    server,
    { pattern, cursorKey: 'cacheops:cursor:bench' },
    () => undefined,
    never,
  );
  const tookMs = performance.now() - startedMs;
  const expected = pattern === 'cache:*' ? matching : 0;
  if (removed !== expected) throw new Error(`${removed} keys were removed instead of ${expected}.`);
  return tookMs / 1000;
}

async function runbook(cli: string, port: number): Promise<number> {
  const startedMs = performance.now();
  const script = `"${cli}" -p ${port} --scan --pattern 'cache:*' | xargs -L 1000 "${cli}" -p ${port} UNLINK >/dev/null`;
  await promisify(execFile)('bash', ['-c', script]);
  return (performance.now() - startedMs) / 1000;
}

function command(index: number): string {
  const name = index % 5 < 3 ? `cache:search:${index}` : `session:${index}`;
  return `SET ${name} ${'v'.repeat(100 + (index % 100))} EX ${86_400 + (index % 1_000)}\r\n`;
}

/** A proxy that passes everything on a while later, in a process of its own. */
async function startSlowLink(port: number): Promise<{ readonly port: number; stop(): void }> {
  const listen = await findFreePort();
  const args = ['-e', slowLink, ...[listen, port, oneWayMs].map(String)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return { port: listen, stop: () => void child.kill() };
}

const slowLink = `
const net = require('node:net');
const [listen, port, oneWayMs] = process.argv.slice(1).map(Number);
const pass = (from, to) => {
  from.setNoDelay(true);
  from.on('data', (data) => setTimeout(() => to.write(data), oneWayMs));
  from.on('close', () => setTimeout(() => to.destroy(), oneWayMs));
  from.on('error', () => undefined);
};
const server = net.createServer((client) => {
  const redis = net.connect(port, '127.0.0.1');
  pass(client, redis);
  pass(redis, client);
});
server.listen(listen, '127.0.0.1', () => console.log('ready'));
`;
