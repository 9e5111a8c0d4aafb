import assert from 'node:assert/strict';
import path from 'node:path';
import { openRedisProbe } from '../../src/clients/redisProbe.ts';
import { systemClock } from '../../src/core/clock.ts';
import { reportRedis } from '../../src/core/health/redisReport.ts';
import { LookupHistory } from '../../src/core/metrics/hitRate.ts';
import { outcomeWords } from '../../src/core/operations/outcomeWords.ts';
import { planMarkdown } from '../../src/core/operations/planMarkdown.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { eventually } from '../eventually.ts';
import { startRedisCluster } from '../sandbox/redisCluster.ts';
import { environmentOf, recordingPorts } from '../unit/core/operations/ports.ts';
import { carryOut, never } from './support/backups.ts';
import { allowWritesIn, failing, isTaken, savePoints, startFailingRedis } from './support/failedSave.ts';
import type { FailingRedis } from './support/failedSave.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-allow-writes');
const guard = 'stop-writes-on-bgsave-error';

const runner = (): OperationRunner => new OperationRunner(recordingPorts().ports);

describe('Allowing writes after a real Redis failed to save', function () {
  this.timeout(60_000);
  let redis: FailingRedis;
  const acl = [
    'user default on nopass ~* &* +@all',
    'user ops on >pw ~* &* +@all -config',
    'user setter on >pw ~* &* +@all -config +config|set',
    'user blind on >pw ~* &* +@all -info',
  ];
  const at = (user?: string, more: object = {}) => {
    const url = redis.server.url.replace('//', user === undefined ? '//' : `//${user}:pw@`);
    return environmentOf({ tier: 'staging', redis: { url }, ...more });
  };

  before(async () => {
    redis = await startFailingRedis({ folder, acl });
  });
  beforeEach(async () => {
    await redis.client.config('SET', guard, 'yes');
    await redis.client.config('SET', 'save', savePoints);
    await redis.mend();
    await redis.client.flushall();
    await redis.client.set('cache:1', 'x');
    await redis.fail();
    assert.equal(await isTaken(redis.client), false);
  });
  after(() => redis.stop());

  it('has it take writes again, and writes no key to know', async () => {
    const ran = await carryOut(allowWritesIn(at()));
    const { plan } = ran;
    assert.deepEqual(await redis.client.keys('*'), ['cache:1']);
    assert.equal(await isTaken(redis.client), true);
    const address = `127.0.0.1:${redis.server.port}`;
    assert.equal(plan.summary, `Redis ${address} takes writes again although the last save failed`);
    assert.deepEqual(plan.targets, [{ what: `Redis ${address}`, detail: `${guard}: yes → no` }]);
    assert.deepEqual(plan.steps[0]?.commands, [
      `redis-cli -h 127.0.0.1 -p ${redis.server.port} CONFIG SET ${guard} no`,
    ]);
    assert.match(plan.warnings[0] ?? '', /loses everything since the last good save, \d+ s ago \(1 change so far\)/);
    assert.match(
      outcomeWords(ran),
      /^Allow writes after a failed save in staging: done and verified, after .* Writes are taken by .*: PING is answered, .* Nothing is saved yet: make room, BGSAVE, then CONFIG SET/,
    );
  });

  it('shows in its plan what is so now, and changes nothing in a dry run', async () => {
    const plan = planMarkdown(await runner().plan(allowWritesIn(at('default', { readOnly: true }))));
    assert.match(plan, /\*\*staging\*\* \(staging\)/);
    assert.match(plan, /run id [0-9a-f]{12}…/);
    assert.match(plan, /\| refused \| err \| \d+ s ago \| 1 \| 3600 1000000 \| yes \|/);
    assert.equal(await isTaken(redis.client), false);
    await assert.rejects(runner().run(allowWritesIn(at('default', { readOnly: true }))), /is read-only/);
    assert.equal(await isTaken(redis.client), false);
  });

  it('says before that a user lacks the right, and the other way out', async () => {
    await assert.rejects(
      runner().run(allowWritesIn(at('ops'))),
      /was not begun\. .*: ops may not set stop-writes.* \(NOPERM .*ACL SETUSER ops \+config\|set\. The other way out: make room .*BGSAVE/,
    );
  });

  it('of a user who may not read the setting is done, but not verified', async () => {
    const ran = await carryOut(allowWritesIn(at('setter')));
    assert.equal(ran.verification.verdict.kind, 'inconclusive');
    assert.match(ran.verification.verdict.why ?? '', /whether stop-writes.* is no may not be read/);
    assert.equal(await isTaken(redis.client), true);
  });

  it('of a user without INFO is confirmed by name, in any tier', async () => {
    const { ports, events } = recordingPorts();
    const outcome = await new OperationRunner(ports).run(allowWritesIn(at('blind')));
    assert.ok(events.includes('confirm name'), events.join());
    assert.ok(outcome.kind === 'ran');
    assert.match(outcome.plan.warnings.join(' '), /in memory only until a save succeeds/);
    assert.equal(outcome.verification.verdict.kind, 'passed');
  });

  it('has nothing to do where writes are taken, and says why', async () => {
    const why = async (): Promise<string> => {
      const outcome = await runner().run(allowWritesIn(at()));
      return outcome.kind === 'nothingToDo' ? outcome.why : assert.fail('it was carried out');
    };
    await redis.client.config('SET', guard, 'no');
    assert.match(await why(), /takes writes: its last save failed, but stop-writes-on-bgsave-error is no already\.$/);
    await redis.client.config('SET', guard, 'yes');
    await redis.client.config('SET', 'save', '');
    assert.match(await why(), /its last save failed, but it has no save points\.$/);
    await redis.client.config('SET', 'save', savePoints);
    await redis.mend();
    assert.match(await why(), /^127\.0\.0\.1:\d+ takes writes\.$/);
  });

  it('says what a restart reads where an append-only file is kept', async () => {
    await redis.mend();
    await redis.client.config('SET', 'appendonly', 'yes');
    await eventually(async () => assert.match(await redis.client.info('persistence'), /aof_rewrite_in_progress:0/));
    await redis.fail();
    try {
      const plan = await runner().plan(allowWritesIn(at()));
      assert.match(plan.warnings[0] ?? '', /Its append-only file is written, and a restart reads that/);
    } finally {
      await redis.client.config('SET', 'appendonly', 'no');
    }
  });

  it('is offered by the readings of its health while writes are refused', async () => {
    const offers = async (): Promise<readonly string[]> => {
      const probe = openRedisProbe(at(), () => Promise.resolve(undefined), systemClock);
      try {
        const { readings } = reportRedis(await probe.read(never), new LookupHistory(1), {});
        return readings.flatMap(({ id, offer }) => (offer === 'allowWrites' ? [id] : []));
      } finally {
        probe.close();
      }
    };
    assert.deepEqual(await offers(), ['writes', 'lastSave']);
    await carryOut(allowWritesIn(at()));
    assert.deepEqual(await offers(), []);
  });
});

describe('Allowing writes in a real Redis Cluster', function () {
  this.timeout(120_000);

  it('changes every primary that refuses, and no other', async () => {
    const place = `${folder}-cluster`;
    const cluster = await startRedisCluster(place, { save: savePoints });
    const nodes = cluster.nodes.slice(0, 3).map((node, index) => failing(node, path.join(place, `node-${index}`)));
    try {
      await nodes[0]?.fail();
      await nodes[2]?.fail();
      const seeds = cluster.nodes.slice(0, 3).map(({ port }) => `127.0.0.1:${port}`);
      const environment = environmentOf({ tier: 'staging', redis: { cluster: seeds } });
      const probe = openRedisProbe(environment, () => Promise.resolve(undefined), systemClock);
      const sample = await probe.read(never).finally(() => probe.close());
      const { readings } = reportRedis(sample, new LookupHistory(1), {});
      const writes = readings.find(({ id }) => id === 'writes');
      assert.deepEqual([writes?.value, writes?.offer], ['refused by 2 of 3 primaries', 'allowWrites']);
      const ran = await carryOut(allowWritesIn(environment));
      assert.equal(ran.plan.summary, '2 of 3 primaries take writes again although the last save failed');
      assert.deepEqual(ran.verification.verdict, { kind: 'passed' }, outcomeWords(ran));
      const settings = await Promise.all(nodes.map(({ client }) => client.config('GET', guard)));
      assert.deepEqual(settings, [
        [guard, 'no'],
        [guard, 'yes'],
        [guard, 'no'],
      ]);
    } finally {
      for (const node of nodes) await node.stop();
      await cluster.stop();
    }
  });
});
