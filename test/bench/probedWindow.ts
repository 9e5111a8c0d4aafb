import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { VsCodeWindow } from '../e2e/window.ts';
import { eventually } from '../eventually.ts';
import { openWindow } from '../sandbox/browser.ts';
import { codeServerVersions, startVsCode } from '../sandbox/vscode.ts';
import { buildProbe } from './buildProbe.ts';

export interface ProbedWindow {
  readonly page: Page;
  readonly window: VsCodeWindow;
  /** Asks the probe in the extension host; gives its answer, whose form is the caller's to know. */
  readonly ask: <T>(query: string) => Promise<T>;
  close(): Promise<void>;
}

/** A real window on `workspace` with the extension as it is built, and `probe/<name>.ts` in its extension host. */
export async function openProbedWindow(options: {
  readonly probe: string;
  /** For what it needs; emptied by the caller. */
  readonly folder: string;
  readonly workspace: string;
  readonly height: number;
  readonly userSettings?: Readonly<Record<string, unknown>>;
}): Promise<ProbedWindow> {
  const { probe, folder, workspace, height, userSettings = {} } = options;
  const portFile = path.join(folder, 'port');
  const vscode = await startVsCode({
    version: codeServerVersions.current,
    extension: path.resolve(import.meta.dirname, '../..'),
    workspace,
    dataFolder: path.join(folder, 'data'),
    trusted: true,
    userSettings,
    environment: { CACHE_OPS_BENCH_PORT: portFile },
  });
  try {
    const browser = await openWindow({ url: vscode.url({ tests: await buildProbe(probe, folder) }), height });
    const { page } = browser;
    const close = async (): Promise<void> => {
      await browser.close();
      await vscode.stop();
    };
    const window = new VsCodeWindow(page);
    await window.waitUntilReady();
    const port = await eventually(async () => {
      const text = await readFile(portFile, 'utf8');
      if (!/^\d+\n$/.test(text)) throw new Error(`${portFile} is not written yet.`);
      return text.trim();
    }, 30_000);
    const ask = async <T>(query: string): Promise<T> =>
      JSON.parse(await (await fetch(`http://127.0.0.1:${port}${query}`)).text());
    return { page, window, ask, close };
  } catch (error) {
    await vscode.stop();
    throw error;
  }
}
