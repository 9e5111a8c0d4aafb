// Backs up or restores in a process of its own, whose memory nobody else uses: `export PORT FILE`, `restore PORT FILE`,
// `download URL FILE`. Writes what it took as JSON.
import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { exportKeys, usualPace } from '../../../src/clients/backup/redisExport.ts';
import { readKeys } from '../../../src/clients/backup/keySource.ts';
import { restoreKeys } from '../../../src/clients/backup/redisRestore.ts';
import { downloadFile } from '../../../src/clients/httpStream.ts';
import { systemClock } from '../../../src/core/clock.ts';

const { signal } = new AbortController();
const [what, place = '', path = ''] = process.argv.slice(2);
const target = {
  endpoint: { host: '127.0.0.1', port: Number(place) },
  db: 0,
  username: undefined,
  password: undefined,
  tls: undefined,
};

interface Done {
  readonly count: number;
  readonly sha256?: string;
}

const work: Record<string, () => Promise<Done>> = {
  async export() {
    const onCheckpoint = (): Promise<void> => Promise.resolve();
    const request = { target, pattern: '*', path, pace: usualPace, onCheckpoint };
    return { count: (await exportKeys(request, systemClock, signal)).keys };
  },
  async restore() {
    const topology = { kind: 'single', target } as const;
    const request = { topology, pages: readKeys(path), existing: 'replace', extendMs: 0 } as const;
    return { count: (await restoreKeys(request, systemClock, signal)).restored };
  },
  async download() {
    const { origin, pathname } = new URL(place);
    const agents = { plain: new HttpAgent(), secure: new HttpsAgent() };
    const from = { baseUrl: origin, headers: {}, agents, secrets: [], close: () => agents.plain.destroy() };
    const got = await downloadFile(from, pathname, path, { signal });
    if (!('sha256' in got)) throw new Error(`${got.status} ${got.body}`);
    return { count: got.bytes, sha256: got.sha256 };
  },
};

/** Of this process alone: getrusage's maximum is at least that of the process which started it (it outlives exec). */
async function mostResidentMb(): Promise<number> {
  const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile('/proc/self/status', 'utf8')) ?? [];
  return Number(kb) / 1024;
}

void (async () => {
  const before = { residentMb: process.memoryUsage.rss() / 2 ** 20, atMs: performance.now() };
  const done = await work[what ?? '']?.();
  const tookMs = performance.now() - before.atMs;
  const mostMb = await mostResidentMb();
  console.log(JSON.stringify({ ...done, tookMs, mostMb, grownMb: mostMb - before.residentMb }));
})();
