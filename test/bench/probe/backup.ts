// Backs up or restores in a process of its own, whose memory nobody else uses: `export PORT FILE`, `restore PORT FILE`,
// `download URL FILE`. Writes what it took as JSON.
import { exportKeys, usualPace } from '../../../src/clients/backup/redisExport.ts';
import { readKeys } from '../../../src/clients/backup/keySource.ts';
import { restoreKeys } from '../../../src/clients/backup/redisRestore.ts';
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

const work: Record<string, () => Promise<number>> = {
  async export() {
    const onCheckpoint = (): Promise<void> => Promise.resolve();
    return (await exportKeys({ target, pattern: '*', path, pace: usualPace, onCheckpoint }, systemClock, signal)).keys;
  },
  async restore() {
    const topology = { kind: 'single', target } as const;
    const request = { topology, pages: readKeys(path), existing: 'replace', extendMs: 0 } as const;
    return (await restoreKeys(request, systemClock, signal)).restored;
  },
};

void (async () => {
  const before = { rssKb: process.memoryUsage.rss() / 1024, atMs: performance.now() };
  const count = await work[what ?? '']?.();
  const tookMs = performance.now() - before.atMs;
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ count, tookMs, mostMb: maxRSS / 1024, grownMb: (maxRSS - before.rssKb) / 1024 }));
})();
