import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openQdrantProbe } from '../../src/clients/qdrantProbe.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ServiceProbe } from '../../src/core/health/monitor.ts';
import { eventually } from '../eventually.ts';
import { findFreePort } from '../sandbox/serverProcess.ts';
import { passOn, startHttpStandIn } from './support/httpStandIn.ts';
import { change, startQdrantNode, tokenFor } from './support/qdrantNode.ts';
import type { QdrantNode } from './support/qdrantNode.ts';
import { environmentWith, failureOf, readAll, reading, said, secretsOf } from './support/serviceReadings.ts';

const apiKey = 'the key of this test, long enough';
const readOnlyKey = 'the read-only key of this test';
const vectors = { vectors: { size: 4, distance: 'Cosine' } };

function open(url: string, collections?: readonly string[], key?: string, more: object = {}): ServiceProbe {
  const settings = { qdrant: { url, ...(collections && { collections }) }, ...more };
  return openQdrantProbe(
    environmentWith(settings),
    secretsOf(key === undefined ? {} : { 'qdrant.apiKey': key }),
    systemClock,
  );
}

describe('the health of a real Qdrant', function () {
  this.timeout(60_000);
  let folder: string;
  let node: QdrantNode;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-qdrant-'));
    node = await startQdrantNode({ folder });
    for (const name of ['shop', 'another']) await change('PUT', `${node.url}/collections/${name}`, vectors);
    const points = Array.from({ length: 50 }, (_, id) => ({ id, vector: [id, 1, 2, 3] }));
    await change('PUT', `${node.url}/collections/shop/points?wait=true`, { points });
    await change('POST', `${node.url}/collections/aliases`, {
      actions: [{ create_alias: { collection_name: 'shop', alias_name: 'current' } }],
    });
  });
  after(async () => {
    await node?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('says version, collections with points, aliases, snapshots, memory', async () => {
    const probe = open(node.url, ['shop']);
    const report = await readAll(probe);
    assert.equal(report.summary, 'healthy');
    assert.match(said(report, 'version')[0], /^Qdrant \d+\.\d+\.\d+$/);
    assert.deepEqual(said(report, 'ready'), ['yes', 'healthy']);
    assert.match(said(report, 'collection/shop')[0], /^green, 50 points, \d+ vectors indexed, \d+ segments$/);
    assert.deepEqual(said(report, 'vectors/shop'), ['4 dimensions, Cosine', 'fact']);
    assert.deepEqual(said(report, 'aliases'), ['current → shop', 'fact']);
    assert.deepEqual(said(report, 'snapshots/shop'), ['none', 'fact']);
    assert.deepEqual(said(report, 'cluster'), ['a single node', 'fact']);
    assert.match(said(report, 'memory')[0], /^\d+(\.\d)? MB$/);

    await change('POST', `${node.url}/collections/shop/snapshots?wait=true`);
    const after = await readAll(probe);
    probe.close();
    assert.match(said(after, 'snapshots/shop')[0], /^1, newest \d+ s old, \d.* together$/);
  });

  it('takes one request for each configured collection at a poll', async () => {
    const counting = await startHttpStandIn((request) => passOn(node.url, request));
    const probe = open(counting.url, ['shop']);
    await readAll(probe);
    counting.asked.length = 0;
    await probe.read(new AbortController().signal, false);
    assert.deepEqual(counting.asked, ['/collections/shop']);
    probe.close();
    await counting.stop();
  });

  it('shows all collections, in order, where none is configured', async () => {
    const probe = open(node.url);
    const report = await readAll(probe);
    probe.close();
    const names = report.readings.filter(({ id }) => id.startsWith('collection/')).map(({ label }) => label);
    assert.deepEqual(names, ['Collection another', 'Collection shop']);
    assert.deepEqual(said(report, 'collections'), ['2', 'fact']);
  });

  it('follows an alias, and its snapshots are those of the collection', async () => {
    const probe = open(node.url, ['current']);
    const report = await readAll(probe);
    probe.close();
    assert.match(said(report, 'collection/current')[0], /, an alias of shop$/);
    assert.match(said(report, 'snapshots/shop')[0], /^1, /);
  });

  it('finds a configured collection that is missing, also one of a namespace, and one that comes back', async () => {
    const namespaces = { search: { prefix: 'cache:search:', collection: 'later' } };
    const probe = open(node.url, ['shop'], undefined, { namespaces });
    const report = await readAll(probe);
    assert.deepEqual(said(report, 'collection/later'), ['missing', 'degraded']);
    assert.equal(report.summary, 'degraded: collection later');
    await change('PUT', `${node.url}/collections/later`, vectors);
    const after = await probe.read(new AbortController().signal, false);
    assert.equal(after.state, 'healthy');
    assert.deepEqual(said(after, 'snapshots/later'), ['none', 'fact'], 'what belongs to it is read at once');
    await change('DELETE', `${node.url}/collections/later`);
    probe.close();
  });

  it('is degraded above the environment’s memory limit', async () => {
    const probe = open(node.url, ['shop'], undefined, { limits: { qdrantMemory: '1MB' } });
    const report = await readAll(probe);
    probe.close();
    assert.match(said(report, 'memory')[0], / of 1\.0 MB allowed$/);
    assert.equal(report.summary, 'degraded: memory');
  });

  it('is degraded where its vectors are not as long as the settings say', async () => {
    const open4 = (vectorSize: number): ServiceProbe =>
      openQdrantProbe(
        environmentWith({ qdrant: { url: node.url, collections: ['shop'], vectorSize } }),
        secretsOf(),
        systemClock,
      );
    assert.deepEqual(said(await readAll(open4(4)), 'vectors/shop'), ['4 dimensions, Cosine', 'healthy']);
    const other = await readAll(open4(384));
    assert.equal(other.summary, 'degraded: vectors of shop');
    assert.match(reading(other, 'vectors/shop').detail ?? '', /qdrant\.vectorSize of the environment is 384/);
  });

  it('is reached behind a path prefix', async () => {
    const gate = await startHttpStandIn((request) => {
      if (request.url?.startsWith('/vectors/') !== true) return { status: 404, body: 'nothing here' };
      request.url = request.url.slice('/vectors'.length);
      return passOn(node.url, request);
    });
    const probe = open(`${gate.url}/vectors/`, ['shop']);
    assert.equal((await readAll(probe)).state, 'healthy');
    assert.match((await failureOf(open(gate.url, ['shop']))).message, /not Qdrant’s REST interface/);
    probe.close();
    await gate.stop();
  });

  it('is down when it is gone, and when something else answers at its address', async () => {
    assert.equal((await failureOf(open(`http://127.0.0.1:${await findFreePort()}`, ['shop']))).code, 'refused');
    const page = await startHttpStandIn(() => ({ body: '<html>' }));
    assert.equal((await failureOf(open(page.url))).code, 'protocol');
    await page.stop();
  });
});

describe('a real Qdrant with keys', function () {
  this.timeout(60_000);
  let folder: string;
  let node: QdrantNode;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-qdrant-keys-'));
    node = await startQdrantNode({
      folder,
      environment: {
        QDRANT__SERVICE__API_KEY: apiKey,
        QDRANT__SERVICE__READ_ONLY_API_KEY: readOnlyKey,
        QDRANT__SERVICE__JWT_RBAC: 'true',
      },
    });
    for (const name of ['shop', 'another']) await change('PUT', `${node.url}/collections/${name}`, vectors, apiKey);
  });
  after(async () => {
    await node?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is no green without the key, though it says that it is ready', async () => {
    assert.equal((await fetch(`${node.url}/readyz`)).status, 200);
    const none = await failureOf(open(node.url, ['shop']));
    assert.equal(none.code, 'authentication');
    assert.match(none.message, /Must provide an API key/);
    const wrong = await failureOf(open(node.url, undefined, 'not the key'));
    assert.equal(wrong.code, 'authentication');
    assert.match(wrong.message, /Invalid API key/);
    assert.doesNotMatch(wrong.message, /not the key/);
  });

  it('is read with the read-only key as with the other', async () => {
    for (const key of [apiKey, readOnlyKey]) {
      const probe = open(node.url, ['shop'], key);
      assert.equal((await readAll(probe)).summary, 'healthy');
      probe.close();
    }
  });

  it('with a token for one collection shows that one, and names what may not be read', async () => {
    const token = tokenFor({ access: [{ collection: 'shop', access: 'r' }] }, apiKey);
    const probe = open(node.url, ['shop', 'another'], token);
    const report = await readAll(probe);
    probe.close();
    assert.match(said(report, 'collection/shop')[0], /^green/);
    assert.deepEqual(said(report, 'collection/another'), ['not permitted', 'unknown']);
    assert.match(reading(report, 'collection/another').detail ?? '', /HTTP 403/);
    for (const id of ['cluster', 'memory']) assert.deepEqual(said(report, id), ['not permitted', 'unknown']);
    assert.equal(report.state, 'unknown');
  });

  it('refuses a token that has expired, and says so', async () => {
    const expired = await failureOf(open(node.url, ['shop'], tokenFor({ access: 'r', exp: 1_000_000_000 }, apiKey)));
    assert.equal(expired.code, 'authentication');
    assert.match(expired.message, /ExpiredSignature/);
  });
});

describe('a real Qdrant cluster of two nodes', function () {
  this.timeout(90_000);

  it('shows a dead peer, though the node that is left calls itself ready, green and active', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cache-ops-qdrant-cluster-'));
    const first = await startQdrantNode({ folder: join(folder, 'first'), cluster: { join: undefined } });
    const second = await startQdrantNode({ folder: join(folder, 'second'), cluster: { join: first.peerUrl } });
    const probe = open(first.url, ['shop']);
    try {
      await eventually(
        () => change('PUT', `${first.url}/collections/shop`, { ...vectors, shard_number: 2, replication_factor: 2 }),
        20_000,
      );
      const whole = await eventually(async () => {
        const now = await readAll(probe);
        assert.equal(now.summary, 'healthy');
        return now;
      }, 20_000);
      assert.deepEqual(said(whole, 'cluster'), ['2 peers', 'healthy']);
      assert.deepEqual(said(whole, 'shards/shop'), ['4 of 4 active', 'healthy']);

      await second.kill();
      const broken = await eventually(async () => {
        const now = await probe.read(new AbortController().signal, false);
        assert.equal(now.state, 'degraded');
        return now;
      }, 45_000);
      assert.equal((await fetch(`${first.url}/readyz`)).status, 200);
      assert.match(
        broken.readings.find(({ id }) => id.startsWith('peer/'))?.value ?? '',
        /^not reached, [\d,]+ messages? failed$/,
      );
    } finally {
      probe.close();
      await second.stop();
      await first.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
