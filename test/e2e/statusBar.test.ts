import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { eventually } from '../eventually.ts';
import { DashboardPage } from './dashboardPage.ts';
import { session } from './shared.ts';

describe('The status bar', () => {
  it('shows environment, tier and hit rate, and says in its tooltip where they come from', async () => {
    const { window, redis } = session();
    const client = new Redis(redis.url);
    await client.get('cache:search:1').finally(() => client.disconnect());
    await eventually(async () =>
      assert.match(await window.statusBar().text(), /local \(development\) [\d.]+ % keyspace hits \(Redis\)/),
    );
    assert.equal(await window.statusBar().kind(), 'standard');
    const tooltip = await window.statusBar().tooltip();
    for (const part of [
      /[\d,]+ hits?, [\d,]+ (?:miss|misses)\./,
      /Window: /,
      /Source: Redis keyspace, \d+ samples/,
      /keyspace_hits and keyspace_misses/,
    ])
      assert.match(tooltip, part);
  });

  it('opens a menu of what one would do next', async () => {
    const { window } = session();
    await window.statusBar().click();
    await window.quickInput.waitFor('local (development)');
    const options = (await window.quickInput.options()).join('\n');
    for (const option of ['Show Health', 'Show Checklists', 'Read Again Now', 'Switch Environment', 'Show Log'])
      assert.match(options, new RegExp(option));
    await window.screenshot('status-bar-menu');
    await window.quickInput.pick('Show Health');
    await window.health.header.waitFor();
  });

  it('opens the dashboard of its environment, by pointer and by keyboard', async () => {
    const { window } = session();
    const dashboard = new DashboardPage(window.page);
    const isOpen = (): Promise<void> =>
      eventually(async () => assert.equal(await window.editor.title(), 'Dashboard: local (development)'));
    await window.statusBar().click();
    await window.quickInput.pick('Open Dashboard');
    await isOpen();
    await dashboard.frame.locator('h1', { hasText: 'local (development)' }).waitFor();
    await window.closeEditors();
    await window.quickInput.runCommand('View: Focus Status Bar');
    await window.statusBar().locator.locator('a').first().focus();
    await window.page.keyboard.press('Enter');
    await window.quickInput.waitFor('local (development)');
    await window.page.keyboard.type('Open Dash');
    await window.page.keyboard.press('Enter');
    await isOpen();
    await window.closeEditors();
  });
});
