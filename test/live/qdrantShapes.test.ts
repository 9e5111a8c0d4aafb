import assert from 'node:assert/strict';
import { openQdrantProbe } from '../../src/clients/qdrantProbe.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ServiceReport } from '../../src/core/health/reading.ts';
import { startBadServer } from './support/badServers.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import type { StandInAnswer } from './support/httpStandIn.ts';
import { environmentWith, failureOf, readAll, reading, said, secretsOf } from './support/serviceReadings.ts';

const probeAt = (url: string) =>
  openQdrantProbe(environmentWith({ qdrant: { url, collections: ['shop'] } }), secretsOf(), systemClock);

const missingRoute = { status: 404, body: '' };

/** Reads a stand-in that gives these answers, by path; it has no other address. */
async function read(answers: Readonly<Record<string, unknown>>, status = 200): Promise<ServiceReport> {
  const server = await startHttpStandIn(({ url = '' }): StandInAnswer => {
    const result = answers[url];
    if (result === undefined) return missingRoute;
    return { status, body: url === '/' || typeof result === 'string' ? result : { result, status: 'ok', time: 0 } };
  });
  try {
    return await readAll(probeAt(server.url));
  } finally {
    await server.stop();
  }
}

const collection = { status: 'green', optimizer_status: 'ok', points_count: 5, segments_count: 1, config: {} };
const shop = '/collections/shop';

describe('Qdrant in states a real one does not take on demand (stand-in)', () => {
  for (const [status, state] of [
    ['green', 'healthy'],
    ['yellow', 'degraded'],
    ['grey', 'degraded'],
    ['red', 'degraded'],
    ['violet', 'unknown'],
  ] as const)
    it(`a ${status} collection is ${state}`, async () => {
      const report = await read({ [shop]: { ...collection, status } });
      assert.deepEqual(said(report, 'collection/shop'), [`${status}, 5 points, 1 segment`, state]);
      assert.equal(report.state, state);
    });

  it('a green collection whose optimizers failed is degraded, with their words', async () => {
    const report = await read({ [shop]: { ...collection, optimizer_status: { error: 'No space left on device' } } });
    assert.deepEqual(said(report, 'optimizer/shop'), ['No space left on device', 'degraded']);
    assert.equal(report.state, 'degraded');
  });

  it('counts that are not said are no zeros', async () => {
    const report = await read({ [shop]: { status: 'green', points_count: null, indexed_vectors_count: null } });
    assert.equal(said(report, 'collection/shop')[0], 'green, points not said');
  });

  it('an old version without aliases, cluster and metrics is read with what it has', async () => {
    const report = await read({
      [shop]: { ...collection, vectors_count: 5 },
      '/': { title: 'qdrant', version: '1.2.0' },
    });
    assert.deepEqual(said(report, 'version'), ['Qdrant 1.2.0', 'fact']);
    for (const id of ['aliases', 'cluster', 'memory', 'ready'])
      assert.deepEqual(said(report, id), ['not offered', 'fact']);
    assert.equal(report.state, 'healthy');
  });

  it('a newer version’s fields are shown or passed over', async () => {
    const report = await read({
      [shop]: { ...collection, update_queue: { length: 1200 }, warnings: [{ message: 'Index it.' }], novelty: {} },
      '/metrics': 'shop_app_status_recovery_mode 0\nshop_memory_resident_bytes 1048576\n',
    });
    assert.deepEqual(said(report, 'queue/shop'), ['1,200 waiting', 'fact']);
    assert.deepEqual(said(report, 'warning/shop'), ['Index it.', 'fact']);
    assert.deepEqual(said(report, 'memory'), ['1.0 MB', 'fact']);
  });

  it('recovery mode is a finding', async () => {
    const report = await read({ [shop]: collection, '/metrics': 'app_status_recovery_mode 1\n' });
    assert.deepEqual(said(report, 'recovery'), ['on', 'degraded']);
  });

  it('a snapshot without creation_time has its age from its name', async () => {
    const twoHoursAgo = new Date(Date.now() - 2 * 3600_000).toISOString().slice(0, 19).replaceAll(/[T:]/g, '-');
    const report = await read({
      [shop]: collection,
      [`${shop}/snapshots`]: [{ name: `shop-4711-${twoHoursAgo}.snapshot`, size: 2 ** 20, creation_time: null }],
    });
    assert.match(said(report, 'snapshots/shop')[0], /^1, newest (2 h|1 h 59 min|2 h \d+ s).* old, 1\.0 MB together$/);
    assert.match(reading(report, 'snapshots/shop').detail ?? '', /none was test-restored/);
  });

  it('a dead replica, one in a state of a later version, and a lost leader are findings', async () => {
    const remote = (state: string) => ({ shard_id: 1, peer_id: 2, state });
    const report = await read({
      [shop]: collection,
      '/cluster': {
        status: 'enabled',
        peer_id: 1,
        peers: { 1: {}, 2: {} },
        raft_info: { leader: null },
        consensus_thread_status: { consensus_thread_status: 'stopped' },
        message_send_failures: { 'http://10.0.0.2:6335/': { count: 7, latest_error: 'timed out' } },
      },
      [`${shop}/cluster`]: {
        peer_id: 1,
        local_shards: [{ shard_id: 0, state: 'Active' }],
        remote_shards: [remote('Dead'), remote('Hovering')],
        shard_transfers: [{}],
      },
    });
    assert.deepEqual(said(report, 'cluster'), ['2 peers, no leader, consensus stopped', 'degraded']);
    assert.deepEqual(said(report, 'peer/http://10.0.0.2:6335/'), ['not reached, 7 messages failed', 'degraded']);
    assert.deepEqual(said(report, 'shards/shop'), ['1 of 3 active, 1 transfer under way', 'degraded']);
    assert.match(
      reading(report, 'shards/shop').detail ?? '',
      /shard 1 on peer 2 is Dead, shard 1 on peer 2 is Hovering/,
    );
  });

  it('a node whose shards are not ready is degraded', async () => {
    const server = await startHttpStandIn(({ url }) =>
      url === '/readyz'
        ? { status: 503, body: 'some shards are not ready' }
        : url === shop
          ? { body: { result: collection, status: 'ok', time: 0 } }
          : missingRoute,
    );
    const report = await readAll(probeAt(server.url));
    await server.stop();
    assert.deepEqual(said(report, 'ready'), ['some shards are not ready', 'degraded']);
  });

  it('an error comes without a result, and is told in the server’s words', async () => {
    const body = { status: { error: 'Service internal error: shard is broken' }, time: 0.1 };
    const server = await startHttpStandIn(() => ({ status: 500, body }));
    const { code, message } = await failureOf(probeAt(server.url));
    await server.stop();
    assert.equal(code, 'protocol');
    assert.match(message, /HTTP 500\. It said: Service internal error: shard is broken/);
  });

  it('that hangs is cut off, and an answer cut short is no answer', async () => {
    const silent = await startBadServer();
    assert.equal((await failureOf(probeAt(`http://127.0.0.1:${silent.port}`))).code, 'timedOut');
    await silent.stop();
    const half = await startBadServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"result":'),
    );
    assert.ok(['closed', 'protocol'].includes((await failureOf(probeAt(`http://127.0.0.1:${half.port}`))).code));
    await half.stop();
  });
});
