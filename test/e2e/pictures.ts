// npm run pictures: makes the README's pictures from the running product, on the sandbox's real servers.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { openWindow } from '../sandbox/browser.ts';
import { inBrowser, vsixIn } from '../sandbox/editor.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { startCodeServer } from '../sandbox/vscode.ts';
import { takeDashboardPictures } from './dashboardPictures.ts';
import { VsCodeWindow } from './window.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, '.sandbox', 'pictures');
const pictures = path.join(root, 'media', 'pictures');
const report = (line: string): void => console.log(line);

await rm(folder, { recursive: true, force: true });
await inBrowser.prepare(root, folder, report);
const sandbox = await startSandbox({ folder, history: true, warm: true, ratePerSecond: 20, report });
const { workspace, variables } = sandbox;
const editor = await startCodeServer({
  workspace,
  vsix: [vsixIn(folder)],
  dataFolder: path.join(folder, 'vscode'),
  environment: variables,
  userSettings: { 'workbench.colorTheme': 'Default Dark Modern', 'cacheOps.run.tickOnPass': true },
});
const browser = await openWindow({ url: editor.url, width: 1360, height: 860 });
try {
  const window = new VsCodeWindow(browser.page);
  await window.waitUntilReady();
  // A message would lie on top of what is to be seen.
  await window.quickInput.runCommand('Notifications: Toggle Do Not Disturb Mode');
  await window.openCacheOps();
  await widenSideBar(window, 500);
  await window.health.row('sandbox').waitFor();
  await allowStaging(window);
  // The picture shows a minute of real traffic, not the moment after the start.
  await eventually(async () => {
    if (!/last 6\d s/.test((await window.health.texts()).join())) throw new Error('no full minute yet');
  }, 90_000);
  await showChecklist(window);
  await showHealth(window);
  await browser.page.mouse.move(900, 500);
  await browser.page.screenshot({ path: path.join(pictures, 'overview.png') });
  await takeDashboardPictures(window, workspace, pictures);
} catch (error) {
  const failed = path.join(folder, 'failed.png');
  await browser.page.screenshot({ path: failed });
  report(`What the window showed: ${failed}`);
  throw error;
} finally {
  await browser.close();
  await editor.stop();
  await sandbox.stop();
}

/** Drags the border between side bar and editor. */
async function widenSideBar(window: VsCodeWindow, width: number): Promise<void> {
  const box = await window.page.locator('.part.sidebar').boundingBox();
  if (!box) return;
  const { mouse } = window.page;
  await mouse.move(box.x + box.width, 400);
  await mouse.down();
  await mouse.move(box.x + width, 400, { steps: 8 });
  await mouse.up();
}

/** A stage that was verified just now: its commands run, its numbers read off the servers, its boxes ticked. */
async function showChecklist({ checklists, page }: VsCodeWindow): Promise<void> {
  await checklists.row('Semantic cache rollout').expand();
  const stage = checklists.row('2. Are the servers well?');
  await stage.expand();
  await stage.inlineAction('Verify');
  await eventually(async () => assert.match(await stage.description(), /6 of 6/), 30_000);
  await checklists.row('Redis has a limit and drops the oldest entries when it is reached').click();
  await page
    .locator('.codelens-decoration', { hasText: /passed/ })
    .first()
    .waitFor();
}

/** Every service of an environment and its flags, rather than every reading of one service. */
async function showHealth({ health }: VsCodeWindow): Promise<void> {
  await health.row('Redis').fold();
  await health.row('Flags').expand();
  await eventually(async () => assert.match(await health.row('Flags').description(), /read at/), 30_000);
}

async function allowStaging(window: VsCodeWindow): Promise<void> {
  await window.command('Set or Allow Secret…');
  await window.quickInput.pick('staging');
  const first = window.quickInput.option('Redis password');
  await first.click();
  await window.modal().press('Allow');
}
