import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readRecords } from '../results.ts';
import type { TestRecord } from '../results.ts';
import { openWindow } from '../sandbox/browser.ts';
import { startRedis } from '../sandbox/redis.ts';
import { writeTestWorkspace } from '../sandbox/testWorkspace.ts';
import { startVsCode } from '../sandbox/vscode.ts';
import type { CodeServerVersion } from '../sandbox/vscode.ts';
import { buildHostTests } from './build.ts';
import { runOnDesktop } from './desktop.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface HostRun {
  readonly records: readonly TestRecord[];
  readonly complete: boolean;
  /** What the extension host printed; for a run that did not come to its end. */
  readonly console: readonly string[];
}

/** What a host test run needs from its VS Code: the folder opened, the module run, and our variables. */
export interface HostLaunch {
  readonly workspace: string;
  readonly dataFolder: string;
  readonly tests: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Runs test/host inside the extension host of a real VS Code, on a workspace with a checklist and the environment
 * `local`, whose Redis the tests find in CACHE_OPS_TEST_REDIS_URL. `version` is of the VS Code server; a desktop VS
 * Code is the newest for `current`, or the oldest we support.
 */
export async function runHostTests(place: 'server' | 'desktop', version: CodeServerVersion): Promise<HostRun> {
  const folder = path.join(root, '.sandbox', `host-${version}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const records = path.join(folder, 'records.jsonl');
  const tests = await buildHostTests(path.join(root, 'out', 'host'));
  const redis = await startRedis({ folder: path.join(folder, 'redis') });
  try {
    const workspace = await writeTestWorkspace(path.join(folder, 'workspace'), {
      local: { tier: 'development', redis: { url: redis.url } },
    });
    const launch: HostLaunch = {
      workspace: workspace.folder,
      dataFolder: path.join(folder, 'data'),
      tests,
      environment: { CACHE_OPS_TEST_RECORDS: records, CACHE_OPS_TEST_REDIS_URL: redis.url },
    };
    const lines = place === 'desktop' ? await runOnDesktop(launch, version) : await runOnServer(launch, version);
    return { ...(await readRecords(records)), console: lines };
  } finally {
    await redis.stop();
  }
}

async function runOnServer(launch: HostLaunch, version: CodeServerVersion): Promise<readonly string[]> {
  const { tests, ...options } = launch;
  const vscode = await startVsCode({ ...options, version, extension: root, trusted: true });
  const lines: string[] = [];
  try {
    let verdict: (() => void) | undefined;
    const ended = new Promise<void>((resolve) => (verdict = resolve));
    const window = await openWindow({
      url: vscode.url({ tests }),
      onLog: (type, args) => lines.push(`${type} ${args.map(String).join(' ')}`),
      onExit: () => verdict?.(),
    });
    try {
      await Promise.race([ended, pause(240_000, undefined, { ref: false })]);
    } finally {
      await window.close();
    }
    return lines;
  } finally {
    await vscode.stop();
  }
}
