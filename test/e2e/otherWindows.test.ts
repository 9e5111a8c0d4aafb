import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../eventually.ts';
import { openWindow } from '../sandbox/browser.ts';
import { startRedis } from '../sandbox/redis.ts';
import { checklistText, writeTestWorkspace } from '../sandbox/testWorkspace.ts';
import { codeServerVersions, startVsCode } from '../sandbox/vscode.ts';
import { session } from './shared.ts';
import { VsCodeWindow } from './window.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('A window', () => {
  it('that is not trusted shows and ticks checklists, and connects to nothing', async () => {
    const { folder } = session();
    const redis = await startRedis({ folder: path.join(folder, 'untrusted', 'redis') });
    const workspace = await writeTestWorkspace(path.join(folder, 'untrusted', 'workspace'), {
      local: { tier: 'development', redis: { url: redis.url } },
    });
    const client = new Redis(redis.url);
    try {
      const before = await connectionsReceived(client);
      await inWindow({ name: 'untrusted', workspace: workspace.folder, trusted: false }, async (window) => {
        await window.openCacheOps();
        await window.checklists.row('After the release').expand();
        await window.checklists.row('Hit rate > 60%').toggle();
        await eventually(async () =>
          assert.equal(
            await readFile(workspace.checklist, 'utf8'),
            checklistText.replace('[ ] Hit rate', '[x] Hit rate'),
          ),
        );
        await window.health.welcome().filter({ hasText: 'This workspace is not trusted' }).waitFor();
        assert.deepEqual(await window.health.texts(), []);
        assert.equal(await window.statusBar().locator.count(), 0);
        await window.screenshot('untrusted');
      });
      assert.equal(await connectionsReceived(client), before);
    } finally {
      client.disconnect();
      await redis.stop();
    }
  });

  it('without a folder says what to open', async () => {
    await inWindow({ name: 'no-folder', workspace: undefined, trusted: true }, async (window) => {
      await window.openCacheOps();
      await window.checklists.welcome().filter({ hasText: 'Open a folder' }).waitFor();
      await window.health.welcome().filter({ hasText: 'No environment is set up yet' }).waitFor();
      assert.deepEqual(await ownNotifications(window), []);
    });
  });

  it('with several folders shows the environments and checklists of each', async () => {
    const { folder, redis } = session();
    const both = path.join(folder, 'several');
    const names = ['shop', 'search'];
    for (const name of names)
      await writeTestWorkspace(path.join(both, name), { local: { tier: 'development', redis: { url: redis.url } } });
    const workspace = path.join(both, 'both.code-workspace');
    const settings = { 'cacheOps.environments': { shared: { tier: 'staging', redis: { url: redis.url } } } };
    await writeFile(workspace, JSON.stringify({ folders: names.map((name) => ({ path: name })), settings }));
    await inWindow({ name: 'several', workspace, trusted: true }, async (window) => {
      await window.openCacheOps();
      await eventually(async () => {
        const rows = (await window.health.texts()).filter((text) => /^(local|shared) /.test(text));
        assert.deepEqual(rows, [
          'local · shop · development · Redis healthy · active',
          'local · search · development · Redis healthy',
          'shared · staging · Redis healthy',
        ]);
      });
      await eventually(async () => {
        const rows = (await window.checklists.texts()).filter((text) => text.startsWith('Release checklist'));
        assert.deepEqual(rows, [
          'Release checklist · 1 of 6, search/release-checklist.md',
          'Release checklist · 1 of 6, shop/release-checklist.md',
        ]);
      });
    });
  });

  it('on an empty folder says where it looked', async () => {
    const workspace = path.join(session().folder, 'empty', 'workspace');
    await mkdir(workspace, { recursive: true });
    await inWindow({ name: 'empty', workspace, trusted: true }, async (window) => {
      await window.openCacheOps();
      await window.checklists.welcome().filter({ hasText: 'No checklist found' }).waitFor();
      assert.deepEqual(await ownNotifications(window), []);
    });
  });
});

async function inWindow(
  options: { readonly name: string; readonly workspace: string | undefined; readonly trusted: boolean },
  work: (window: VsCodeWindow) => Promise<void>,
): Promise<void> {
  const { name, workspace, trusted } = options;
  const dataFolder = path.join(session().folder, name, 'data');
  const version = codeServerVersions.current;
  const vscode = await startVsCode({ version, extension: root, workspace, dataFolder, trusted });
  try {
    const browser = await openWindow({ url: vscode.url(), height: 1700 });
    try {
      const window = new VsCodeWindow(browser.page);
      await window.waitUntilReady();
      await work(window);
    } finally {
      await browser.close();
    }
  } finally {
    await vscode.stop();
  }
}

/** Without what the editor says about its own start. */
async function ownNotifications(window: VsCodeWindow): Promise<readonly string[]> {
  return (await window.notifications()).filter((text) => text !== 'Activating Extensions...');
}

async function connectionsReceived(client: Redis): Promise<number> {
  return Number(/total_connections_received:(\d+)/.exec(await client.info('stats'))?.[1]);
}
