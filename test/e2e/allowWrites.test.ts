import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { isTaken, startFailingRedis } from '../live/support/failedSave.ts';
import type { FailingRedis } from '../live/support/failedSave.ts';
import { session } from './shared.ts';

const command = 'Allow Writes After a Failed Save…';

describe('Writes that are refused since a save failed', function () {
  this.timeout(60_000);
  let redis: FailingRedis;
  let settingsFile: string;
  let written: string;

  before(async () => {
    const { window, workspace, folder } = session();
    redis = await startFailingRedis({ folder: path.join(folder, 'failing-redis') });
    settingsFile = path.join(workspace.folder, '.vscode', 'settings.json');
    written = await readFile(settingsFile, 'utf8');
    const settings: Record<string, object> = JSON.parse(written);
    const shop = { tier: 'staging', redis: { url: redis.server.url } };
    settings['cacheOps.environments'] = { ...settings['cacheOps.environments'], shop };
    await writeFile(settingsFile, JSON.stringify(settings));
    await window.openCacheOps();
    await window.health.row('local').fold();
    await window.health.row('shop').expand();
    await window.history.open();
  });

  after(async () => {
    const { window, workspace } = session();
    await window.closeEditors();
    await writeFile(settingsFile, written);
    await window.health.row('shop').waitFor('detached');
    await window.health.row('local').expand();
    await rm(path.join(workspace.folder, 'monitoring'), { recursive: true, force: true });
    await redis.stop();
  });

  it('are allowed from their row, with the risk said before, and are taken then', async () => {
    const { window } = session();
    await redis.fail();
    const row = window.health.row('Writes');
    await eventually(async () => assert.equal(await row.description(), 'refused · degraded'));
    await row.locator.hover();
    await window.screenshot('writes-refused');
    await row.inlineAction(command);
    const { message, detail, buttons } = await window.modal().text();
    await window.screenshot('writes-confirm');
    assert.equal(message, 'Allow writes after a failed save in shop (staging)?');
    assert.match(detail, /A crash or restart loses everything since the last good save/);
    assert.deepEqual(buttons.toSorted(), ['Allow Writes', 'Cancel', 'Show Plan']);
    await window.modal().press('Allow Writes');
    await eventually(async () =>
      assert.match(
        (await window.notifications()).join('\n'),
        /done and verified.*Writes are taken by .*: PING is answered/s,
      ),
    );
    await window.screenshot('writes-allowed');
    assert.equal(await isTaken(redis.client), true);
    await row.waitFor('detached');
    await window.quickInput.runCommand('Notifications: Clear All Notifications');
    assert.match(
      await window.history.row('Allow writes after a failed save').description(),
      /^shop · done and verified/,
    );
  });

  it('are offered to be allowed by the backup whose snapshot failed', async () => {
    const { window } = session();
    await redis.client.config('SET', 'stop-writes-on-bgsave-error', 'yes');
    await redis.mend();
    await eventually(async () => assert.match(await window.health.row('Last save').description(), /ago$/));
    await redis.breakSaves();
    await window.health.row('shop').contextMenu('Back Up…');
    await window.quickInput.waitFor('What is to be backed up?');
    for (const choice of ['All keys', 'Snapshot on the server']) await window.quickInput.pick(choice);
    await window.quickInput.accept();
    await window.modal().press('Back Up');
    await window.quickInput.waitFor('Failed: Save a Redis snapshot');
    await window.screenshot('writes-backup-failed');
    await window.quickInput.pick('Stop Here');
    await window.answerNotification('refuses every write since its save failed', 'Allow Writes…');
    await window.screenshot('writes-backup-offer');
    const { message } = await window.modal().text();
    assert.equal(message, 'Allow writes after a failed save in shop (staging)?');
    await window.modal().press('Cancel');
    assert.equal(await isTaken(redis.client), false);
  });

  it('are the first thing to do about the active environment, from the status bar', async () => {
    const { window } = session();
    await window.command('Switch Environment…');
    await window.quickInput.pick('shop');
    await eventually(async () => assert.match(await window.statusBar().text(), /shop/));
    await eventually(async () => assert.equal(await window.health.row('Writes').description(), 'refused · degraded'));
    await window.statusBar().click();
    await window.quickInput.waitFor('Redis degraded');
    assert.match((await window.quickInput.options())[0] ?? '', /Allow Writes After a Failed Save…/);
    await window.quickInput.dismiss();
    await window.command('Switch Environment…');
    await window.quickInput.pick('local');
    await eventually(async () => assert.match(await window.statusBar().text(), /local/));
  });

  it('show their plan in a dry run', async () => {
    const { window } = session();
    await window.health.row('Writes').contextMenu('Dry Run of Allowing Writes…');
    await eventually(async () => assert.match(await window.editor.title(), /Dry run for shop/));
    await window.editor.previewText('As it is now');
    await window.screenshot('writes-plan');
    assert.equal(await isTaken(redis.client), false);
  });
});
