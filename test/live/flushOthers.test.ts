import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { openFlush } from '../../src/clients/flush/open.ts';
import { Tunnels } from '../../src/clients/tunnels.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import type { FlushRequest } from '../../src/core/operations/flush/request.ts';
import type { Outcome } from '../../src/core/operations/operation.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { environmentOf, recordingPorts } from '../unit/core/operations/ports.ts';
import { fill, withClient } from './support/flushing.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import { change, startQdrantNode } from './support/qdrantNode.ts';
import type { QdrantNode } from './support/qdrantNode.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-flush-others');
const apiKey = 'a-secret-key';
const secured = { QDRANT__SERVICE__API_KEY: apiKey };

describe('Flushing Qdrant and through the application', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let qdrant: QdrantNode;
  let environment: Environment;
  let tunnels: Tunnels;

  before(async () => {
    rmSync(folder, { recursive: true, force: true });
    redis = await startRedis({ folder: path.join(folder, 'redis') });
    qdrant = await startQdrantNode({ folder: path.join(folder, 'qdrant'), environment: secured });
    environment = environmentFor('http://127.0.0.1:1/clear');
    tunnels = new Tunnels({
      clock: systemClock,
      isAllowed: () => false,
      onEnded: () => undefined,
      secretOf: () => () => Promise.resolve(undefined),
    });
  });
  after(async () => {
    await tunnels.dispose();
    await qdrant.stop();
    await redis.stop();
  });

  function environmentFor(clear: string): Environment {
    return environmentOf({
      tier: 'staging',
      redis: { url: redis.url },
      qdrant: { url: qdrant.url, apiKey: '${secret}', collections: ['similar'] },
      application: { clear },
      namespaces: { search: { prefix: 'cache:search:', filter: { namespace: 'search' } } },
    });
  }

  async function flush(request: FlushRequest, at = environment): Promise<Extract<Outcome, { kind: 'ran' }>> {
    const outcome = await new OperationRunner(recordingPorts().ports).run(operationFor(request, at));
    if (outcome.kind !== 'ran') throw new Error(outcome.why);
    return outcome;
  }

  function operationFor(request: FlushRequest, at = environment) {
    const secret = (field: string) => Promise.resolve(field === 'qdrant.apiKey' ? apiKey : undefined);
    return openFlush(request, { environment: at, secret, tunnels, clock: systemClock });
  }

  async function fillPoints(): Promise<void> {
    const url = `${qdrant.url}/collections/similar`;
    await change('DELETE', url, {}, apiKey);
    await change('PUT', url, { vectors: { size: 2, distance: 'Dot' } }, apiKey);
    const points = Array.from({ length: 2_500 }, (_, id) => ({
      id,
      vector: [1, id],
      payload: { namespace: id % 5 < 3 ? 'search' : 'answer', version: id % 2 },
    }));
    await change('PUT', `${url}/points?wait=true`, { points }, apiKey);
  }

  async function pointsLeft(): Promise<number> {
    const answer = await fetch(`${qdrant.url}/collections/similar/points/count`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'api-key': apiKey },
      body: '{"exact":true}',
    });
    return Number(JSON.stringify(await answer.json()).match(/"count":(\d+)/)?.[1]);
  }

  it('a namespace goes in both stores, and nothing else', async () => {
    await fillPoints();
    await withClient(redis.port, async (client) => {
      await fill(client, 'cache:search:', 1_000);
      await fill(client, 'cache:answer:', 10);
    });
    const { plan, verification, report } = await flush({ what: 'namespace', name: 'search' });
    assert.match(
      plan.summary,
      /^1,000 keys match cache:search:\* on .*; 1,500 points \(with namespace = search\) of similar$/,
    );
    assert.deepEqual(Object.keys(plan.identities[1]?.marks ?? {}), ['process id']);
    assert.deepEqual(verification.verdict, { kind: 'passed' });
    assert.deepEqual(verification.findings, [
      '1,000 keys were removed; 1,000 had been counted.',
      'No key matches cache:search:* now.',
      '1,500 points were deleted; 1,500 had been counted.',
      'No such point is there now.',
    ]);
    assert.equal(report.steps.length, 2);
    assert.equal(await pointsLeft(), 1_000);
    assert.equal(await withClient(redis.port, (client) => client.dbsize()), 10);
  });

  it('points go by several fields, and all of them by name only', async () => {
    await fillPoints();
    const filter = { namespace: 'answer', version: 1 };
    assert.equal((await flush({ what: 'points', collection: 'similar', filter })).verification.verdict.kind, 'passed');
    assert.equal(await pointsLeft(), 2_000);
    assert.throws(
      () => operationFor({ what: 'points', collection: 'similar', filter: {} }),
      /An empty filter means every point/,
    );
    await flush({ what: 'collection', collection: 'similar' });
    assert.equal(await pointsLeft(), 0);
    const again = await new OperationRunner(recordingPorts().ports).run(
      operationFor({ what: 'collection', collection: 'similar' }),
    );
    assert.equal(again.kind, 'nothingToDo');
  });

  it('another Qdrant behind the address is not touched', async () => {
    await fillPoints();
    const { ports } = recordingPorts();
    const said: string[] = [];
    const ask = {
      ...ports.ask,
      confirm: async () => {
        const port = Number(new URL(qdrant.url).port);
        await qdrant.stop();
        qdrant = await startQdrantNode({ folder: path.join(folder, 'qdrant'), environment: secured, port });
        return {};
      },
      planAgain: (_plan: unknown, differences: readonly string[]) => {
        said.push(...differences);
        return Promise.resolve(false);
      },
    };
    const operation = operationFor({ what: 'collection', collection: 'similar' });
    await assert.rejects(new OperationRunner({ ...ports, ask }).run(operation), { code: 'cancelled' });
    assert.match(said.join(), /its process id was/);
    assert.equal(await pointsLeft(), 2_500);
  });

  it('the application clears, and what is seen of it is counted', async () => {
    await withClient(redis.port, (client) => fill(client, 'cache:search:', 10));
    const application = await startHttpStandIn(async () => {
      await withClient(redis.port, (client) => client.flushdb());
      return { body: { cleared: 10 } };
    });
    const deaf = await startHttpStandIn(() => ({ body: { cleared: 0 } }));
    try {
      const cleared = await flush({ what: 'application' }, environmentFor(`${application.url}/clear`));
      assert.deepEqual(cleared.verification, {
        verdict: { kind: 'passed' },
        findings: ['Keys of the namespaces: 10 before, 0 now.'],
      });
      assert.match(cleared.report.steps[0]?.notes?.[0] ?? '', /It answered: HTTP 200, \{"cleared":10\}/);
      await withClient(redis.port, (client) => fill(client, 'cache:search:', 10));
      const untouched = await flush({ what: 'application' }, environmentFor(`${deaf.url}/clear`));
      assert.equal(untouched.verification.verdict.kind, 'failed');
    } finally {
      await application.stop();
      await deaf.stop();
    }
  });
});
