import assert from 'node:assert/strict';
import {
  backupId,
  describeBackup,
  environmentFolder,
  expiredBackups,
  isBackupId,
} from '../../../../src/core/backup/backups.ts';
import type { Backup } from '../../../../src/core/backup/backups.ts';
import { keySlot } from '../../../../src/core/backup/keySlot.ts';
import { lineChanges } from '../../../../src/core/backup/lineChanges.ts';
import { holdsSecrets, parseManifest } from '../../../../src/core/backup/manifest.ts';
import type { Manifest } from '../../../../src/core/backup/manifest.ts';
import { isSameValue } from '../../../../src/core/backup/payload.ts';
import { collectionFinding, keysFinding, rdbFinding, verdictOf } from '../../../../src/core/backup/testFindings.ts';
import { qdrantObstacle, redisObstacle } from '../../../../src/core/backup/versions.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 10, 20);

function backup(ageDays: number, verdict?: 'passed' | 'failed'): Backup {
  const startedAtMs = nowMs - ageDays * dayMs;
  const manifest: Manifest = {
    format: 'cache-ops backup 1',
    id: backupId(startedAtMs),
    environment: 'staging',
    tier: 'staging',
    startedAtMs,
    endedAtMs: startedAtMs,
    parts: [{ kind: 'gitTag', tag: 't', commit: 'abc' }],
    tests: verdict ? [{ atMs: startedAtMs + 1, verdict, findings: [] }] : [],
  };
  return { folder: `/backups/staging/${manifest.id}`, manifest };
}

describe('Backups', () => {
  it('are named by their time, and sort by it', () => {
    assert.equal(backupId(nowMs), '2026-11-20T00-00-00Z');
    assert.ok(isBackupId(backupId(nowMs)));
    assert.ok(!isBackupId('.2026-11-20T00-00-00Z.unfinished'));
  });

  it('of an environment never lie outside of their folder, and never in another one’s', () => {
    const names = ['..', '.', 'a/b', 'a%2fb', 'a\\b', 'prod', 'eu west', 'ü', '.hidden', 'a.', 'c:'];
    const folders = names.map(environmentFolder);
    assert.equal(new Set(folders).size, names.length);
    for (const folder of folders) assert.ok(!/[\\/:]|^\.|\.$/.test(folder), folder);
    assert.equal(environmentFolder('eu west'), 'eu west');
  });

  it('go when they are too many or too old, but never the newest, nor the newest that was tested', () => {
    const all = [backup(0), backup(1), backup(2, 'passed'), backup(3, 'passed'), backup(40)];
    const ages = (keep: { count: number; days: number }, coming = 0): number[] =>
      expiredBackups(all, keep, nowMs, coming).map(({ manifest }) => (nowMs - manifest.startedAtMs) / dayMs);
    assert.deepEqual(ages({ count: 0, days: 0 }), []);
    assert.deepEqual(ages({ count: 1, days: 0 }), [1, 3, 40]);
    assert.deepEqual(ages({ count: 2, days: 0 }, 1), [1, 3, 40]);
    assert.deepEqual(ages({ count: 0, days: 30 }), [40]);
    assert.deepEqual(expiredBackups([backup(90)], { count: 1, days: 1 }, nowMs), []);
  });

  it('count as verified by their latest test', () => {
    assert.match(describeBackup(backup(1), nowMs), /untested copy/);
    assert.match(describeBackup(backup(1, 'failed'), nowMs), /its test failed/);
  });

  it('are read only from manifests of their own format, whose files lie below them', () => {
    const { manifest } = backup(0);
    assert.deepEqual(parseManifest(JSON.stringify(manifest)), manifest);
    const file = { path: '../../etc/passwd', bytes: 1, sha256: 'a'.repeat(64) };
    const parts = [{ kind: 'file', source: 'x', mode: 0o644, holdsSecrets: false, file }];
    for (const wrong of [{ ...manifest, format: 'cache-ops backup 2' }, { ...manifest, parts }, {}])
      assert.throws(() => parseManifest(JSON.stringify(wrong)), /manifest\.json cannot be read/);
  });

  it('tell files with secrets by their names', () => {
    for (const name of ['.env', 'a/.env.local', 'prod.env', 'tls/server.key', 'secrets.yml'])
      assert.ok(holdsSecrets(name), name);
    for (const name of ['config.yaml', 'docker-compose.yml', 'environment.md']) assert.ok(!holdsSecrets(name), name);
  });
});

describe('Restoring', () => {
  it('knows which versions read what others wrote', () => {
    assert.equal(qdrantObstacle('1.16.3', '1.16.0'), undefined);
    assert.equal(qdrantObstacle('1.16.3', '1.17.2'), undefined);
    assert.match(qdrantObstacle('1.16.3', '1.18.0') ?? '', /same minor version or the next/);
    assert.match(qdrantObstacle('1.16.3', '1.15.0') ?? '', /same minor version or the next/);
    assert.equal(redisObstacle('7.0.15', '8.0.2'), undefined);
    assert.match(redisObstacle('8.0.2', '7.0.15') ?? '', /older/);
    assert.match(redisObstacle('8.0.2', 'Redis 7.0.15') ?? '', /this server is Redis 7\.0\.15, which is older/);
  });

  it('finds the slot of a key as the servers do', () => {
    const slot = (key: string): number => keySlot(Buffer.from(key));
    assert.deepEqual(
      ['123456789', 'foo', 'a{foo}b', '{}foo', 'foo{}{bar}'].map(slot),
      [12_739, 12_182, 12_182, 9_500, 8_363],
    );
  });

  it('takes a table in another order for the same value, and nothing else', () => {
    const payload = (type: number, text: string, footer = '0123456789'): Buffer =>
      Buffer.concat([Buffer.from([type]), Buffer.from(text + footer)]);
    assert.ok(
      isSameValue(payload(0, 'abc'), payload(0, 'abc', '9876543210')),
      'the version of the format does not count',
    );
    assert.ok(isSameValue(payload(2, 'abc'), payload(2, 'cab')));
    assert.ok(!isSameValue(payload(0, 'abc'), payload(0, 'cab')));
    assert.ok(!isSameValue(payload(2, 'abc'), payload(2, 'abd')));
  });

  it('counts lines that come and go', () => {
    assert.deepEqual(lineChanges('a\nb\nc', 'a\nc\nd\ne'), { removed: 1, added: 2 });
  });
});

describe('The test of a backup', () => {
  const good = {
    recorded: 100,
    restored: 90,
    repeated: 2,
    expiredBefore: 8,
    present: 89,
    expiredSince: 1,
    compared: 10,
    same: 9,
    sampleExpired: 1,
  };

  it('passes when every key is accounted for and the sample is the same', () => {
    assert.equal(keysFinding(good).verdict, 'passed');
    assert.equal(keysFinding({ ...good, present: 88 }).verdict, 'failed');
    assert.equal(keysFinding({ ...good, same: 8 }).verdict, 'failed');
    assert.equal(
      keysFinding({
        ...good,
        restored: 0,
        repeated: 0,
        expiredBefore: 100,
        present: 0,
        expiredSince: 0,
        compared: 0,
        same: 0,
        sampleExpired: 0,
      }).verdict,
      'inconclusive',
    );
  });

  it('takes writes meanwhile into account, and no more', () => {
    assert.equal(rdbFinding('a', 10_000, 10_200, 10).verdict, 'passed');
    assert.equal(rdbFinding('a', 10_000, 5_000, 0).verdict, 'inconclusive');
    assert.equal(rdbFinding('a', 10_000, 0, 0).verdict, 'failed');
    const quiet = { collection: 'c', points: 500 };
    assert.equal(collectionFinding(quiet, 500, 'x').verdict, 'passed');
    assert.equal(collectionFinding(quiet, 498, 'x').verdict, 'inconclusive');
    assert.equal(collectionFinding(quiet, 100, 'x').verdict, 'failed');
    const busy = { ...quiet, pointsAfter: 560 };
    assert.equal(collectionFinding(busy, 530, 'x').verdict, 'passed');
    assert.match(collectionFinding(busy, 530, 'x').words, /530 of 500 to 560 points/);
    assert.equal(collectionFinding(busy, 563, 'x').verdict, 'inconclusive');
    assert.equal(collectionFinding(busy, 600, 'x').verdict, 'failed');
  });

  it('passes as a whole only when all of it does', () => {
    const one = (verdict: 'passed' | 'failed' | 'inconclusive') => ({ verdict, words: '' });
    assert.equal(verdictOf([one('passed'), one('passed')]), 'passed');
    assert.equal(verdictOf([one('passed'), one('inconclusive')]), 'inconclusive');
    assert.equal(verdictOf([one('inconclusive'), one('failed')]), 'failed');
    assert.equal(verdictOf([]), 'inconclusive');
  });
});
