import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { BackUp } from '../../src/clients/backup/backUp.ts';
import { readShelf } from '../../src/clients/backup/backupFolder.ts';
import type { BackupPlaces } from '../../src/clients/backup/backupSurvey.ts';
import { TestBackup } from '../../src/clients/backup/testBackup.ts';
import { snapshotsAnswer } from '../../src/clients/qdrantAnswers.ts';
import { ensureQdrant } from '../sandbox/qdrant.ts';
import type { Backup } from '../../src/core/backup/backups.ts';
import { isVerified } from '../../src/core/backup/backups.ts';
import { lastBackupOf } from '../../src/core/backup/lastBackup.ts';
import type { BackUpRequest } from '../../src/core/backup/request.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { backupBy, carryOut, environmentOf, never, servicesOf, workspaceAt } from './support/backups.ts';
import { fillQdrant, fillRedis } from './support/cacheData.ts';
import { change, startQdrantNode } from './support/qdrantNode.ts';
import type { QdrantNode } from './support/qdrantNode.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-backup');

describe('a backup', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let client: Redis;
  let qdrant: QdrantNode;
  let places: BackupPlaces;
  let environment: Environment;
  /** What the verification of each backup said. */
  const said: string[] = [];

  before(async () => {
    await rm(folder, { recursive: true, force: true });
    places = await workspaceAt(path.join(folder, 'workspace'));
    redis = await startRedis({ folder: path.join(folder, 'redis'), config: { 'repl-diskless-sync-delay': '0' } });
    qdrant = await startQdrantNode({ folder: path.join(folder, 'qdrant') });
    environment = environmentOf({
      redis: { url: redis.url },
      qdrant: { url: qdrant.url, collections: ['cache_similarity'] },
      files: ['.env', 'config.yaml', 'missing.txt'],
    });
    client = new Redis(redis.port, '127.0.0.1');
    await fillRedis(client);
    await fillQdrant(qdrant.url);
  });

  after(async () => {
    client.disconnect();
    await Promise.all([redis.stop(), qdrant.stop()]);
  });

  const backUp = async (request: BackUpRequest): Promise<Backup> => {
    const operation = new BackUp(request, servicesOf(environment), places);
    const { verification } = await carryOut(operation);
    said.push(verification.findings.join(' '));
    assert.deepEqual(verification.verdict, { kind: 'passed' }, verification.findings.join(' '));
    return operation.made ?? assert.fail('no backup');
  };

  it('holds keys, collections, files and a tag in one folder that only its owner can read', async () => {
    const made = await backUp({
      redisExport: { pattern: '*' },
      collections: ['cache_similarity'],
      files: true,
      gitTag: 'before-release',
    });
    assert.match(made.folder, /backups\/staging\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
    for (const file of await readdir(made.folder, { recursive: true })) {
      const { mode } = await stat(path.join(made.folder, file));
      assert.equal(mode & 0o077, 0, `${file} can be read by others`);
    }
    const kinds = made.manifest.parts.map(({ kind }) => kind);
    assert.deepEqual(kinds, ['redisExport', 'qdrantSnapshot', 'file', 'file', 'gitTag']);
    const [keys, points, env] = made.manifest.parts;
    assert.ok(keys?.kind === 'redisExport' && points?.kind === 'qdrantSnapshot' && env?.kind === 'file');
    assert.equal(keys.servers[0]?.keys, await client.dbsize());
    assert.equal(points.points, 500);
    assert.equal(env.holdsSecrets, true);
    const { stdout } = await promisify(execFile)('git', ['-C', places.directory, 'rev-parse', 'before-release']);
    assert.equal(stdout.trim(), made.manifest.git?.commit);
  });

  it('leaves no snapshot on the Qdrant server, unless that was asked for', async () => {
    const list = async (): Promise<readonly unknown[]> => {
      const answer = await fetch(`${qdrant.url}/collections/cache_similarity/snapshots`);
      return snapshotsAnswer.parse(await answer.json());
    };
    await backUp({ collections: ['cache_similarity'] });
    assert.equal((await list()).length, 0);
    await backUp({ collections: ['cache_similarity'], keepSnapshots: true });
    assert.equal((await list()).length, 1);
  });

  it('exports the keys of a pattern only', async () => {
    const made = await backUp({ redisExport: { pattern: 'cache:*' } });
    const [part] = made.manifest.parts;
    assert.ok(part?.kind === 'redisExport');
    assert.equal(part.servers[0]?.keys, 1_000);
  });

  it('saves a snapshot on the server, and brings the file here where that is wanted', async () => {
    const kept = await backUp({ redisSnapshot: { fetch: false } });
    assert.deepEqual(await readdir(kept.folder), ['manifest.json']);
    assert.match(said.at(-1) ?? '', /no data lies here\. The RDB file .* exists only on the disk of 127\.0\.0\.1:\d+/);
    const fetched = await backUp({ redisSnapshot: { fetch: true } });
    const [part] = fetched.manifest.parts;
    assert.ok(part?.kind === 'redisSnapshot');
    const bytes = await readFile(path.join(fetched.folder, part.servers[0]?.file?.path ?? ''));
    assert.match(bytes.subarray(0, 9).toString(), /^REDIS\d{4}$/);
  });

  it('is packed into an archive beside it', async () => {
    const made = await backUp({ files: true, archive: true });
    const { stdout } = await promisify(execFile)('tar', ['-tzf', `${made.folder}.tar.gz`]);
    assert.match(stdout, /manifest\.json/);
    assert.equal((await stat(`${made.folder}.tar.gz`)).mode & 0o777, 0o600);
  });

  it('pushes out what is too many, but never what was restored in a test, nor what it did not make', async () => {
    const few: BackupPlaces = { ...places, root: path.join(folder, 'workspace', 'few'), keep: { count: 2, days: 0 } };
    const take = (): Promise<Backup> =>
      backupBy(new BackUp({ redisExport: { pattern: '*' } }, servicesOf(environment), few));
    const first = await take();
    await carryOut(new TestBackup({ backup: first.folder, qdrant: 'none' }, first, servicesOf(environment)));
    const second = await take();
    const foreign = path.join(path.dirname(first.folder), '2020-01-01T00-00-00Z');
    await promisify(execFile)('mkdir', [foreign]);
    const [third, fourth] = [await take(), await take()];
    const { backups, broken } = await readShelf(few.root, environment.name);
    const names = backups.map((one) => one.folder);
    assert.deepEqual(names, [fourth.folder, third.folder, first.folder]);
    assert.ok(!names.includes(second.folder));
    assert.deepEqual(
      broken.map((one) => one.folder),
      [foreign],
    );
  });

  it('is tested by a restore elsewhere, and then says so', async () => {
    process.env['QDRANT_BIN'] = await ensureQdrant();
    const made = await backUp({
      redisExport: { pattern: '*' },
      redisSnapshot: { fetch: true },
      collections: ['cache_similarity'],
      files: true,
    });
    assert.equal(isVerified(made.manifest), false);
    const operation = new TestBackup({ backup: made.folder, qdrant: 'scratchServer' }, made, servicesOf(environment));
    const { verification } = await carryOut(operation);
    assert.deepEqual(verification.verdict, { kind: 'passed' }, verification.findings.join(' '));
    assert.match(verification.findings.join(' '), /sample of \d+ is the same/);
    const { backups } = await readShelf(places.root, environment.name);
    const found = backups.find((one) => one.folder === made.folder);
    assert.ok(found && isVerified(found.manifest));
    const identities = await servicesOf(environment).identify({ redis: true, qdrant: true }, never);
    const last = lastBackupOf(backups, environment, identities);
    assert.deepEqual([last?.testedAtMs, last?.source], [found.manifest.tests[0]?.atMs, 'same']);
    const elsewhere = environmentOf({ redis: { url: 'redis://127.0.0.1:1' } });
    assert.equal(lastBackupOf(backups, elsewhere, [])?.source, 'elsewhere');
  });

  it('is tested in a scratch collection beside the real one, which is removed', async () => {
    const made = await backUp({ collections: ['cache_similarity'] });
    const operation = new TestBackup(
      { backup: made.folder, qdrant: 'scratchCollection' },
      made,
      servicesOf(environment),
    );
    const left = `${qdrant.url}/collections/cache-ops-test-0123456789ab`;
    const vectors = JSON.stringify({ vectors: { size: 4, distance: 'Cosine' } });
    await fetch(left, { method: 'PUT', body: vectors, headers: { 'content-type': 'application/json' } });
    const { plan, verification } = await carryOut(operation);
    await fetch(left, { method: 'DELETE' });
    assert.deepEqual(verification.verdict, { kind: 'passed' }, verification.findings.join(' '));
    assert.match(plan.warnings.join(' '), /cache-ops-test-0123456789ab is of another test\..* remove it by hand/);
    const answer = await fetch(`${qdrant.url}/collections`);
    assert.doesNotMatch(await answer.text(), /cache-ops-test/);
  });

  it('of a collection that is written meanwhile passes its test too', async () => {
    const writing = new AbortController();
    const vector = Array.from({ length: 8 }, (_, index) => index + 1);
    const writer = (async () => {
      for (let id = 10_000; !writing.signal.aborted; id++) {
        const url = `${qdrant.url}/collections/cache_similarity/points?wait=true`;
        await change('PUT', url, { points: [{ id, vector }] });
      }
    })();
    const made = await backUp({ collections: ['cache_similarity'] });
    writing.abort();
    await writer;
    const [part] = made.manifest.parts;
    assert.ok(part?.kind === 'qdrantSnapshot');
    assert.ok((part.pointsAfter ?? 0) > part.points);
    const operation = new TestBackup(
      { backup: made.folder, qdrant: 'scratchCollection' },
      made,
      servicesOf(environment),
    );
    const { verification } = await carryOut(operation);
    assert.deepEqual(verification.verdict, { kind: 'passed' }, verification.findings.join(' '));
  });

  it('does not pass its test when a byte of it has changed', async () => {
    const made = await backUp({ redisExport: { pattern: '*' } });
    const [part] = made.manifest.parts;
    assert.ok(part?.kind === 'redisExport');
    const file = path.join(made.folder, part.servers[0]?.file.path ?? '');
    const bytes = await readFile(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const operation = new TestBackup({ backup: made.folder, qdrant: 'none' }, made, servicesOf(environment));
    const { verification } = await carryOut(operation);
    assert.equal(verification.verdict.kind, 'failed');
    assert.match(verification.findings.join(' '), /SHA-256 differs/);
  });

  it('on the server only is never called restorable', async () => {
    const made = await backUp({ redisSnapshot: { fetch: false } });
    const operation = new TestBackup({ backup: made.folder, qdrant: 'none' }, made, servicesOf(environment));
    const { verification } = await carryOut(operation);
    assert.equal(verification.verdict.kind, 'inconclusive');
    assert.match(verification.findings.join(' '), /on the server only/);
    const { manifest } = operation.tested ?? assert.fail('not tested');
    assert.equal(isVerified(manifest), false);
  });

  it('names the rights an export lacks before anything is done', async () => {
    await client.call('ACL', 'SETUSER', 'poor', 'on', 'nopass', '~*', '+@connection', '+info', '+scan', '+dbsize');
    const poor = environmentOf({ redis: { url: redis.url.replace('//', '//poor@'), password: 'x' } });
    const operation = new BackUp({ redisExport: { pattern: '*' } }, servicesOf(poor), places);
    const identities = await operation.identify(never);
    const clock = servicesOf(poor).clock;
    const draft = await operation.plan({ signal: never, clock, identities, report: () => undefined });
    assert.match(draft.obstacles?.join(' ') ?? '', /may not DUMP, PTTL.*ACL SETUSER poor \+dump \+pttl/);
  });
});
