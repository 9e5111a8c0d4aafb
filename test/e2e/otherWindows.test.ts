import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { openWindow } from '../sandbox/browser.ts';
import { checklistText, writeTestWorkspace } from '../sandbox/testWorkspace.ts';
import { codeServerVersions, startVsCode } from '../sandbox/vscode.ts';
import { session } from './shared.ts';
import { VsCodeWindow } from './window.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, '.sandbox', 'e2e-other');

interface Opened {
  readonly workspace: string | undefined;
  readonly trusted?: boolean;
}

/** Opens another window on its own VS Code, and closes both afterwards. */
async function inWindow(
  { workspace, trusted = true }: Opened,
  use: (window: VsCodeWindow) => Promise<void>,
): Promise<void> {
  const vscode = await startVsCode({
    version: codeServerVersions.current,
    extension: root,
    workspace,
    dataFolder: path.join(folder, 'data'),
    trusted,
  });
  try {
    const browser = await openWindow({ url: vscode.url(), height: 1000 });
    try {
      const window = new VsCodeWindow(browser.page);
      await window.waitUntilReady();
      await window.openCacheOps();
      await use(window);
    } finally {
      await browser.close();
    }
  } finally {
    await vscode.stop();
  }
}

describe('Windows of other kinds', () => {
  beforeEach(() => rm(folder, { recursive: true, force: true }));

  it('without a folder say what to open, and offer to add an environment', async () => {
    await inWindow({ workspace: undefined }, async (window) => {
      await window.checklists.welcome().getByText('Open a folder that holds a deployment checklist').waitFor();
      await window.health.welcome().getByText('No environment is set up yet.').waitFor();
    });
  });

  it('with an empty folder say where checklists are looked for', async () => {
    await mkdir(path.join(folder, 'empty'), { recursive: true });
    await inWindow({ workspace: path.join(folder, 'empty') }, async (window) => {
      await window.checklists.welcome().getByText('No checklist found.').waitFor();
      await window.screenshot('empty-folder');
    });
  });

  it('that are not trusted show and tick checklists, and connect to nothing', async () => {
    const { redis } = session();
    const { folder: workspace, checklist } = await writeTestWorkspace(path.join(folder, 'untrusted'), {
      local: { redis: { url: redis.url } },
    });
    await inWindow({ workspace, trusted: false }, async (window) => {
      await window.health.welcome().getByText('This workspace is not trusted').waitFor();
      assert.equal(await window.statusBar().locator.count(), 0);
      await window.checklists.row('Before the release').expand();
      await window.checklists.row('Redis answers').toggle();
      await eventually(async () =>
        assert.equal(
          await readFile(checklist, 'utf8'),
          checklistText.replace('[ ] Redis answers', '[x] Redis answers'),
        ),
      );
      await window.command('Add Environment…');
      await eventually(async () =>
        assert.match((await window.notifications()).join('\n'), /not trusted, and nothing connects from it/),
      );
    });
  });

  it('with several folders show the environments and checklists of each', async () => {
    const { redis } = session();
    const names = ['shop', 'search'];
    for (const name of names)
      await writeTestWorkspace(path.join(folder, name), { local: { tier: 'development', redis: { url: redis.url } } });
    const workspace = path.join(folder, 'both.code-workspace');
    const settings = { 'cacheOps.environments': { shared: { tier: 'staging', redis: { url: redis.url } } } };
    await writeFile(workspace, JSON.stringify({ folders: names.map((name) => ({ path: name })), settings }));
    await inWindow({ workspace }, async (window) => {
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
      await window.screenshot('several-folders');
    });
  });
});
