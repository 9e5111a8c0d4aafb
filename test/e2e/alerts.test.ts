import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../eventually.ts';
import { session } from './shared.ts';

describe('Alerts', () => {
  let settingsFile: string;
  let written: string;
  let runbook: string;
  let client: Redis;

  before(async () => {
    const { window, workspace, redis } = session();
    client = new Redis(redis.url);
    runbook = path.join(workspace.folder, 'memory-runbook.md');
    await writeFile(
      runbook,
      '# Memory runbook\n\n- [ ] Read it\n\n## Troubleshooting\n\n### High memory usage\n\nEvict.\n',
    );
    settingsFile = path.join(workspace.folder, '.vscode', 'settings.json');
    written = await readFile(settingsFile, 'utf8');
    const settings: Record<string, Record<string, object>> = JSON.parse(written);
    const local = {
      ...settings['cacheOps.environments']?.['local'],
      rollback: { tag: 'before-the-release' },
      alerts: [{ when: 'memory > 40% for 3s', severity: 'critical', message: 'Evict or grow.' }, 'p95 > 100ms for 10m'],
    };
    settings['cacheOps.environments'] = { ...settings['cacheOps.environments'], local };
    await writeFile(settingsFile, JSON.stringify(settings));
    await window.openCacheOps();
    await window.health.row('local').expand();
  });

  after(async () => {
    const { window } = session();
    const keys = await client.keys('alerts:*');
    if (keys.length > 0) await client.unlink(keys);
    client.disconnect();
    await rm(runbook);
    await writeFile(settingsFile, written);
    await window.health.row('memory > 40% for 3 s').waitFor('detached');
    await window.quickInput.runCommand('Notifications: Clear All Notifications');
  });

  const row = (label: string): Promise<string> => session().window.health.row(label).description();

  /** A click is lost when the view takes in changed settings at the same moment. */
  const unfold = (): Promise<void> =>
    eventually(async () => {
      await session().window.health.row('Alerts').expand();
      assert.ok(await session().window.health.row('memory > 40% for 3 s').locator.isVisible());
    });

  it('stand below their environment, with what is read, and with what is not watched and why', async () => {
    const { window } = session();
    await eventually(async () => assert.equal(await row('Alerts'), '1 no data · 1 quiet'));
    await unfold();
    await eventually(async () => assert.match(await row('memory > 40% for 3 s'), /^[\d.]+ % · quiet$/));
    assert.match(await row('p95 > 100ms for 10 min'), /^not watched: The environment does not say which metric/);
    assert.ok(!(await window.notifications()).some((text) => text.includes('memory >')), 'none at start-up');
  });

  it('that fire are told once, with what to do, and said in tree and status bar', async () => {
    const { window } = session();
    const piece = 'x'.repeat(1024 ** 2);
    for (let index = 0; index < 30; index += 1) await client.set(`alerts:${index}`, piece);
    const told = async (): Promise<readonly string[]> =>
      (await window.notifications()).filter((text) => text.includes('memory > 40%'));
    const [text] = await eventually(async () => {
      const all = await told();
      assert.equal(all.length, 1);
      return all;
    }, 20_000);
    assert.match(
      text ?? '',
      /local \(development\): critical: memory > 40% for 3 s: [4-6]\d(\.\d)? %\. Evict or grow\. See “High memory usage” in the runbook\.$/,
    );
    await window.screenshot('alerts');
    assert.deepEqual(await window.notificationButtonsCutOff('memory > 40%'), []);
    const buttons = await window.notificationButtons('memory > 40%');
    assert.deepEqual(buttons, ['Dashboard', 'Health', 'Runbook', 'Roll Back…', 'Snooze 1 h']);
    await eventually(async () => assert.match(await row('memory > 40% for 3 s'), /% · critical since \d/));
    assert.match(await row('local'), /^development · 1 critical alert · /);
    assert.match(await window.statusBar().text(), /, 1 critical alert$/);
    assert.equal((await told()).length, 1);
  });

  it('lead to the section of a checklist that says what to do', async () => {
    const { window } = session();
    await window.answerNotification('memory > 40%', 'Runbook');
    await eventually(async () => assert.equal(await window.editor.cursorLine(), 7));
    await window.closeEditors();
    await window.health.row('memory > 40% for 3 s').inlineAction('Troubleshoot Alert…');
    await eventually(async () => assert.equal(await window.editor.cursorLine(), 7));
    await window.closeEditors();
  });

  it('can be snoozed, and woken', async () => {
    const { window } = session();
    await window.health.row('memory > 40% for 3 s').inlineAction('Snooze Alert for 1 h…');
    await eventually(async () => assert.match(await row('memory > 40% for 3 s'), / · snoozed until \d/));
    await window.health.row('memory > 40% for 3 s').inlineAction('End Snooze of Alert…');
    await eventually(async () => assert.doesNotMatch(await row('memory > 40% for 3 s'), /snoozed/));
  });
});
