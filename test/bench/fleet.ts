import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { countRequests, intervalMs } from '../live/support/fleetRequests.ts';
import { sandboxEnvironment } from '../sandbox/environments.ts';
import { createOwnership } from '../sandbox/ownership.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Figure } from './figure.ts';
import type { FleetCost, FleetJob } from './probe/fleet.ts';

export const names = ['poll.fleet-cpu', 'poll.fleet-memory', 'poll.fleet-growth', 'poll.fleet-requests'];

const folder = path.resolve(import.meta.dirname, '../../.sandbox/bench-fleet');
const environments = 50;
const watchedMs = 40_000;
const hourMs = 3_600_000;

/** 50 environments with all services, on real servers and a stand-in for Grafana, from a Node that does nothing else. */
export async function run(): Promise<readonly Figure[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { polls, requests, all } = await countRequests(path.join(folder, 'requests'));
  const empty = await residentOfEmptyNode();
  const cost = await measureCost();
  if (cost.failures.length > 0) throw new Error(`Not everything was read: ${cost.failures.slice(0, 3).join('; ')}`);
  const asked = Object.entries(requests).map(([name, count]) => `${name} ${(count / polls).toFixed(2)}`);
  return [
    {
      name: 'poll.fleet-cpu',
      value: cost.cpu,
      unit: '% of a core',
      limit: { of: 'value', max: 3 },
      note: `${environments} environments with all services every ${intervalMs / 1000} s, over ${watchedMs / 1000} s`,
    },
    {
      name: 'poll.fleet-memory',
      value: cost.late - empty,
      unit: 'MB',
      limit: { of: 'value', max: 120 },
      note: `resident, above an empty Node of ${empty.toFixed(0)} MB, after an hour of simulated time`,
    },
    {
      name: 'poll.fleet-growth',
      value: Math.max(0, cost.heapLate - cost.heapEarly),
      unit: 'MB',
      limit: { of: 'value', max: 2 },
      note: `more heap after that hour than after its first quarter (${cost.heapLate.toFixed(1)} MB); resident ${(cost.late - cost.early).toFixed(1)} MB`,
    },
    {
      name: 'poll.fleet-requests',
      value: all / polls,
      unit: 'requests',
      limit: { of: 'value', max: 6 },
      note: `an environment and poll, over an hour of simulated time: ${asked.join(', ')}`,
    },
  ];
}

async function measureCost(): Promise<FleetCost> {
  const { own, stopAll } = createOwnership();
  try {
    const { redis, qdrant, prometheus, app } = await own(startSandbox({ folder: path.join(folder, 'sandbox') }));
    const shop = sandboxEnvironment({
      name: 'sandbox',
      envFile: '.env',
      redis,
      qdrant: qdrant && { url: qdrant.url, collection: 'cache_similarity' },
      prometheus: { url: prometheus.url, job: 'information-desk' },
      app,
    });
    const grafana = await own(startGrafana());
    const settings = { ...shop, grafana: { url: grafana.url } };
    const job: FleetJob = {
      environments: Object.fromEntries(Array.from({ length: environments }, (_, index) => [`shop-${index}`, settings])),
      intervalMs,
      watchedMs,
      simulatedMs: hourMs,
    };
    const file = path.join(folder, 'job.json');
    await writeFile(file, JSON.stringify(job));
    const args = ['--expose-gc', await bundle(), file];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 16 * 1024 ** 2 });
    const cost: FleetCost = JSON.parse(stdout);
    return cost;
  } finally {
    await stopAll();
  }
}

/** In a process of its own, so that what it takes to answer is not counted. */
async function startGrafana(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = fork(path.join(import.meta.dirname, 'probe/grafana.ts'), { stdio: 'inherit' });
  const [url]: unknown[] = await once(child, 'message');
  return {
    url: String(url),
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function residentOfEmptyNode(): Promise<number> {
  const script = 'gc(); console.log(process.memoryUsage().rss)';
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '-e', script]);
  return Number(stdout) / 1024 ** 2;
}

/** The clients as they are shipped: bundled, without the types that a test run strips. */
async function bundle(): Promise<string> {
  const outfile = path.join(folder, 'fleet.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'probe/fleet.ts')],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    external: ['cpu-features', '*.node'],
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url), __dirname = import.meta.dirname;",
    },
    logLevel: 'warning',
  });
  return outfile;
}
