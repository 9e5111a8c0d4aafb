import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import type { Locator } from 'playwright-core';
import { eventually } from '../eventually.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { addEnvironments } from './addEnvironments.ts';
import { clickMarker, DashboardPage } from './dashboardPage.ts';
import { session } from './shared.ts';

describe('What happened, in the charts of a dashboard', function () {
  let server: RedisServer;
  let restore: (() => Promise<void>) | undefined;
  let dashboard: DashboardPage;

  before(async () => {
    const { window, folder } = session();
    const storage = path.join(folder, 'marked-redis');
    await rm(storage, { recursive: true, force: true });
    server = await startRedis({ folder: storage, config: { maxmemory: '64mb' } });
    const redis = new Redis(server.url);
    await redis.mset(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`shelf:${n}`, 'x'])));
    redis.disconnect();
    restore = await addEnvironments({
      marked: {
        tier: 'development',
        redis: { url: server.url },
        alerts: [{ when: 'memory > 1% for 1s', severity: 'warning', message: 'Only a rehearsal.' }],
      },
    });
    dashboard = new DashboardPage(window.page);
  });

  after(async () => {
    const { window } = session();
    await window.closeEditors();
    await restore?.();
    await window.quickInput.runCommand('Notifications: Clear All Notifications');
    await server?.stop();
  });

  const marker = (words: RegExp): Locator => dashboard.chart('memory').getByRole('button', { name: words });
  const operation = (): Locator => marker(/^Flush shelf:\*, /);
  const alert = (): Locator => marker(/^warning alert: memory > 1%, /);
  const showsRecord = async (): Promise<void> => {
    const { window } = session();
    await eventually(async () => assert.match(await window.editor.title(), /Flush shelf/));
    await window.editor.previewText('What came of it');
  };

  const backToDashboard = async (): Promise<void> => {
    await session().window.page.locator('.tab', { hasText: 'Dashboard: marked' }).click();
    await dashboard.waitFor('memory');
  };

  it('stand at their time, an operation and an alert', async () => {
    const { window } = session();
    await window.health.row('marked').contextMenu('Flush…');
    await window.quickInput.pick('Keys by Pattern…');
    await window.quickInput.enter('Pattern of the keys', 'shelf:*');
    await window.modal().press('Flush');
    await eventually(async () => {
      const told = (await window.notifications()).join('\n');
      assert.match(told, /done and verified.*50 keys were removed/s);
      assert.match(told, /marked \(development\): warning: memory > 1% for 1 s/);
    });
    await window.quickInput.runCommand('Notifications: Clear All Notifications');
    await window.health.row('marked').contextMenu('Open Dashboard');
    await dashboard.frame.locator('.status', { hasText: 'read at' }).waitFor();
    await dashboard.range('15 min').click();
    await operation().waitFor({ timeout: 30_000 });
    await alert().waitFor();
    await window.screenshot('dashboard-markers');
  });

  it('lead to the record of the operation, by a click', async () => {
    await clickMarker(operation());
    await showsRecord();
    await backToDashboard();
  });

  it('lead to the alerts of the environment, by a click', async () => {
    const { window } = session();
    await clickMarker(alert());
    await eventually(async () =>
      assert.match(await window.health.row('memory > 1% for 1 s').description(), /% · warning since \d/),
    );
  });

  it('are reached and walked by keyboard, keep the focus over a reading, and lead there too', async () => {
    const { window } = session();
    const { keyboard } = window.page;
    await dashboard.chart('memory').locator('.stage').focus();
    await keyboard.press('Tab');
    await keyboard.press('Home');
    const focused = (): Promise<string> =>
      dashboard.frame.locator('button:focus').evaluate((one) => one.getAttribute('aria-label') ?? '');
    const first = await focused();
    await keyboard.press('ArrowRight');
    const second = await focused();
    assert.deepEqual([first, second].map((words) => words.replace(/,.*/, '')).toSorted(), [
      'Flush shelf:*',
      'warning alert: memory > 1%',
    ]);
    await window.screenshot('dashboard-marker-focus');
    const before = await dashboard.status();
    await eventually(async () => assert.notEqual(await dashboard.status(), before), 30_000);
    assert.equal(await focused(), second);
    for (const words of [second, first]) {
      if (words !== (await focused())) await keyboard.press('ArrowLeft');
      await keyboard.press('Enter');
      if (words.startsWith('Flush')) {
        await showsRecord();
        await backToDashboard();
        await marker(/^Flush/).focus();
      } else await window.health.row('memory > 1% for 1 s').waitFor();
    }
  });
});
