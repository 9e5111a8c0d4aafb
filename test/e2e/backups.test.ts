import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { BackupInProgress, readShelf } from '../../src/clients/backup/backupFolder.ts';
import { writeUnfinished } from '../../src/clients/backup/unfinished.ts';
import { eventually } from '../eventually.ts';
import { fillQdrant } from '../live/support/cacheData.ts';
import { startQdrant } from '../sandbox/qdrant.ts';
import type { QdrantServer } from '../sandbox/qdrant.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { session } from './shared.ts';

describe('Backups', function () {
  this.timeout(120_000);
  let redis: RedisServer;
  let qdrant: QdrantServer;
  let client: Redis;
  let settings: string;
  let settingsBefore: string;
  let config: string;
  let shelf: string;

  before(async () => {
    const { window, workspace, folder } = session();
    redis = await startRedis({
      folder: path.join(folder, 'backup-redis'),
      config: { 'repl-diskless-sync-delay': '0', save: '3600 1' },
    });
    qdrant = await startQdrant({ folder: path.join(folder, 'backup-qdrant') });
    client = new Redis(redis.url);
    for (let index = 0; index < 300; index++) await client.set(`cache:search:${index}`, `answer ${index}`, 'EX', 7_200);
    await fillQdrant(qdrant.url);
    config = path.join(workspace.folder, 'config.yaml');
    await writeFile(config, 'cache:\n  ttl: 60\n');
    shelf = path.join(workspace.folder, 'backups', 'shop');
    settings = path.join(workspace.folder, '.vscode', 'settings.json');
    settingsBefore = await readFile(settings, 'utf8');
    const parsed: Record<string, object> = JSON.parse(settingsBefore);
    const shop = {
      tier: 'staging',
      redis: { url: redis.url },
      qdrant: { url: qdrant.url, collections: ['cache_similarity'] },
      files: ['config.yaml'],
    };
    parsed['cacheOps.environments'] = { ...parsed['cacheOps.environments'], shop };
    await writeFile(settings, JSON.stringify(parsed, undefined, 2));
    await window.openCacheOps();
    await window.health.row('shop').waitFor();
  });

  after(async () => {
    client.disconnect();
    await writeFile(settings, settingsBefore);
    await session().window.closeEditors();
    await session().window.health.row('shop').waitFor('detached');
    await rm(config, { force: true });
    // Another test's environment of the same name has no backup.
    for (const name of ['backups', 'monitoring'])
      await rm(path.join(session().workspace.folder, name), { recursive: true, force: true });
    await Promise.all([redis.stop(), qdrant.stop()]);
  });

  it('are made from the row of an environment, with the plan in figures before', async () => {
    const { window } = session();
    await window.health.row('shop').contextMenu('Back Up…');
    await window.quickInput.waitFor('What is to be backed up?');
    await window.screenshot('backup-choice');
    await window.quickInput.accept();
    const { message, detail } = await window.modal().text();
    assert.match(message, /Back up Redis keys, collection cache_similarity, files in shop \(staging\)\?/);
    assert.match(detail, /db 0: about 300 keys/);
    assert.match(detail, /500 points/);
    await window.screenshot('backup-confirm');
    await window.modal().press('Back Up');
    const id = await eventually(async () => {
      const name = (await readdir(shelf)).find((one) => !one.startsWith('.'));
      return name ?? assert.fail('no backup yet');
    }, 30_000);
    await eventually(async () =>
      assert.match((await window.notifications()).join('\n'), /untested copy until it was restored somewhere/),
    );
    await window.screenshot('backup-done');
    assert.deepEqual((await readdir(path.join(shelf, id))).toSorted(), ['files', 'manifest.json', 'qdrant', 'redis']);
  });

  it('are untested copies until they were restored somewhere', async () => {
    const { window } = session();
    await window.health.row('shop').contextMenu('Test Backup…');
    await window.quickInput.waitFor('Which backup?');
    assert.match((await window.quickInput.texts()).join('\n'), /untested copy/);
    await window.screenshot('backup-pick-untested');
    await window.quickInput.accept();
    await window.quickInput.waitFor('Where are the snapshots of Qdrant to be restored?');
    await window.quickInput.pick(/A scratch collection/);
    await window.modal().press('Test Backup');
    await eventually(async () => {
      await window.health.row('shop').contextMenu('Restore…');
      await window.quickInput.waitFor('Which backup?');
      const texts = (await window.quickInput.texts()).join('\n');
      if (!texts.includes('restored in a test')) await window.quickInput.dismiss();
      assert.match(texts, /restored in a test/);
    }, 60_000);
    await window.screenshot('backup-pick-tested');
    await window.quickInput.dismiss();
  });

  it('are put back after what is there now was put aside', async () => {
    const { window } = session();
    await client.flushall();
    await client.set('cache:search:1', 'wrong');
    await writeFile(config, 'cache:\n  ttl: 1\n');
    await window.health.row('shop').contextMenu('Restore…');
    await window.quickInput.waitFor('Which backup?');
    await window.quickInput.accept();
    await window.quickInput.waitFor('What is to be put back?');
    await window.quickInput.pick(/config\.yaml/);
    await window.screenshot('restore-choice');
    await window.quickInput.accept();
    await window.quickInput.waitFor('Keys that are in the backup and on the server');
    await window.quickInput.accept();
    await window.quickInput.waitFor('When are the keys to expire?');
    await window.quickInput.accept();
    await window.quickInput.waitFor('These files differ now');
    await window.quickInput.pick(/config\.yaml/);
    await window.page.locator('.diff-editor, .monaco-diff-editor').first().waitFor();
    await window.screenshot('restore-diff');
    await window.quickInput.pick(/Go On/);
    await window.modal().text();
    await window.screenshot('restore-confirm');
    await window.modal().press('Restore');
    await eventually(async () => assert.equal(await client.get('cache:search:1'), 'answer 1'), 30_000);
    await eventually(async () => assert.equal(await client.dbsize(), 300), 30_000);
    await eventually(
      async () => assert.match((await window.notifications()).join('\n'), /Restore the backup.*done and verified/),
      30_000,
    );
    await eventually(async () => assert.equal(await readFile(config, 'utf8'), 'cache:\n  ttl: 60\n'), 30_000);
    await window.screenshot('restore-done');
    assert.equal(await readFile(`${config}.before-restore`, 'utf8'), 'cache:\n  ttl: 1\n');
    await rm(`${config}.before-restore`);
    const names = (await readdir(shelf)).filter((one) => !one.startsWith('.'));
    assert.equal(names.length, 2, 'the backup, and the one made before it was restored');
  });

  it('of a snapshot bring its keys back, read by a server on this machine; an archive lies beside one', async () => {
    const { window } = session();
    await window.health.row('shop').contextMenu('Back Up…');
    await window.quickInput.waitFor('What is to be backed up?');
    for (const part of [
      'All keys',
      'Collection cache_similarity',
      'Configuration files',
      'Snapshot, fetched',
      'One archive',
    ])
      await window.quickInput.pick(part);
    await window.screenshot('backup-snapshot-choice');
    await window.quickInput.accept();
    const { detail } = await window.modal().text();
    assert.match(detail, /has save points .* the server refuses every write until one succeeds.*The way out:/s);
    await window.screenshot('backup-snapshot-confirm');
    await window.modal().press('Back Up');
    const archive = await eventually(async () => {
      const name = (await readdir(shelf)).find((one) => one.endsWith('.tar.gz'));
      return name ?? assert.fail('no archive yet');
    }, 30_000);
    assert.equal((await stat(path.join(shelf, archive))).mode & 0o777, 0o600);
    await client.flushall();
    await client.set('cache:search:7', 'wrong');
    await window.health.row('shop').contextMenu('Restore…');
    await window.quickInput.waitFor('Which backup?');
    await window.quickInput.pick('Redis snapshot of 1 server, fetched');
    await window.quickInput.waitFor('What is to be put back?');
    await window.screenshot('restore-snapshot-choice');
    await window.quickInput.accept();
    await window.quickInput.waitFor('Keys that are in the backup and on the server');
    await window.quickInput.pick('Leave keys that are there alone');
    await window.quickInput.waitFor('When are the keys to expire?');
    assert.match((await window.quickInput.texts()).join(' '), /does not come back from a snapshot/);
    await window.quickInput.accept();
    const question = await window.modal().text();
    assert.match(question.detail, /of 300 keys compared with now, 0 are the same, 1 differ, 299 are missing/);
    await window.screenshot('restore-snapshot-confirm');
    await window.modal().press('Restore');
    await eventually(async () => assert.equal(await client.dbsize(), 300), 30_000);
    assert.equal(await client.get('cache:search:7'), 'wrong', 'what is there is left alone');
  });

  it('that ended half way are gone on with, and old ones go as the settings say', async () => {
    const { window, workspace } = session();
    const parsed: object = JSON.parse(await readFile(settings, 'utf8'));
    await writeFile(settings, JSON.stringify({ ...parsed, 'cacheOps.backups.keepCount': 2 }));
    const startedAtMs = Date.now() - 600_000;
    const begun = await BackupInProgress.begin(path.join(workspace.folder, 'backups'), 'shop', startedAtMs);
    const request = { redisExport: { pattern: '*' } };
    await writeUnfinished(begun.folder, { environment: 'shop', startedAtMs, request, exports: {} });
    await window.health.row('shop').contextMenu('Back Up…');
    await window.quickInput.waitFor('A backup ended half way');
    await window.screenshot('backup-half-way');
    await window.quickInput.pick('Go On with It');
    const { detail } = await window.modal().text();
    assert.match(detail, /The backup \S+ \(.* old, .*\) is removed, as cacheOps\.backups says/);
    await window.screenshot('backup-half-way-confirm');
    await window.modal().press('Back Up');
    await eventually(async () => assert.ok((await readdir(shelf)).includes(begun.id)), 30_000);
    await eventually(async () => {
      const { backups, unfinished } = await readShelf(path.dirname(shelf), 'shop');
      assert.deepEqual(unfinished, []);
      assert.ok(backups.length <= 3, 'two, and the newest of those that were restored in a test');
    });
  });
});
