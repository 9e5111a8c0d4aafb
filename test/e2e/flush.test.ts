import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { JournalWriter } from '../../src/clients/journalWriter.ts';
import { journalLine } from '../../src/core/journal/lines.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { eventually } from '../eventually.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { environmentOf, operationOf, recordingPorts } from '../unit/core/operations/ports.ts';
import { session } from './shared.ts';

describe('Flushing', function () {
  this.timeout(60_000);
  let server: RedisServer;
  let redis: Redis;
  let settingsFile: string;
  let written: string;

  const fill = async (): Promise<void> => {
    await redis.flushall();
    const entries = Array.from({ length: 1_200 }, (_, n): [string, string] => [`cache:search:${n}`, 'x']);
    await redis.mset(Object.fromEntries([...entries, ['session:1', 'x']]));
  };

  before(async () => {
    const { window, workspace, folder } = session();
    server = await startRedis({ folder: path.join(folder, 'flush-redis') });
    redis = new Redis(server.url);
    await fill();
    await redis.call('ACL', 'SETUSER', 'blind', 'on', '>pw', '~*', '&*', '+@all', '-info');
    settingsFile = path.join(workspace.folder, '.vscode', 'settings.json');
    written = await readFile(settingsFile, 'utf8');
    const settings: Record<string, object> = JSON.parse(written);
    const shop = { redis: { url: server.url }, namespaces: { search: { prefix: 'cache:search:' } } };
    settings['cacheOps.environments'] = {
      ...settings['cacheOps.environments'],
      shop: { tier: 'staging', ...shop },
      store: { tier: 'production', ...shop },
      blind: { tier: 'development', redis: { url: server.url.replace('//', '//blind:pw@') } },
    };
    await writeFile(settingsFile, JSON.stringify(settings));
    await window.openCacheOps();
    // The last of them is to be in sight.
    await window.health.row('local').fold();
    await window.health.row('shop').waitFor();
    await window.health.row('store').waitFor();
    await window.history.open();
  });

  after(async () => {
    const { window } = session();
    await window.closeEditors();
    await writeFile(settingsFile, written);
    await window.health.row('store').waitFor('detached');
    await window.health.row('local').expand();
    redis.disconnect();
    await server.stop();
  });

  it('in staging asks with the counts, removes what was planned, and History has it', async () => {
    const { window } = session();
    await window.health.row('shop').contextMenu('Flush…');
    await window.quickInput.waitFor('Flush: shop (staging)');
    await window.screenshot('flush-choices');
    await window.quickInput.pick('Namespace search');
    const { message, detail, buttons } = await window.modal().text();
    await window.screenshot('flush-staging');
    assert.equal(message, 'Flush the namespace search in shop (staging)?');
    assert.match(detail, /1,200 keys match cache:search:\* on 127\.0\.0\.1:\d+, db 0/);
    assert.match(detail, /Cannot be undone/);
    assert.match(detail, /Last backup: none is known/);
    assert.deepEqual(buttons.toSorted(), ['Cancel', 'Flush', 'Show Plan']);
    await window.modal().press('Flush');
    const row = window.history.row('Flush the namespace search');
    await row.waitFor();
    await eventually(async () => assert.match(await row.description(), /^shop · done and verified · /));
    assert.equal(await redis.dbsize(), 1);
    await eventually(async () =>
      assert.match((await window.notifications()).join('\n'), /done and verified.*1,200 keys were removed/s),
    );
    await window.screenshot('flush-done');
    // Its centre would take the next Escape for itself.
    await window.quickInput.runCommand('Notifications: Clear All Notifications');
    const folder = path.join(session().workspace.folder, 'monitoring', 'journal');
    const [file = ''] = await readdir(folder);
    const lines = (await readFile(path.join(folder, file), 'utf8')).trimEnd().split('\n');
    assert.deepEqual(
      lines.slice(-3).map((line) => JSON.parse(line).type),
      ['begun', 'step', 'ended'],
    );
  });

  it('shows the record of an entry', async () => {
    const { window } = session();
    await window.history.row('Flush the namespace search').click();
    await eventually(async () => assert.match(await window.editor.title(), /Flush the namespace search/));
    await window.editor.previewText('What came of it');
    await window.screenshot('flush-record');
    await window.closeEditors();
  });

  it('in production shows the plan, wants the name and a reason; Escape removes nothing', async () => {
    const { window } = session();
    await fill();
    await window.health.row('store').contextMenu('Flush…');
    await window.quickInput.pick('Namespace search');
    await window.quickInput.waitFor('Type store to do this in production');
    assert.equal(await window.quickInput.value(), '', 'nothing is prefilled');
    await window.editor.previewText('What cannot be undone');
    await window.screenshot('flush-production');
    await window.quickInput.dismiss();
    await window.health.row('store').contextMenu('Flush…');
    await window.quickInput.pick('Namespace search');
    assert.equal(await redis.dbsize(), 1_201);
    await window.quickInput.enter('Type store', 'store');
    await window.quickInput.enter('Why?', 'rehearsal');
    await eventually(async () => assert.equal(await redis.dbsize(), 1));
    await eventually(async () =>
      assert.match((await window.history.texts()).join('\n'), /Flush the namespace search · store · done and verified/),
    );
  });

  it('wants the name in every tier where nobody can tell who answers, and says which right would tell', async () => {
    const { window } = session();
    await fill();
    await window.health.row('blind').contextMenu('Flush…');
    await window.quickInput.pick('Keys by Pattern…');
    await window.quickInput.enter('Pattern of the keys', 'cache:*');
    await window.quickInput.waitFor('Type blind to do this although who answers is not known');
    await window.editor.previewText('ACL SETUSER blind +info');
    await window.screenshot('flush-unknown-server');
    await window.quickInput.dismiss();
    assert.equal(await redis.dbsize(), 1_201);
    await window.closeEditors();
  });

  it('that was interrupted is named in History, and is planned again from there', async () => {
    const { window, workspace } = session();
    await fill();
    await writeInterrupted(path.join(workspace.folder, 'monitoring', 'journal'));
    await window.history.titleAction('Refresh History');
    const row = window.history.row('Flush cache:*');
    await eventually(async () => assert.match(await row.description(), /^shop · interrupted · /));
    await window.history.body.getByText('One operation was interrupted.').first().waitFor();
    await window.screenshot('history-interrupted');
    await row.click();
    await window.answerNotification('was interrupted', 'Plan Again');
    const { detail } = await window.modal().text();
    assert.match(detail, /1,200 keys match cache:\*/);
    await window.modal().press('Cancel');
    assert.equal(await redis.dbsize(), 1_201);
    await window.closeEditors();
  });

  it('shows the plan alone as a dry run, which removes nothing', async () => {
    const { window } = session();
    await fill();
    await window.health.row('store').contextMenu('Dry Run of a Flush…');
    await window.quickInput.pick('Keys by Pattern…');
    await window.quickInput.waitFor('Pattern of the keys');
    for (const [pattern, said] of [
      ['*', /matches every key/],
      ['cache', /matches the key of exactly that name only/],
      ['cache:[x', /is never closed/],
      ['*:session', /matches across all namespaces/],
    ] as const) {
      await window.quickInput.fill(pattern);
      await eventually(async () => assert.match(await window.quickInput.message(), said));
    }
    await window.screenshot('flush-pattern-check');
    await window.quickInput.fill('cache:*');
    await window.quickInput.accept();
    await eventually(async () => assert.match(await window.editor.title(), /Dry run for store/));
    await window.editor.previewText('Steps in order');
    await window.screenshot('flush-dry-run');
    await window.answerNotification('Nothing was changed', 'Save…');
    await window.quickInput.waitFor('Save the Plan');
    const file = await eventually(async () => {
      const offered = await window.quickInput.value();
      assert.match(offered, /plan-store-[\dT-]+\.md$/);
      return offered;
    });
    await window.quickInput.accept();
    await eventually(async () => assert.match(await readFile(file, 'utf8'), /^# Flush cache:\\\*\n/));
    await rm(file);
    assert.equal(await redis.dbsize(), 1_201);
  });

  it('offers to warm the cache up as the checklist says', async () => {
    const { window, workspace } = session();
    const checklist = path.join(workspace.folder, 'warm-checklist.md');
    const fence = '```';
    const code = `redis-cli -u ${server.url} SET cache:search:warm yes\n# Expected: OK`;
    await writeFile(
      checklist,
      `# Warm\n\n## After a flush\n\n- [ ] Warm up the cache\n\n${fence}bash\n${code}\n${fence}\n`,
    );
    try {
      await window.checklists.row('Warm').waitFor();
      await window.command('Switch Environment…');
      await window.quickInput.pick('shop');
      await window.health.row('shop').contextMenu('Flush…');
      await window.quickInput.pick('Namespace search');
      await window.modal().press('Flush');
      await eventually(async () => assert.match((await window.notifications()).join('\n'), /is cold now/), 20_000);
      await window.screenshot('flush-warm-up');
      await window.answerNotification('The cache of shop is cold now', 'Run Warm-up…');
      await window.modal().press('Run Command');
      await eventually(async () => assert.equal(await redis.get('cache:search:warm'), 'yes'));
    } finally {
      await window.command('Switch Environment…');
      await window.quickInput.pick('local');
      await rm(checklist);
    }
  });
});

/** What an editor leaves that was killed in the middle. */
async function writeInterrupted(folder: string): Promise<void> {
  const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(ended, 'exit');
  const shop = environmentOf({ tier: 'staging' }, 'shop');
  const plan = await new OperationRunner(recordingPorts().ports).plan(
    operationOf(shop, { kind: 'flush', title: 'Flush cache:*', request: { what: 'pattern', pattern: 'cache:*' } }),
  );
  const file = (await readdir(folder)).find((name) => name.endsWith('.jsonl')) ?? '';
  const lines = (await readFile(path.join(folder, file), 'utf8')).trimEnd().split('\n');
  const known = lines
    .map((line) => journalLine.parse(JSON.parse(line)))
    .find((line) => line.type === 'begun' && line.environment.name === shop.name);
  assert.ok(known?.type === 'begun');
  const writer = new JournalWriter({
    folderOf: () => folder,
    authorIn: () =>
      Promise.resolve({ machine: known.machine, process: { pid: ended.pid ?? 0 }, person: { os: 'another' } }),
    secretsOf: () => Promise.resolve([]),
    nowMs: Date.now,
    onWritten: () => undefined,
  });
  await writer.begin({ ...plan, environment: { ...shop, id: known.environment.id } }, undefined);
}
