import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { countRequests, intervalMs } from '../live/support/fleetRequests.ts';
import { openWindow } from '../sandbox/browser.ts';
import { sandboxEnvironment } from '../sandbox/environments.ts';
import { createOwnership } from '../sandbox/ownership.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { writeTestWorkspace } from '../sandbox/testWorkspace.ts';
import { codeServerVersions, startVsCode } from '../sandbox/vscode.ts';
import { buildProbe } from './buildProbe.ts';
import type { Figure } from './figure.ts';
import { writeEmptyExtension } from './host.ts';
import type { FleetCost, FleetJob } from './probe/fleet.ts';

export const names = ['poll.fleet-cpu', 'poll.fleet-memory', 'poll.fleet-growth', 'poll.fleet-requests'];

const folder = path.resolve(import.meta.dirname, '../../.sandbox/bench-fleet');
const environments = 50;
const watchedMs = 40_000;
const hourMs = 3_600_000;
const probeTimeoutMs = 600_000;

/** 50 environments with all services, on real servers and a stand-in for Grafana, watched from an extension host that does nothing else. */
export async function run(): Promise<readonly Figure[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { polls, requests, all } = await countRequests(path.join(folder, 'requests'));
  const cost = await measureCost();
  if (cost.failures.length > 0) throw new Error(`Not everything was read: ${cost.failures.slice(0, 3).join('; ')}`);
  const asked = Object.entries(requests).map(([name, count]) => `${name} ${(count / polls).toFixed(2)}`);
  return [
    {
      name: 'poll.fleet-cpu',
      value: cost.cpu,
      unit: '% of a core',
      limit: { of: 'value', max: 3 },
      note: `${environments} environments with all services every ${intervalMs / 1000} s, over ${watchedMs / 1000} s in a VS Code ${codeServerVersions.current} host`,
    },
    {
      name: 'poll.fleet-memory',
      value: cost.watched.resident - cost.empty.resident,
      unit: 'MB',
      limit: { of: 'value', max: 120 },
      note: `resident, above the empty host's ${cost.empty.resident.toFixed(0)} MB; objects and buffers in use: ${(cost.watched.used - cost.empty.used).toFixed(1)} MB`,
    },
    {
      name: 'poll.fleet-growth',
      value: Math.max(0, cost.late.used - cost.early.used),
      unit: 'MB',
      limit: { of: 'value', max: 2 },
      note: `more in use after an hour of simulated time than after its first quarter; resident ${(cost.late.resident - cost.early.resident).toFixed(1)} MB`,
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
    const vscode = await own(
      startVsCode({
        version: codeServerVersions.current,
        extension: await writeEmptyExtension(folder),
        workspace: (await writeTestWorkspace(path.join(folder, 'workspace'))).folder,
        dataFolder: path.join(folder, 'data'),
        trusted: true,
        environment: { CACHE_OPS_BENCH_FLEET: file },
      }),
    );
    const code = await runProbe(vscode.url({ tests: await buildProbe('fleet', folder) }));
    if (code !== 0) throw new Error(`The extension host reported ${code} instead of what watching took.`);
    const cost: FleetCost = JSON.parse(await readFile(file, 'utf8'));
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

async function runProbe(url: string): Promise<number | string> {
  let report: ((code: number) => void) | undefined;
  const reported = new Promise<number>((resolve) => (report = resolve));
  const browser = await openWindow({ url, onExit: (code) => report?.(code) });
  try {
    return await Promise.race([reported, pause(probeTimeoutMs, 'nothing', { ref: false })]);
  } finally {
    await browser.close();
  }
}
