import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../../src/core/environment/environment.ts';
import type { Outcome } from '../../src/core/operations/operation.ts';
import type { OperationPorts } from '../../src/core/operations/ports.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { allowWritesIn, isTaken, startFailingRedis } from '../live/support/failedSave.ts';
import type { FailingRedis } from '../live/support/failedSave.ts';
import { journalIn, linesIn, realPorts } from '../live/support/journals.ts';
import { environmentOf } from '../unit/core/operations/ports.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/faults-allow-writes');

describe('Allowing writes, when the world changes meanwhile', function () {
  this.timeout(30_000);
  let redis: FailingRedis;
  let environment: Environment;
  let differences: string[];

  beforeEach(async () => {
    await rm(folder, { recursive: true, force: true });
    redis = await startFailingRedis({ folder: path.join(folder, 'redis') });
    environment = environmentOf({ tier: 'staging', redis: { url: redis.server.url } });
    await redis.client.set('cache:1', 'x');
    await redis.fail();
    differences = [];
  });
  afterEach(() => redis.stop());

  /** `confirming`: done between plan and check; `beginning`: between check and change. */
  const run = (now: { confirming?: () => unknown; beginning?: () => unknown }): Promise<Outcome> => {
    const ports = realPorts(folder);
    const ask: OperationPorts['ask'] = {
      ...ports.ask,
      confirm: async (...given) => {
        await now.confirming?.();
        return ports.ask.confirm(...given);
      },
      planAgain: (_plan, found) => {
        const isFirst = differences.length === 0;
        differences.push(...found);
        return Promise.resolve(isFirst);
      },
    };
    const journal: OperationPorts['journal'] = {
      begin: async (...given) => {
        const entry = await ports.journal.begin(...given);
        await now.beginning?.();
        return entry;
      },
    };
    return new OperationRunner({ ...ports, ask, journal }).run(allowWritesIn(environment));
  };
  const settingOf = async ({ client }: FailingRedis): Promise<string | undefined> =>
    (await client.config('GET', 'stop-writes-on-bgsave-error'))[1];
  /** Another server takes the address; it refuses writes as well. */
  const replace = async (): Promise<void> => {
    await redis.stop();
    redis = await startFailingRedis({ folder: path.join(folder, 'other'), port: redis.server.port });
    await redis.fail();
  };
  const nothingIsWritten = async (): Promise<void> => assert.deepEqual((await journalIn(folder)).entries, []);

  it('of another server behind the address asks to plan again, and then is about that one', async () => {
    const outcome = await run({ confirming: () => (differences.length === 0 ? replace() : undefined) });
    assert.match(differences.join(' '), /its run id was \w+…?, now it is/);
    assert.ok(outcome.kind === 'ran');
    assert.equal(outcome.verification.verdict.kind, 'passed');
    const runId = outcome.plan.identities[0]?.marks['run id'] ?? assert.fail('nobody knows who it is');
    assert.ok((await redis.client.info('server')).includes(runId));
    assert.equal(await isTaken(redis.client), true);
  });

  it('leaves another server alone that takes the address once all was checked', async () => {
    const outcome = await run({ beginning: replace });
    assert.ok(outcome.kind === 'ran');
    assert.match(outcome.report.why ?? '', /its run id was .* Nothing was changed there\. Plan again/);
    assert.equal(await settingOf(redis), 'yes');
    assert.equal(outcome.verification.verdict.kind, 'failed');
    assert.deepEqual(await linesIn(folder), ['Allow writes after a failed save: failed']);
  });

  it('finds nothing to do where a save went well before it was confirmed', async () => {
    const outcome = await run({ confirming: () => redis.mend() });
    assert.match(differences.join(), /takes writes now\.$/);
    assert.ok(outcome.kind === 'nothingToDo');
    assert.equal(await settingOf(redis), 'yes');
    await nothingIsWritten();
  });

  it('changes nothing where the server is gone before it begins', async () => {
    await assert.rejects(run({ confirming: () => redis.stop() }), { code: 'refused' });
    await nothingIsWritten();
  });
});
