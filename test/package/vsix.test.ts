import assert from 'node:assert/strict';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { openWindow } from '../sandbox/browser.ts';
import type { BrowserWindow } from '../sandbox/browser.ts';
import type { ServerProcess } from '../sandbox/serverProcess.ts';
import { writeTestWorkspace } from '../sandbox/testWorkspace.ts';
import { startCodeServer } from '../sandbox/vscode.ts';
import { VsCodeWindow } from '../e2e/window.ts';
import { packageExtension } from './vsix.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/package');

/** All that may be shipped; anything else is a mistake in .vscodeignore. */
const allowed = [
  /^(package\.json|readme\.md|changelog\.md|LICENSE(\.txt|\.md)?|\.vsixmanifest)$/i,
  /^media\/[\w-]+\.(svg|png)$/,
  /^dist\/(extension\.js|licenses\.txt)$/,
  /^dist\/chunks\/[\w.-]+\.js$/,
  /^dist\/page\/(dashboard|keyspace)\.(js|css)$/,
  // The shell parser, and the signs in the margin of a checklist.
  /^dist\/shell\.wasm$/,
  /^media\/marks\/(passed|failed|inconclusive)\.svg$/,
];

describe('The package', () => {
  let server: ServerProcess & { readonly url: string };
  let browser: BrowserWindow;

  before(async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const vsix = await packageExtension(path.join(folder, 'cache-ops.vsix'));
    const workspace = await writeTestWorkspace(path.join(folder, 'workspace'));
    server = await startCodeServer({
      workspace: workspace.folder,
      vsix: [vsix],
      dataFolder: path.join(folder, 'data'),
    });
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('holds what is needed, and nothing else', async () => {
    const extensions = path.join(folder, 'data', 'extensions');
    const own = (await readdir(extensions)).find((name) => name.startsWith('cache-ops.cache-ops-'));
    assert.ok(own, 'code-server has not installed it');
    const entries = await readdir(path.join(extensions, own), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(path.join(extensions, own), path.join(entry.parentPath, entry.name)));
    assert.deepEqual(
      files.filter((file) => !allowed.some((pattern) => pattern.test(file))),
      [],
    );
    for (const needed of ['package.json', 'dist/extension.js', 'media/activity.svg'])
      assert.ok(files.includes(needed), `${needed} is missing`);
  });

  it('activates in a clean VS Code and shows the checklist', async () => {
    browser = await openWindow({ url: server.url });
    const window = new VsCodeWindow(browser.page);
    await window.waitUntilReady();
    await window.openCacheOps();
    await window.checklists.row('Release checklist').waitFor();
    await window.quickInput.runCommand('Developer: Show Running Extensions');
    const row = browser.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'Cache Ops' });
    assert.match(await row.innerText(), /Activation: \d+ms/);
    await window.screenshot('package');
  });
});
