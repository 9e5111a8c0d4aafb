import assert from 'node:assert/strict';
import { FlushOperation } from '../../../../src/core/operations/flush/flush.ts';
import { RedisKeysPart } from '../../../../src/core/operations/flush/redisKeys.ts';
import type { KeyCount, RedisFlushStore, RedisServer } from '../../../../src/core/operations/flush/stores.ts';
import { OperationRunner } from '../../../../src/core/operations/runner.ts';
import { environmentOf, recordingPorts } from './ports.ts';

const node = (address: string, slots: string): RedisServer => ({
  identity: { service: 'Redis', address, marks: { slots } },
  address,
  db: 0,
  keys: 100,
  databases: undefined,
  isPrimary: true,
  isCluster: true,
  hits: undefined,
});

const counted = (address: string, value: number): KeyCount => ({
  matched: new Map([[address, value]]),
  exact: true,
  sample: [],
  bytes: undefined,
  ttl: undefined,
});

/** A cluster that is told in advance what it will look like and hold, since slots do not move on demand at the right moment. */
function store(changes: Partial<RedisFlushStore>): RedisFlushStore {
  return {
    servers: () => Promise.resolve([node('a:1', '0-8191'), node('b:1', '8192-16383')]),
    count: () => Promise.resolve(counted('a:1', 10)),
    prefixes: () => Promise.resolve({ prefixes: [], exact: true }),
    unlink: () => Promise.resolve({ removed: 5, denied: 0, by: 'script' }),
    flushDb: () => Promise.resolve(),
    flushAll: () => Promise.resolve(),
    close: () => undefined,
    ...changes,
  };
}

async function run(changes: Partial<RedisFlushStore>) {
  const operation = new FlushOperation(environmentOf({ tier: 'staging' }), { what: 'pattern', pattern: 'cache:*' }, [
    new RedisKeysPart(store(changes), 'cache:*', 'x'),
  ]);
  const outcome = await new OperationRunner(recordingPorts().ports).run(operation);
  if (outcome.kind !== 'ran') throw new Error(outcome.why);
  return outcome;
}

describe('Flushing keys of a cluster', () => {
  it('walks it again when slots moved meanwhile, until they stay, and counts all that was removed', async () => {
    const walked: string[] = [];
    let looks = 0;
    const outcome = await run({
      // Plan, check, then after each pass: moved once.
      servers: () => {
        looks++;
        const moved = looks > 3;
        return Promise.resolve([
          node('a:1', moved ? '0-4095' : '0-8191'),
          node('b:1', moved ? '4096-16383' : '8192-16383'),
        ]);
      },
      unlink: ({ address }, _request, report) => {
        walked.push(address);
        report({ done: 5, unit: 'keys' });
        return Promise.resolve({ removed: 5, denied: 0, by: 'script' });
      },
    });
    assert.deepEqual(walked, ['a:1', 'b:1', 'a:1', 'b:1']);
    assert.deepEqual(
      outcome.report.steps.map(({ progress }) => progress?.done),
      [5, 15],
    );
    assert.ok(outcome.report.steps[1]?.notes?.some((note) => note.includes('slots moved meanwhile')));
  });

  it('calls what is left after a whole walk written since, and what is left after a broken one left', async () => {
    let asked = 0;
    const count = () => Promise.resolve(counted('a:1', ++asked % 2 === 1 ? 10 : 3));
    const whole = await run({ count });
    assert.deepEqual(whole.verification.verdict, { kind: 'passed' });
    assert.equal(whole.verification.findings[1], '3 keys match cache:* now: they were written since it began.');
    const broken = await run({ count, unlink: () => Promise.reject(new Error('gone')) });
    assert.deepEqual(broken.verification.verdict, { kind: 'failed', why: '3 keys still match cache:*' });
    const denied = await run({ count, unlink: () => Promise.resolve({ removed: 7, denied: 3, by: 'commands' }) });
    assert.equal(denied.verification.verdict.kind, 'failed');
  });

  it('takes a cancelled count afterwards for no verification', async () => {
    let asked = 0;
    const count = () => Promise.resolve({ ...counted('a:1', 10), exact: ++asked === 1 });
    assert.equal((await run({ count })).verification.verdict.kind, 'inconclusive');
  });
});
