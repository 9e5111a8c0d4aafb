import assert from 'node:assert/strict';
import type { Backup } from '../../../../src/core/backup/backups.ts';
import { lastBackupOf } from '../../../../src/core/backup/lastBackup.ts';
import type { BackupPart, Manifest } from '../../../../src/core/backup/manifest.ts';
import { backupWords } from '../../../../src/core/operations/planMarkdown.ts';
import type { ServiceIdentity } from '../../../../src/core/operations/identity.ts';
import { environmentOf } from '../operations/ports.ts';

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 20);
const file = { path: 'x', bytes: 1, sha256: 'a'.repeat(64) };
const shop = environmentOf({ redis: { url: 'redis://redis-1:6379' }, qdrant: { url: 'http://qdrant:6333' } });

function redis(address: string, runId: string, pattern = '*'): BackupPart {
  const server = { address, version: '7.0.15', runId, file, keys: 1, gone: 0, denied: 0, rawBytes: 1 };
  return { kind: 'redisExport', db: 0, pattern, servers: [server] };
}

const qdrant: BackupPart = {
  kind: 'qdrantSnapshot',
  version: '1.16.3',
  address: 'qdrant:6333',
  collection: 'answers',
  points: 1,
  snapshot: 'x',
  keptOnServer: false,
  file,
};

function backup(ageHours: number, parts: BackupPart[], more: Partial<Manifest> = {}): Backup {
  const startedAtMs = nowMs - ageHours * hourMs;
  const manifest: Manifest = {
    format: 'cache-ops backup 1',
    id: new Date(startedAtMs).toISOString(),
    environment: 'shop',
    tier: 'staging',
    startedAtMs,
    endedAtMs: startedAtMs,
    parts,
    tests: [],
    ...more,
  };
  return { folder: '/backups', manifest };
}

function answers(address: string, runId?: string): readonly ServiceIdentity[] {
  return [{ service: 'Redis', address, marks: runId === undefined ? {} : { 'run id': runId } }];
}

const passed = { tests: [{ atMs: nowMs, verdict: 'passed' as const, findings: [] }] };
const failed = { tests: [{ atMs: nowMs, verdict: 'failed' as const, findings: [] }] };

describe('The last backup that a plan names', () => {
  const found = (backups: readonly Backup[], identities = answers('redis-1:6379', 'a'), environment = shop) =>
    lastBackupOf(backups, environment, identities);
  const ageOf = (one: ReturnType<typeof found>): number | undefined => one && (nowMs - one.takenAtMs) / hourMs;

  it('is the youngest that was restored in a test, else the youngest', () => {
    const part = redis('redis-1:6379', 'a');
    assert.equal(found([]), undefined);
    assert.equal(found([backup(1, [part]), backup(2, [part])])?.testedAtMs, undefined);
    const several = [
      backup(0, [part]),
      backup(1, [part], failed),
      backup(2, [part], passed),
      backup(3, [part], passed),
    ];
    assert.equal(ageOf(found(several)), 2);
  });

  it('is of the server that answers, not of another that had the environment’s name', () => {
    const old = { from: { redis: 'redis-old:6379' } };
    const ours = backup(5, [redis('redis-1:6379', 'a')], { from: { redis: 'redis-1:6379' } });
    const theirs = backup(1, [redis('redis-old:6379', 'b')], { ...passed, ...old });
    assert.deepEqual([ageOf(found([theirs, ours])), found([theirs, ours])?.source], [5, 'same']);
    const only = found([theirs]);
    assert.equal(only?.source, 'elsewhere');
    assert.match(
      backupWords(only, nowMs),
      /^none of these servers is known\. Of others that had this name: Redis export of redis-old:6379, 1 h before this plan/,
    );
  });

  it('of the same address is called no more than that, once the server does not say by its id that it is the same', () => {
    const taken = backup(1, [redis('redis-1:6379', 'a')], { from: { redis: 'redis-1:6379' } });
    for (const identities of [answers('redis-1:6379', 'b'), answers('redis-1:6379')]) {
      const last = found([taken], identities);
      assert.equal(last?.source, 'place');
      assert.match(backupWords(last, nowMs), /whether the same server answers there now is not known/);
    }
  });

  it('is not called fresh when the clock was set back since', () => {
    const last = found([backup(-2, [redis('redis-1:6379', 'a')])]);
    assert.match(backupWords(last, nowMs), /, at 2026-11-20T02:00:00\.000Z \(the clock was set back since\);/);
  });

  it('stays the same through a failover and under another address', () => {
    const sentinels = environmentOf({ redis: { sentinels: ['s1:26379'], name: 'main' } });
    const taken = backup(1, [redis('10.0.0.1:6379', 'a')], { from: { redis: 'main of s1:26379' } });
    assert.equal(found([taken], answers('10.0.0.2:6379', 'b'), sentinels)?.source, 'place');
    assert.equal(found([taken], answers('localhost:7000', 'a'))?.source, 'same');
    assert.equal(found([taken], answers('10.0.0.2:6379', 'b'))?.source, 'elsewhere');
  });

  it('holds what the plan endangers', () => {
    const points = backup(1, [qdrant]);
    assert.equal(found([points, backup(2, [{ kind: 'gitTag', tag: 't', commit: 'c' }])]), undefined);
    assert.equal(found([points], [{ service: 'Qdrant', address: 'qdrant:6333', marks: {} }])?.source, 'place');
    assert.equal(found([points], [])?.what, 'Qdrant snapshot', 'a plan that touches no store: any of the environment');
    assert.equal(found([backup(1, [redis('redis-1:6379', 'a', 'cache:*')])])?.what, 'Redis export of cache:*');
  });
});
