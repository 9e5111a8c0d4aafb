import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { encodeEnd, encodeHeader, encodeRecords } from '../../src/core/backup/keyFile.ts';
import { BackUp } from '../../src/clients/backup/backUp.ts';
import { readShelf } from '../../src/clients/backup/backupFolder.ts';
import type { BackupPlaces } from '../../src/clients/backup/backupSurvey.ts';
import { Restore } from '../../src/clients/backup/restore.ts';
import { TestBackup } from '../../src/clients/backup/testBackup.ts';
import type { Backup } from '../../src/core/backup/backups.ts';
import type { BackUpRequest } from '../../src/core/backup/request.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import type { OperationPorts } from '../../src/core/operations/ports.ts';
import { eventually } from '../eventually.ts';
import { backupBy, carryOut, environmentOf, servicesOf, workspaceAt } from '../live/support/backups.ts';
import type { Ran } from '../live/support/backups.ts';
import { startHttpStandIn } from '../live/support/httpStandIn.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { recordingPorts } from '../unit/core/operations/ports.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/faults-backup');
/** Enough for an export to pass a point from which it could go on. */
const keys = 340_000;
const everything: BackUpRequest = { redisExport: { pattern: '*' } };

describe('a backup that goes wrong', function () {
  this.timeout(120_000);
  let redis: RedisServer;
  let client: Redis;
  let places: BackupPlaces;
  let environment: Environment;

  beforeEach(async () => {
    places = await workspaceAt(path.join(folder, 'workspace'));
    // Values as long as they are: an export of them takes its time.
    redis = await startRedis({ folder: path.join(folder, 'redis'), config: { rdbcompression: 'no' } });
    environment = environmentOf({ redis: { url: redis.url }, files: ['.env'] });
    client = new Redis(redis.port, '127.0.0.1', { retryStrategy: () => null });
    client.on('error', () => undefined);
    await client.flushall();
  });

  afterEach(async () => {
    client.disconnect();
    await redis.stop();
  });

  const begin = (request: BackUpRequest = everything): BackUp => new BackUp(request, servicesOf(environment), places);
  const nothingIsThere = async (): Promise<void> => {
    const { backups, broken, unfinished } = await readShelf(places.root, environment.name);
    assert.deepEqual({ backups, broken, unfinished }, { backups: [], broken: [], unfinished: [] });
  };

  it('leaves nothing when the server is killed in the middle', async () => {
    await fill(client, 50_000);
    const ran = await carryOut(
      begin(),
      onFirst(/of .* keys/, () => redis.kill()),
    );
    assert.equal(ran.report.ended, 'failed');
    assert.equal(ran.verification.verdict.kind, 'failed');
    await nothingIsThere();
  });

  it('is no backup when its process is killed, and is gone on with from where it was', async () => {
    await fill(client, keys);
    const script = path.join(import.meta.dirname, 'support', 'takeBackup.ts');
    const child = spawn(process.execPath, [script, redis.url, places.directory], { stdio: 'inherit' });
    const [left = ''] = await eventually(async () => {
      const { unfinished } = await readShelf(places.root, environment.name);
      await stat(path.join(unfinished[0] ?? '', 'unfinished.json'));
      return unfinished;
    }, 60_000);
    child.kill('SIGKILL');
    const { backups, broken } = await readShelf(places.root, environment.name);
    assert.deepEqual([backups, broken], [[], []], 'nothing has the name of a backup');
    const again = begin({ ...everything, resume: left });
    const ran = await carryOut(again);
    assert.deepEqual(ran.verification.verdict, { kind: 'passed' }, ran.verification.findings.join(' '));
    const [part] = again.made?.manifest.parts ?? [];
    assert.equal(part?.kind === 'redisExport' && part.servers[0]?.keys, keys);
    assert.deepEqual(
      (await readdir(path.dirname(left))).filter((name) => name.startsWith('.')),
      [],
    );
    await client.flushall();
    await putBack(again.made ?? assert.fail('no backup'));
    assert.equal(await client.dbsize(), keys);
  });

  it('is not gone on with on another server process, whose cursors are others', async () => {
    await fill(client, keys);
    const ran = await carryOut(
      begin(),
      onFirst(/33\d,\d{3} of .* keys/, () => redis.kill()),
    );
    assert.equal(ran.report.ended, 'failed');
    const [left = ''] = (await readShelf(places.root, environment.name)).unfinished;
    assert.notEqual(left, '', 'an export that had come far is kept');
    redis = await startRedis({ folder: path.join(folder, 'redis'), port: redis.port });
    const again = await carryOut(begin({ ...everything, resume: left }));
    assert.match(again.report.why ?? '', /not the server any more that was read before/);
  });

  it('stops when a failover makes the server a replica', async () => {
    await fill(client, 200_000);
    const other = await startRedis({ folder: path.join(folder, 'other') });
    try {
      const failOver = async (): Promise<void> => {
        await client.replicaof('127.0.0.1', other.port);
        await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      };
      const ran = await carryOut(begin(), onFirst(/of .* keys/, failOver));
      assert.equal(ran.report.ended, 'failed');
      assert.match(ran.report.why ?? '', /failed over/);
      assert.deepEqual((await readShelf(places.root, environment.name)).backups, []);
    } finally {
      await other.stop();
    }
  });

  it('goes on when only its connection is cut', async () => {
    await fill(client, 100_000);
    const cut = () => client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    const operation = begin();
    const ran = await carryOut(operation, onFirst(/of .* keys/, cut));
    assert.deepEqual(ran.verification.verdict, { kind: 'passed' }, ran.report.why);
    const [part] = operation.made?.manifest.parts ?? [];
    assert.equal(part?.kind === 'redisExport' && part.servers[0]?.keys, 100_000);
  });

  it('leaves nothing on a disk that becomes full, and is not begun on one that is', async function () {
    const disk = path.join(folder, 'disk');
    await mkdir(disk, { recursive: true });
    const mounted = await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk]).then(
      () => true,
      () => false,
    );
    if (!mounted) {
      console.log('      skipped: this user may not mount a small file system');
      this.skip();
    }
    try {
      await fill(client, 20_000);
      const small = { ...places, root: path.join(disk, 'backups') };
      const operation = new BackUp(everything, servicesOf(environment), small);
      const { ask } = recordingPorts().ports;
      const fillDisk = {
        ask: {
          ...ask,
          confirm: async (...given: Parameters<typeof ask.confirm>) => {
            await writeFile(path.join(disk, 'others'), Buffer.alloc(13 * 1024 * 1024)).catch(() => undefined);
            return ask.confirm(...given);
          },
        },
      };
      const ran = await carryOut(operation, fillDisk);
      assert.equal(ran.report.ended, 'failed');
      assert.match(ran.report.why ?? '', /disk is full/);
      assert.deepEqual(await readdir(path.join(small.root, 'staging')), []);
      await assert.rejects(carryOut(new BackUp(everything, servicesOf(environment), small)), /There is room for/);
    } finally {
      await promisify(execFile)('umount', [disk]);
    }
  });

  it('takes no snapshot of Qdrant that came only in part', async () => {
    const body = 'x'.repeat(1_000);
    const snapshot = { name: 'c-1-2026-01-01-00-00-00.snapshot', size: 1_000, creation_time: null };
    // A real server sends what it has; this one says more than it sends, as a proxy that gives up does.
    const standIn = await startHttpStandIn(({ url = '', method }) => {
      if (url === '/') return { body: { title: 'qdrant', version: '1.16.3' } };
      if (url.startsWith('/telemetry')) return { body: { result: { id: 'a' } } };
      if (url.endsWith('/points/count')) return { body: { result: { count: 1 } } };
      if (url.includes('.snapshot') && method === 'GET') {
        return { body: body.slice(0, 500), headers: { 'content-length': '1000' } };
      }
      if (url.endsWith('/snapshots')) return { body: { result: [snapshot] } };
      if (url.endsWith('?wait=true')) return { body: { result: snapshot } };
      return { body: { result: { status: 'green', points_count: 1 } } };
    });
    try {
      environment = environmentOf({ redis: { url: redis.url }, qdrant: { url: standIn.url } });
      const ran = await carryOut(begin({ collections: ['c'] }));
      assert.equal(ran.report.ended, 'failed');
      assert.match(ran.report.why ?? '', /ended in the middle of the file/);
      await nothingIsThere();
    } finally {
      await standIn.stop();
    }
  });

  it('says that every write is refused when a snapshot fails, and the way out', async () => {
    await client.config('SET', 'save', '3600 1');
    await client.set('a', '1');
    // The file cannot be put where a folder is.
    await rm(path.join(folder, 'redis', 'dump.rdb'), { force: true });
    await mkdir(path.join(folder, 'redis', 'dump.rdb', 'x'), { recursive: true });
    const operation = begin({ redisSnapshot: { fetch: false } });
    const ran = await carryOut(operation);
    await rm(path.join(folder, 'redis', 'dump.rdb'), { recursive: true });
    assert.match(ran.plan.warnings.join(' '), /refuses every write.*stop-writes-on-bgsave-error no/);
    assert.match(ran.report.why ?? '', /EVERY WRITE.*stop-writes-on-bgsave-error no/);
    await assert.rejects(client.set('a', '2'), /MISCONF/);
    await nothingIsThere();
  });

  it('waits for a snapshot that is under way already', async () => {
    await fill(client, 10_000);
    await client.config('SET', 'rdb-key-save-delay', '100');
    await client.bgsave();
    const ran = await carryOut(begin({ redisSnapshot: { fetch: false } }));
    assert.match(ran.plan.warnings.join(' '), /saved already; it is waited for/);
    assert.deepEqual(ran.verification.verdict, { kind: 'passed' }, ran.report.why);
  });

  it('is not restored by a server that is too old for it', async () => {
    await client.set('a', 'b');
    const backup = await backupBy(begin());
    await client.del('a');
    // What a newer server writes bears a higher version in its last ten bytes; an older one refuses it by that.
    await makeNewer(backup);
    const [newer = backup] = (await readShelf(places.root, environment.name)).backups;
    const ran = await putBack(newer);
    assert.match(ran.plan.warnings.join(' '), /taken from Redis 99.0.0; this server is .*, which is older/);
    assert.equal(ran.verification.verdict.kind, 'failed');
    assert.match(ran.report.why ?? '', /newer version/);
    assert.equal(await client.dbsize(), 0);
  });

  it('leaves no scratch server behind when its test is cancelled, and stays untested', async () => {
    await fill(client, 50_000);
    const backup = await backupBy(begin());
    const scratch = path.join(folder, 'tmp');
    const usual = process.env['TMPDIR'];
    await mkdir(scratch, { recursive: true });
    process.env['TMPDIR'] = scratch;
    try {
      const request = { backup: backup.folder, qdrant: 'none' } as const;
      const test = new TestBackup(request, backup, servicesOf(environment));
      const ran = await carryOut(test, cancelAt(/into a scratch server and compare: [1-9]/));
      assert.equal(ran.report.ended, 'cancelled');
      assert.deepEqual(await readdir(scratch), []);
    } finally {
      if (usual === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = usual;
    }
    const { backups } = await readShelf(places.root, environment.name);
    assert.deepEqual(backups[0]?.manifest.tests, []);
  });

  it('keeps what it has when a later part fails and is skipped, and says what it lacks', async () => {
    await fill(client, 1_000);
    const { ask } = recordingPorts().ports;
    const skipping = {
      ask: { ...ask, afterFailure: () => Promise.resolve({ kind: 'skip', reason: 'no disk' } as const) },
    };
    await rm(path.join(folder, 'redis', 'dump.rdb'), { force: true });
    await mkdir(path.join(folder, 'redis', 'dump.rdb', 'x'), { recursive: true });
    const operation = begin({ ...everything, redisSnapshot: { fetch: false } });
    const ran = await carryOut(operation, skipping);
    await rm(path.join(folder, 'redis', 'dump.rdb'), { recursive: true });
    assert.deepEqual(
      operation.made?.manifest.parts.map(({ kind }) => kind),
      ['redisExport'],
    );
    assert.deepEqual(ran.verification.verdict, { kind: 'inconclusive', why: 'left out: Save a Redis snapshot' });
  });

  it('is restored as far as the server took it when that is killed or cancelled, and says how far', async () => {
    await fill(client, 50_000);
    const backup = await backupBy(begin());
    await client.flushall();
    const cancelled = await putBack(backup, cancelAt(/Restore the Redis keys: [1-9][\d,]* of 50,000/));
    assert.equal(cancelled.report.ended, 'cancelled');
    const there = await client.dbsize();
    assert.ok(there > 0 && there < 50_000, String(there));
    const step = cancelled.report.steps.find(({ id }) => id === 'keys');
    assert.ok((step?.progress?.done ?? 0) <= there);
    const killed = await putBack(
      backup,
      onFirst(/Restore the Redis keys: [1-9][\d,]* of 50,000/, () => redis.kill()),
    );
    assert.equal(killed.report.ended, 'failed');
    assert.notEqual(killed.verification.verdict.kind, 'passed');
  });

  const putBack = (backup: Backup, ports: Partial<OperationPorts> = {}): Promise<Ran> => {
    const request = { backup: backup.folder, redis: { existing: 'replace', extend: false } } as const;
    return carryOut(new Restore(request, backup, servicesOf(environment), places), ports);
  };
});

/** The same export, each value as a server of a later version would have written it. */
async function makeNewer({ folder: own, manifest }: Backup): Promise<void> {
  const [part] = manifest.parts;
  const file = part?.kind === 'redisExport' ? part.servers[0]?.file : undefined;
  const header = { server: 'newer:6379', version: '99.0.0', runId: 'x', db: 0, pattern: '*', startedAtMs: 0 };
  const record = { key: Buffer.from('a'), payload: Buffer.from('\x00\x01b\x63\x00________', 'latin1'), expiresAtMs: 0 };
  const bytes = gzipSync(Buffer.concat([encodeHeader(header), encodeRecords([record]), encodeEnd(1)]));
  await writeFile(path.join(own, file?.path ?? ''), bytes);
  const text = await readFile(path.join(own, 'manifest.json'), 'utf8');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const changed = text
    .replace(/"sha256": "[0-9a-f]+"/, `"sha256": "${sha256}"`)
    .replace(/"bytes": \d+/, `"bytes": ${bytes.length}`)
    .replaceAll(/"version": "[^"]+"/g, '"version": "99.0.0"');
  await writeFile(path.join(own, 'manifest.json'), changed);
}

async function fill(client: Redis, count: number): Promise<void> {
  const script = `for i = ARGV[1], ARGV[2] do redis.call('SET', 'cache:' .. i, string.rep(i .. ' ', 30), 'EX', 3600) end`;
  for (let from = 0; from < count; from += 10_000) await client.eval(script, 0, from, from + 9_999);
}

/** Does something once, when these words are shown first. */
function onFirst(words: RegExp, work: () => unknown): Partial<OperationPorts> {
  return during((said) => {
    if (!words.test(said)) return;
    words = /(?!)/;
    void work();
  });
}

function cancelAt(words: string | RegExp): Partial<OperationPorts> {
  return during((said, abort) => {
    if (typeof words === 'string' ? said.includes(words) : words.test(said)) abort.abort();
  });
}

function during(hear: (said: string, abort: AbortController) => void): Partial<OperationPorts> {
  const { ask } = recordingPorts().ports;
  return {
    ask: {
      ...ask,
      during: (_title, work) => {
        const abort = new AbortController();
        return work(abort.signal, (said) => hear(said, abort));
      },
    },
  };
}
