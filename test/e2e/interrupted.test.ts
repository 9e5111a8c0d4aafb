import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { journalLine } from '../../src/core/journal/lines.ts';
import { formatCount } from '../../src/core/format.ts';
import { eventually } from '../eventually.ts';
import { fill } from '../live/support/flushing.ts';
import { openWindow } from '../sandbox/browser.ts';
import type { BrowserWindow } from '../sandbox/browser.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { writeTestWorkspace } from '../sandbox/testWorkspace.ts';
import type { TestWorkspace } from '../sandbox/testWorkspace.ts';
import { codeServerVersions, startVsCode } from '../sandbox/vscode.ts';
import type { VsCode } from '../sandbox/vscode.ts';
import { session } from './shared.ts';
import { VsCodeWindow } from './window.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** Enough for a flush to be under way for seconds. */
const keys = 600_000;

describe('An editor that is killed in the middle of a flush', function () {
  this.timeout(120_000);
  let folder: string;
  let server: RedisServer;
  let redis: Redis;
  let workspace: TestWorkspace;
  let vscode: VsCode | undefined;
  let browser: BrowserWindow | undefined;

  const stop = async (): Promise<void> => {
    await browser?.close();
    await vscode?.stop();
  };
  const start = async (): Promise<VsCodeWindow> => {
    await stop();
    vscode = await startVsCode({
      version: codeServerVersions.current,
      extension: root,
      workspace: workspace.folder,
      dataFolder: path.join(folder, 'data'),
      trusted: true,
    });
    browser = await openWindow({ url: vscode.url(), height: 1200 });
    const window = new VsCodeWindow(browser.page);
    await window.waitUntilReady();
    return window;
  };
  /** The beginning of what is under way, as it is on disk. */
  const begun = async () => {
    const journals = path.join(workspace.folder, 'monitoring', 'journal');
    const file = (await readdir(journals)).find((name) => name.endsWith('.jsonl')) ?? '';
    const line = journalLine.parse(
      JSON.parse((await readFile(path.join(journals, file), 'utf8')).split('\n', 1)[0] ?? ''),
    );
    assert.ok(line.type === 'begun');
    return line;
  };

  before(async () => {
    folder = path.join(session().folder, 'interrupted');
    server = await startRedis({ folder: path.join(folder, 'redis') });
    redis = new Redis(server.url);
    await fill(redis, 'cache:', keys);
    workspace = await writeTestWorkspace(path.join(folder, 'workspace'), {
      shop: { tier: 'staging', redis: { url: server.url } },
    });
  });
  after(async () => {
    await stop();
    redis.disconnect();
    await server.stop();
  });

  it('has written down its beginning before that', async () => {
    const window = await start();
    await window.openCacheOps();
    await window.health.row('shop').contextMenu('Flush…');
    await window.quickInput.pick('Keys by Pattern…');
    await window.quickInput.enter('Pattern of the keys', 'cache:*');
    await window.modal().press('Flush');
    await eventually(async () => assert.ok((await redis.dbsize()) < keys), 30_000);
    const { process: editor } = await begun();
    process.kill(editor.pid, 'SIGKILL');
    await vscode?.kill();
    await browser?.close();
  });

  it('is reported at the next start by a badge, without a notification', async () => {
    const window = await start();
    const badge = window.page.locator('.activitybar .action-item', {
      has: window.page.locator('a[aria-label^="Cache Ops"]'),
    });
    await eventually(async () => assert.equal(await badge.locator('.badge-content').innerText(), '1'), 20_000);
    assert.match((await badge.locator('a').getAttribute('aria-label')) ?? '', /One operation was interrupted/);
    assert.ok(!(await window.notifications()).some((text) => text.includes('interrupted')));
    await window.screenshot('interrupted-badge');
  });

  it('is told with what the server shows now, and gone on with from there', async () => {
    assert.ok(browser);
    // What had been sent when it was killed was still done. The cursor's key expires by itself.
    const count = async (): Promise<number> => (await redis.dbsize()) - (await redis.keys('cacheops:cursor:*')).length;
    const left = await count();
    assert.ok(left > 0 && left < keys, `${left} of ${keys} keys are left`);
    const window = new VsCodeWindow(browser.page);
    await window.openCacheOps();
    await window.history.open();
    await window.history.body.getByText('One operation was interrupted.').first().waitFor();
    const row = window.history.row('Flush cache:*');
    await eventually(async () => assert.match(await row.description(), /^shop · interrupted · /));
    await row.click();
    await window.editor.previewText('What the servers show now');
    await window.editor.previewText(`Left to do: ${formatCount(left)} keys match cache:*`);
    await window.screenshot('interrupted-record');
    assert.equal(await count(), left, 'nothing was changed by looking');
    await window.answerNotification('was interrupted', 'Plan Again');
    const { detail } = await window.modal().text();
    assert.ok(detail.includes(`${formatCount(left)} keys match cache:*`), detail);
    await window.modal().press('Flush');
    await eventually(async () => assert.equal(await count(), 0), 30_000);
    await eventually(async () =>
      assert.match((await window.history.texts()).join('\n'), /Flush cache:\* · shop · done and verified/),
    );
    assert.match((await window.history.texts()).join('\n'), /Flush cache:\* · shop · interrupted/);
    await window.screenshot('interrupted-done');
  });
});
