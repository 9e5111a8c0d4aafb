import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { ensureProgram } from '../sandbox/install.ts';
import { startRedis } from '../sandbox/redis.ts';
import { buildProbe } from './buildProbe.ts';
import type { Figure } from './figure.ts';
import { fillRedis } from './fillRedis.ts';
import { startPinger } from './pinger.ts';
import { took } from './took.ts';
import type { Took } from './took.ts';

export const names = ['export.redis', 'export.p99', 'export.memory', 'restore.redis', 'restore.memory'];

const keys = 1_000_000;
const folder = path.resolve(import.meta.dirname, '../../.sandbox/bench-backup');
const execute = promisify(execFile);

/** A million keys written to a file and back, against a copy of the whole server by redis-cli and gzip. */
export async function run(): Promise<Figure[]> {
  await rm(folder, { recursive: true, force: true });
  // What redis-cli waits for by default, 5 s, would be counted in its disfavour.
  const config = { 'repl-diskless-sync-delay': '0' };
  const [source, target] = [
    await startRedis({ folder: path.join(folder, 'source'), config }),
    await startRedis({ folder: path.join(folder, 'target') }),
  ];
  try {
    await fill(source.port);
    const probe = await buildProbe('backup', folder);
    const file = path.join(folder, 'keys.gz');
    const [pinger, atIdle] = await Promise.all([startPinger(source.port), startPinger(target.port)]);
    const exported = await took(probe, 'export', String(source.port), file);
    const [p99, idleP99] = await Promise.all([pinger.stop(), atIdle.stop()]);
    const theirs = await rdbAndGzip(source.port);
    const restored = await took(probe, 'restore', String(target.port), file);
    for (const { count } of [exported, restored]) if (count !== keys) throw new Error(`${count} of ${keys} keys.`);
    const against = theirs / 1000;
    const note = `${keys / 1e6} M keys of 200 bytes; against redis-cli --rdb F; gzip -1 F`;
    return [
      { name: 'export.redis', value: exported.tookMs / 1000, unit: 's', against, limit: ratio(3), note },
      { name: 'restore.redis', value: restored.tookMs / 1000, unit: 's', against, limit: ratio(3), note },
      {
        name: 'export.p99',
        value: p99,
        unit: 'ms',
        against: idleP99,
        note: "another client's PING during the export, against that of a server nobody uses",
      },
      memory('export.memory', exported),
      memory('restore.memory', restored),
    ];
  } finally {
    await Promise.all([source.stop(), target.stop()]);
  }
}

function ratio(max: number): NonNullable<Figure['limit']> {
  return { of: 'ratio', max };
}

function memory(name: string, { mostMb, grownMb }: Took): Figure {
  const note = `by how much a process grows at the most; with Node itself ${Math.round(mostMb)} MB`;
  return { name, value: grownMb, unit: 'MB', limit: { of: 'value', max: 150 }, note };
}

async function rdbAndGzip(port: number): Promise<number> {
  const cli = await ensureProgram('redis-cli');
  const file = path.join(folder, 'dump.rdb');
  const startedMs = performance.now();
  await execute(cli, ['-p', String(port), '--rdb', file]);
  await execute('gzip', ['-1', '-f', file]);
  return performance.now() - startedMs;
}

/** Values that do not compress to nothing; nine in ten with an expiry. */
async function fill(port: number): Promise<void> {
  await fillRedis(await ensureProgram('redis-cli'), port, keys, command);
  const client = new Redis(port, '127.0.0.1');
  if ((await client.dbsize()) !== keys) throw new Error('The server was not filled.');
  client.disconnect();
}

let state = 12_345;

function command(index: number): string {
  let value = '';
  while (value.length < 200) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    value += state.toString(36);
  }
  const expiry = index % 10 === 0 ? '' : ` EX ${3_600 + (state % 86_400)}`;
  return `SET cache:${['search', 'answer', 'profile'][index % 3]}:${index} ${value.slice(0, 200)}${expiry}\r\n`;
}
