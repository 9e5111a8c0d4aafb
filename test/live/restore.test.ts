import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { BackUp } from '../../src/clients/backup/backUp.ts';
import { readShelf } from '../../src/clients/backup/backupFolder.ts';
import type { BackupPlaces } from '../../src/clients/backup/backupSurvey.ts';
import { Restore } from '../../src/clients/backup/restore.ts';
import type { Backup } from '../../src/core/backup/backups.ts';
import type { BackUpRequest, RestoreRequest } from '../../src/core/backup/request.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import type { OpsError } from '../../src/core/errors.ts';
import { planMarkdown } from '../../src/core/operations/planMarkdown.ts';
import { eventually } from '../eventually.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { startRedisCluster } from '../sandbox/redisCluster.ts';
import { recordingPorts } from '../unit/core/operations/ports.ts';
import { backupBy, carryOut, environmentOf, servicesOf, workspaceAt } from './support/backups.ts';
import { fillQdrant, fillRedis } from './support/cacheData.ts';
import { change, startQdrantNode } from './support/qdrantNode.ts';
import type { QdrantNode } from './support/qdrantNode.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-restore');

describe('a restore', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let client: Redis;
  let qdrant: QdrantNode;
  let places: BackupPlaces;
  let environment: Environment;
  let backup: Backup;

  before(async () => {
    await rm(folder, { recursive: true, force: true });
    redis = await startRedis({
      folder: path.join(folder, 'redis'),
      config: { 'enable-debug-command': 'yes', 'repl-diskless-sync-delay': '0' },
    });
    qdrant = await startQdrantNode({ folder: path.join(folder, 'qdrant') });
    environment = environmentOf({
      redis: { url: redis.url },
      qdrant: { url: qdrant.url },
      files: ['.env', 'config.yaml'],
    });
    client = new Redis(redis.port, '127.0.0.1');
    await fillQdrant(qdrant.url);
  });

  beforeEach(async () => {
    places = await workspaceAt(path.join(folder, 'workspace'));
    await client.flushall();
    await fillRedis(client);
  });

  after(async () => {
    client.disconnect();
    await Promise.all([redis.stop(), qdrant.stop()]);
  });

  const backUp = (request: BackUpRequest): Promise<Backup> =>
    backupBy(new BackUp(request, servicesOf(environment), places));
  const restore = (request: Omit<RestoreRequest, 'backup'>) =>
    carryOut(new Restore({ backup: backup.folder, ...request }, backup, servicesOf(environment), places));

  it('brings every value and expiry back, after a backup of what was there', async () => {
    backup = await backUp({ redisExport: { pattern: '*' } });
    const expiry = await client.pexpiretime('cache:search:1');
    const digest = await digestOf(client);
    await client.flushall();
    await client.set('newer', 'kept');
    const { verification, plan } = await restore({ redis: { existing: 'replace', extend: false } });
    assert.deepEqual(verification.verdict, { kind: 'passed' }, verification.findings.join(' '));
    assert.equal(await client.get('newer'), 'kept', 'what the backup does not hold is left alone');
    await client.del('newer');
    assert.equal(await digestOf(client), digest);
    assert.equal(await client.pexpiretime('cache:search:1'), expiry);
    assert.match(planMarkdown(plan), /are missing/);
    const { backups } = await readShelf(places.root, environment.name);
    assert.equal(backups.find(({ manifest }) => manifest.purpose !== undefined)?.manifest.parts.length, 1);
  });

  it('is not called verified where keys are missing afterwards, be they few', async () => {
    backup = await backUp({ redisExport: { pattern: 'cache:search:*' } });
    const { ask } = recordingPorts().ports;
    const request = { backup: backup.folder, redis: { existing: 'replace', extend: false } } as const;
    const operation = new Restore(request, backup, servicesOf(environment), places);
    const { verification } = await carryOut(operation, {
      ask: {
        ...ask,
        during: async (title, work) => {
          // As when a failover loses what was written last.
          if (title.startsWith('Verifying'))
            await client.unlink(Array.from({ length: 40 }, (_, index) => `cache:search:${index * 25}`));
          return ask.during(title, work);
        },
      },
    });
    // Which ones are looked at is the server's order; a tenth would be a failure.
    const { verdict, findings } = verification;
    assert.ok(verdict.kind !== 'passed' || findings.join().includes(' 0 are missing'), findings.join(' '));
  });

  it('replaces what is there, or leaves it alone, as was chosen', async () => {
    backup = await backUp({ redisExport: { pattern: 'session:*' } });
    await client.set('session:5', 'changed');
    await client.del('session:6');
    await restore({ redis: { existing: 'skip', extend: false } });
    assert.deepEqual([await client.get('session:5'), await client.get('session:6')], ['changed', 'x'.repeat(6)]);
    await restore({ redis: { existing: 'replace', extend: false } });
    assert.equal(await client.get('session:5'), 'x'.repeat(5));
  });

  it('says beforehand that a full server would evict keys', async () => {
    await client.set('noise', randomBytes(3 * 1024 * 1024));
    backup = await backUp({ redisExport: { pattern: 'noise' } });
    await client.config(
      'SET',
      'maxmemory',
      String(Number(/used_memory:(\d+)/.exec(await client.info())?.[1]) + 1_000_000),
    );
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      const { plan } = await restore({ redis: { existing: 'skip', extend: false } });
      assert.match(plan.warnings.join(' '), /The keys take about 3\.0 MB; Redis has .* left.*evict keys/);
    } finally {
      await client.config('SET', 'maxmemory', '0');
    }
  });

  it('counts what has expired since, and brings it back only where expiries are put off', async () => {
    await client.set('short', 'v', 'PX', 1_500);
    backup = await backUp({ redisExport: { pattern: 'short' } });
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    const late = await restore({ redis: { existing: 'replace', extend: false } });
    assert.match(late.verification.findings.join(' '), /0 keys were restored, 0 left as they were, 1 had expired/);
    await restore({ redis: { existing: 'replace', extend: true } });
    assert.equal(await client.get('short'), 'v');
  });

  it('says so when the environment was pointed elsewhere since', async () => {
    backup = await backUp({ redisExport: { pattern: '*' } });
    const from = { redis: 'redis-old:6379' };
    backup = { ...backup, manifest: { ...backup.manifest, from } };
    const { plan } = await restore({ redis: { existing: 'replace', extend: false } });
    assert.ok(
      plan.warnings.includes(`It was taken from redis-old:6379, and goes to 127.0.0.1:${redis.port}.`),
      plan.warnings.join(' '),
    );
  });

  it('works without the right to run scripts', async () => {
    backup = await backUp({ redisExport: { pattern: '*' } });
    const digest = await digestOf(client);
    await client.call('ACL', 'SETUSER', 'plain', 'on', '>pw', '~*', '+@all', '-@scripting');
    const full = environment;
    environment = environmentOf({ redis: { url: redis.url.replace('//', '//plain:pw@') } });
    try {
      const slow = await backUp({ redisExport: { pattern: '*' } });
      const [part] = slow.manifest.parts;
      assert.equal(part?.kind === 'redisExport' && part.servers[0]?.keys, await client.dbsize());
      await client.flushall();
      await restore({ redis: { existing: 'replace', extend: false } });
    } finally {
      environment = full;
    }
    assert.equal(await digestOf(client), digest);
  });

  describe('of a snapshot that was fetched', () => {
    const fromSnapshot = (): RestoreRequest['redis'] => ({ existing: 'replace', extend: false, from: ['snapshot'] });
    const usual = process.env['TMPDIR'];
    let scratch: string;

    before(async () => {
      scratch = await mkdtemp(path.join(tmpdir(), 'r-'));
      process.env['TMPDIR'] = scratch;
    });

    after(async () => {
      if (usual === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = usual;
      await rm(scratch, { recursive: true });
    });

    it('brings the keys of the database back, from the file that a server here has read', async () => {
      await client.set('short', 'v', 'PX', 1_500);
      const other = new Redis(redis.port, '127.0.0.1', { db: 3 });
      await other.set('elsewhere', 'v');
      backup = await backUp({ redisSnapshot: { fetch: true } });
      await other.quit();
      await eventually(async () => assert.equal(await client.exists('short'), 0));
      const expiry = await client.pexpiretime('cache:search:1');
      await client.select(3);
      await client.flushdb();
      await client.select(0);
      const digest = await digestOf(client);
      await client.flushall();
      await client.set('session:5', 'newer');
      const { plan, verification } = await restore({ redis: fromSnapshot() });
      assert.deepEqual(verification.verdict, { kind: 'passed' }, verification.findings.join(' '));
      assert.equal(await digestOf(client), digest);
      assert.equal(await client.pexpiretime('cache:search:1'), expiry);
      const said = planMarkdown(plan);
      assert.match(said, /1 have another value/);
      assert.match(said, /1 keys? of the snapshot ha(s|ve) expired since and cannot come back/);
      assert.match(said, /The snapshot also holds 1 keys? of db 3/);
      assert.match(verification.findings.join(' '), /What was there before is in /);
      await eventually(async () => assert.deepEqual(await readdir(scratch), [], 'nothing is left of it'));
    });

    it('leaves no server and no file when its plan is cancelled', async () => {
      backup = await backUp({ redisSnapshot: { fetch: true } });
      const services = servicesOf(environment);
      const wish = { backup: backup.folder, redis: fromSnapshot() };
      const operation = new Restore(wish, backup, services, places);
      const cancelling = new AbortController();
      const { signal } = cancelling;
      const identities = await operation.identify(signal);
      const report = (): void => cancelling.abort();
      await assert.rejects(operation.plan({ signal, clock: services.clock, identities, report }), {
        code: 'cancelled',
      });
      operation.close();
      await eventually(async () => assert.deepEqual(await readdir(scratch), []));
    });

    it('is refused where the file is on the server only', async () => {
      backup = await backUp({ redisSnapshot: { fetch: false } });
      await assert.rejects(restore({ redis: fromSnapshot() }), (error: OpsError) => {
        assert.match(
          error.message,
          /exists only on the disk of 127\.0\.0\.1:\d+: it cannot be tested or restored from here/,
        );
        return true;
      });
    });

    it('is refused where the file is damaged', async () => {
      backup = await backUp({ redisSnapshot: { fetch: true } });
      const [part] = backup.manifest.parts;
      assert.ok(part?.kind === 'redisSnapshot');
      const file = path.join(backup.folder, part.servers[0]?.file?.path ?? '');
      await writeFile(file, (await readFile(file)).subarray(0, -100));
      await assert.rejects(restore({ redis: fromSnapshot() }), /redis\/.*rdb/);
    });
  });

  it('puts a collection back to what it was, and creates one that is gone', async () => {
    backup = await backUp({ collections: ['cache_similarity'] });
    const url = `${qdrant.url}/collections/cache_similarity`;
    await change('POST', `${url}/points/delete?wait=true`, { points: [1, 2, 3] });
    const changed = await restore({ collections: ['cache_similarity'] });
    assert.deepEqual(changed.verification.verdict, { kind: 'passed' }, changed.verification.findings.join(' '));
    assert.match(planMarkdown(changed.plan), /497 points now, 500 in the backup/);
    await change('DELETE', url);
    const gone = await restore({ collections: ['cache_similarity'] });
    assert.deepEqual(gone.verification.verdict, { kind: 'passed' }, gone.verification.findings.join(' '));
  });

  it('puts files back and keeps the present ones beside them', async () => {
    backup = await backUp({ files: true });
    await writeFile(path.join(places.directory, '.env'), 'CACHE_ENABLED=0\nAPI_KEY=an0ther\n');
    await rm(path.join(places.directory, 'config.yaml'));
    const { plan } = await restore({ files: ['.env', 'config.yaml'] });
    const read = (name: string): Promise<string> => readFile(path.join(places.directory, name), 'utf8');
    assert.equal(await read('.env'), 'CACHE_ENABLED=1\nAPI_KEY=s3cret\n');
    assert.equal(await read('.env.before-restore'), 'CACHE_ENABLED=0\nAPI_KEY=an0ther\n');
    assert.equal(await read('config.yaml'), 'cache:\n  ttl: 60\n');
    assert.doesNotMatch(planMarkdown(plan), /s3cret|an0ther/);
  });

  it('is refused when a file changes between plan and run', async () => {
    backup = await backUp({ files: true });
    const file = path.join(places.directory, 'config.yaml');
    await writeFile(file, 'cache:\n  ttl: 1\n');
    const operation = new Restore(
      { backup: backup.folder, files: ['config.yaml'] },
      backup,
      servicesOf(environment),
      places,
    );
    let differences: readonly string[] = [];
    const { ask } = recordingPorts().ports;
    const ports = {
      ask: {
        ...ask,
        confirm: async (...given: Parameters<typeof ask.confirm>) => {
          await writeFile(file, 'cache:\n  ttl: 2\n');
          return ask.confirm(...given);
        },
        planAgain: (_plan: unknown, found: readonly string[]) => {
          differences = found;
          return Promise.resolve(false);
        },
      },
    };
    await assert.rejects(carryOut(operation, ports), { code: 'cancelled' });
    assert.deepEqual(differences, ['config.yaml was changed since the plan was made.']);
    assert.equal(await readFile(file, 'utf8'), 'cache:\n  ttl: 2\n');
    assert.deepEqual(
      (await readdir(places.directory)).filter((name) => name.includes('before-restore')),
      [],
    );
  });

  it('goes to the primary of each key of a cluster, from a single server and back', async () => {
    backup = await backUp({ redisExport: { pattern: 'cache:*' } });
    const cluster = await startRedisCluster(path.join(folder, 'cluster'));
    const single = environment;
    try {
      const seeds = cluster.nodes.slice(0, 3).map(({ port }) => `127.0.0.1:${port}`);
      environment = environmentOf({ redis: { url: undefined, cluster: seeds } });
      const into = await restore({ redis: { existing: 'replace', extend: false } });
      assert.deepEqual(into.verification.verdict, { kind: 'passed' }, into.verification.findings.join(' '));
      const whole = await backUp({ redisSnapshot: { fetch: true } });
      await Promise.all(cluster.nodes.slice(0, 3).map(({ port }) => flush(port)));
      const exported = backup;
      backup = whole;
      const again = await restore({ redis: { existing: 'skip', extend: false, from: ['snapshot'] } });
      assert.deepEqual(again.verification.verdict, { kind: 'passed' }, again.verification.findings.join(' '));
      backup = exported;
      const sharded = await backUp({ redisExport: { pattern: '*' } });
      const [part] = sharded.manifest.parts;
      assert.ok(part?.kind === 'redisExport');
      assert.equal(part.servers.length, 3);
      assert.equal(
        part.servers.reduce((sum, { keys }) => sum + keys, 0),
        1_000,
      );
      environment = single;
      backup = sharded;
      await client.flushall();
      await restore({ redis: { existing: 'replace', extend: false } });
      assert.equal(await client.dbsize(), 1_000);
    } finally {
      environment = single;
      await cluster.stop();
    }
  });
});

async function flush(port: number): Promise<void> {
  const node = new Redis(port, '127.0.0.1');
  await node.flushall();
  await node.quit();
}

/** Of all keys with their values; independent of any order. */
async function digestOf(client: Redis): Promise<unknown> {
  return client.call('DEBUG', 'DIGEST');
}
