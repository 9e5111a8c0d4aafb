import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { openWindow } from '../sandbox/browser.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { writeTestWorkspace } from '../sandbox/testWorkspace.ts';
import type { TestWorkspace } from '../sandbox/testWorkspace.ts';
import { codeServerVersions, startVsCode } from '../sandbox/vscode.ts';
import { VsCodeWindow } from './window.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** What e2e tests share: two Redis servers, one VS Code, one window. */
export interface Session {
  readonly window: VsCodeWindow;
  readonly workspace: TestWorkspace;
  /** Of the environment `local` (development): 64 MB at most, 200 keys, 80 hits against 20 misses. */
  readonly redis: RedisServer;
  /** Of the environment `canary` (staging): empty. */
  readonly canary: RedisServer;
  /** Where servers that a test starts itself may keep their data. */
  readonly folder: string;
  /** First in the PATH of the extension host: for programs that a test puts there. Empty at the start. */
  readonly programs: string;
  stop(): Promise<void>;
}

/** Starts servers and VS Code on a fresh workspace with the environments `local` (development) and `canary` (staging). */
export async function startSession(name: string): Promise<Session> {
  const folder = path.join(root, '.sandbox', name);
  await rm(folder, { recursive: true, force: true });
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each();
  };
  try {
    const redis = await startRedis({ folder: path.join(folder, 'redis'), config: { maxmemory: '64mb' } });
    stops.push(() => redis.stop());
    await fillRedis(redis.url);
    const canary = await startRedis({ folder: path.join(folder, 'canary') });
    stops.push(() => canary.stop());
    const workspace = await writeTestWorkspace(path.join(folder, 'workspace'), {
      local: { tier: 'development', redis: { url: redis.url } },
      canary: { tier: 'staging', redis: { url: canary.url } },
    });
    const programs = path.join(folder, 'programs');
    await mkdir(programs);
    const vscode = await startVsCode({
      // Of a server that was started from a command line, VS Code keeps the environment as it is.
      environment: { VSCODE_CLI: '1', PATH: `${programs}${path.delimiter}${process.env['PATH'] ?? ''}` },
      version: codeServerVersions.current,
      extension: root,
      workspace: workspace.folder,
      dataFolder: path.join(folder, 'data'),
      trusted: true,
      userSettings: { 'cacheOps.health.intervalSeconds': 1 },
    });
    stops.push(() => vscode.stop());
    const browser = await openWindow({ url: vscode.url(), height: 1700 });
    stops.push(() => browser.close());
    const window = new VsCodeWindow(browser.page);
    await window.waitUntilReady();
    return { window, workspace, redis, canary, folder, programs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** 200 keys, and 80 hits against 20 misses since the start. */
async function fillRedis(url: string): Promise<void> {
  const redis = new Redis(url);
  try {
    await redis.mset(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`cache:search:${index}`, 'x'])));
    for (let index = 0; index < 100; index += 1) await redis.get(`cache:search:${index < 80 ? index : index + 1000}`);
  } finally {
    redis.disconnect();
  }
}
