import assert from 'node:assert/strict';
import type { Operation, RunContext } from '../../../../src/core/operations/operation.ts';
import { operationStep } from '../../../../src/core/rollback/operationStep.ts';
import { FakeClock } from '../fakeClock.ts';
import { environmentOf, operationOf } from '../operations/ports.ts';

const staging = environmentOf({ tier: 'staging' });
const identified = (id: string) => Promise.resolve([{ service: 'Redis', address: 'redis:6379', marks: { id } }]);

describe('an operation that is a step of a rollback', () => {
  const clock = new FakeClock();
  let done: boolean;
  /** What the step says, as it was planned and then done after `afterMs`. */
  const doIt = async (changes: Partial<Operation<undefined>>, afterMs = 0): Promise<readonly string[]> => {
    const notes: string[] = [];
    const run = (_plan: unknown, context: RunContext) => context.step('one', () => Promise.resolve(void (done = true)));
    const signal = new AbortController().signal;
    const { piece } = await operationStep('flush', operationOf(staging, { run, ...changes }), clock).prepare(signal);
    await clock.advance(afterMs);
    await piece.work({ signal, report: () => undefined, note: (sentence) => void notes.push(sentence) });
    return notes;
  };
  beforeEach(() => (done = false));

  it('is done as it was planned, however long the steps before it took', async () => {
    await doIt({}, 45 * 60_000);
    assert.equal(done, true);
  });

  it('is not done when another server answers; what that one holds is not even looked at', async () => {
    const ids = ['a', 'b'];
    const identify = () => identified(ids.shift() ?? '');
    const recheck = () => Promise.reject(new Error('the other server was asked'));
    const message = 'Redis redis:6379: its id was a, now it is b. Nothing of it was done.';
    await assert.rejects(doIt({ identify, recheck }), { code: 'conflict', message });
    assert.equal(done, false);
  });

  it('is not done when what it relies on has changed', async () => {
    const recheck = () => Promise.resolve(['CACHE_ENABLED is off now.']);
    await assert.rejects(doIt({ recheck }), { message: 'CACHE_ENABLED is off now. Nothing of it was done.' });
    assert.equal(done, false);
  });

  it('that had nothing to do is looked at again: what came since is told, and not done without a plan', async () => {
    const draft = await operationOf(staging).plan({
      signal: new AbortController().signal,
      clock,
      identities: [],
      report: () => undefined,
    });
    const idle = { ...draft, nothingToDo: 'No key matches old:*.' };
    assert.deepEqual(await doIt({ plan: () => Promise.resolve(idle) }), ['No key matches old:*.']);
    const drafts = [idle, { ...draft, summary: '12 keys match old:*' }];
    const plan = () => Promise.resolve(drafts.shift() ?? draft);
    const message = 'There was nothing to do, but now: 12 keys match old:*. Nothing of it was done.';
    await assert.rejects(doIt({ plan }), { message });
    assert.equal(done, false);
  });
});
