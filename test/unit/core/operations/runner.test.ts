import assert from 'node:assert/strict';
import { systemClock } from '../../../../src/core/clock.ts';
import { OpsError } from '../../../../src/core/errors.ts';
import type { RunContext } from '../../../../src/core/operations/operation.ts';
import { OperationRunner } from '../../../../src/core/operations/runner.ts';
import { environmentOf, operationOf, recordingPorts } from './ports.ts';

const staging = environmentOf({ tier: 'staging' });
const production = environmentOf({ tier: 'production' }, 'live');

const steps = ['one', 'two', 'three'].map((id) => ({ id, title: `Do ${id}`, commands: [] }));
const draft = {
  effect: 'changing' as const,
  summary: '',
  targets: [],
  irreversible: [],
  undo: '',
  warnings: [],
  steps,
  detail: undefined,
};

describe('OperationRunner', () => {
  it('keeps to the order: plan, confirm, lock, check again, journal, run, verify, journal', async () => {
    const { ports, events } = recordingPorts();
    const outcome = await new OperationRunner(ports).run(operationOf(staging));
    assert.deepEqual(events, [
      'Planning: Change one thing',
      'confirm counts',
      'lock',
      'Checking: Change one thing',
      'journal begin (a test)',
      'announce begun',
      'Change one thing',
      'journal step one done',
      'Verifying: Change one thing',
      'journal end completed passed',
      'announce ended',
      'unlock',
    ]);
    assert.equal(outcome.kind === 'ran' && outcome.report.ended, 'completed');
  });

  it('confirms by tier, and never takes less', async () => {
    const asked: string[] = [];
    for (const tier of ['development', 'staging', 'production']) {
      const { ports, events } = recordingPorts();
      await new OperationRunner(ports).run(operationOf(environmentOf({ tier }, tier)));
      asked.push(...events.filter((one) => one.startsWith('confirm')));
    }
    assert.deepEqual(asked, ['confirm button', 'confirm counts', 'confirm name']);
  });

  it('takes no yes for production without the name and a reason, whatever a dialog says', async () => {
    for (const answer of [{}, { typed: 'liv', reason: 'because' }, { typed: 'live' }, { typed: 'live', reason: ' ' }]) {
      const { ports, events } = recordingPorts();
      const ask = { ...ports.ask, confirm: () => Promise.resolve(answer) };
      const run = new OperationRunner({ ...ports, ask }).run(operationOf(production));
      await assert.rejects(run, { code: 'cancelled' });
      assert.deepEqual(events, ['Planning: Change one thing']);
    }
  });

  it('asks nobody for a name and a reason while another one is at work', async () => {
    const { ports, events } = recordingPorts();
    const busy = new OpsError('busy', 'Another operation is at work.');
    const locks = { ...ports.locks, ensureFree: () => Promise.reject(busy) };
    await assert.rejects(new OperationRunner({ ...ports, locks }).run(operationOf(production)), { code: 'busy' });
    assert.deepEqual(events, []);
  });

  it('refuses in a read-only environment before it looks at anything, but plans', async () => {
    const { ports, events } = recordingPorts();
    const operation = operationOf(environmentOf({ tier: 'development', readOnly: true }));
    await assert.rejects(new OperationRunner(ports).run(operation), { code: 'readOnly' });
    assert.deepEqual(events, []);
    assert.equal((await new OperationRunner(ports).plan(operation)).title, 'Change one thing');
  });

  it('changes nothing when another server answers, and plans again if wanted', async () => {
    const { ports, events } = recordingPorts();
    const ids = ['a', 'b', 'b', 'b'];
    const operation = operationOf(staging, {
      identify: () =>
        Promise.resolve([{ service: 'Redis', address: 'redis:6379', marks: { 'run id': ids.shift() ?? 'b' } }]),
    });
    const said: string[] = [];
    const ask = {
      ...ports.ask,
      planAgain: (_plan: unknown, differences: readonly string[]) => {
        said.push(...differences);
        events.push('planAgain');
        return Promise.resolve(true);
      },
    };
    const outcome = await new OperationRunner({ ...ports, ask }).run(operation);
    assert.deepEqual(said, ['Redis redis:6379: its run id was a, now it is b.']);
    assert.deepEqual(events.slice(0, 6), [
      'Planning: Change one thing',
      'confirm counts',
      'lock',
      'Checking: Change one thing',
      'unlock',
      'planAgain',
    ]);
    assert.equal(events.filter((one) => one.startsWith('confirm')).length, 2);
    assert.equal(outcome.kind, 'ran');
  });

  for (const [what, wallPasses, monotonicPasses] of [
    ['long after it was made', 11, 11],
    ['after the clock was set back', -60, 11],
    ['after the machine slept', 11, 0],
  ] as const) {
    it(`does not carry out a plan that was confirmed ${what}`, async () => {
      const { ports, events } = recordingPorts();
      let passed = 0;
      const clock = {
        ...systemClock,
        wallMs: () => passed * wallPasses * 60_000,
        monotonicMs: () => passed * monotonicPasses * 60_000,
      };
      const confirm = () => Promise.resolve(((passed = 1), {}));
      const run = new OperationRunner({ ...ports, clock, ask: { ...ports.ask, confirm } }).run(operationOf(staging));
      await assert.rejects(run, { code: 'cancelled' });
      assert.ok(events.includes('planAgain: The plan is 11 min old; what it says may not be so any more.'));
      assert.ok(!events.some((one) => one.startsWith('journal')));
    });
  }

  it('changes nothing when the journal cannot be written', async () => {
    const { ports } = recordingPorts();
    let ran = false;
    const operation = operationOf(staging, { run: () => Promise.resolve(void (ran = true)) });
    const journal = { begin: () => Promise.reject(new OpsError('file', 'The disk is full.')) };
    await assert.rejects(new OperationRunner({ ...ports, journal }).run(operation), { code: 'file' });
    assert.equal(ran, false);
  });

  it('goes on when only the end of the entry cannot be written, and says so', async () => {
    const { ports } = recordingPorts();
    const full = (): Promise<void> => Promise.reject(new OpsError('file', 'The disk is full.'));
    const journal = { begin: () => Promise.resolve({ id: 'entry', step: full, end: full }) };
    const outcome = await new OperationRunner({ ...ports, journal }).run(operationOf(staging));
    assert.equal(outcome.kind === 'ran' && outcome.journalProblem, 'The disk is full.');
    assert.equal(outcome.kind === 'ran' && outcome.report.ended, 'completed');
  });

  it('does not begin what has an obstacle, nor ask for what is so already', async () => {
    const { ports, events } = recordingPorts();
    const runner = new OperationRunner(ports);
    const blocked = operationOf(staging, {
      plan: () => Promise.resolve({ ...draft, obstacles: ['kubectl is missing.'] }),
    });
    await assert.rejects(runner.run(blocked), /Change one thing was not begun. kubectl is missing\./);
    const idle = operationOf(staging, { plan: () => Promise.resolve({ ...draft, nothingToDo: 'It is off already.' }) });
    assert.equal((await runner.run(idle)).kind, 'nothingToDo');
    assert.ok(!events.some((one) => one.startsWith('confirm')));
  });

  it('verifies after a failure and after a failure to verify', async () => {
    const { ports, events } = recordingPorts();
    const failing = operationOf(staging, {
      run: async (_plan, context: RunContext) => {
        await context.step('one', () => Promise.reject(new OpsError('closed', 'redis:6379 hung up.')));
      },
      verify: () => Promise.reject(new OpsError('refused', 'redis:6379 refused the connection.')),
    });
    const outcome = await new OperationRunner(ports).run(failing);
    assert.ok(outcome.kind === 'ran');
    assert.deepEqual([outcome.report.ended, outcome.report.why], ['failed', 'redis:6379 hung up.']);
    assert.equal(outcome.verification.verdict.kind, 'inconclusive');
    assert.ok(events.includes('journal step one failed'));
    assert.ok(events.includes('journal end failed inconclusive'));
  });

  it('calls a step cancelled only when the person cancelled', async () => {
    const { ports } = recordingPorts();
    const abort = new AbortController();
    const ask = {
      ...ports.ask,
      during: <T>(_title: string, work: (signal: AbortSignal, say: () => void) => Promise<T>) =>
        work(abort.signal, () => undefined),
    };
    const operation = operationOf(staging, {
      run: async (_plan, context: RunContext) => {
        await context.step('one', (step) => {
          step.report({ done: 500, total: 1000, unit: 'keys' });
          abort.abort();
          step.signal.throwIfAborted();
          return Promise.resolve();
        });
      },
      verify: () => Promise.resolve({ verdict: { kind: 'failed', why: '500 keys are left' }, findings: [] }),
    });
    const outcome = await new OperationRunner({ ...ports, ask }).run(operation);
    assert.ok(outcome.kind === 'ran');
    const [step] = outcome.report.steps;
    assert.deepEqual([outcome.report.ended, step?.state, step?.progress?.done], ['cancelled', 'cancelled', 500]);
  });

  it('retries, skips with the reason, and undoes newest first', async () => {
    const undone: string[] = [];
    const run = async (answers: ('retry' | 'skip' | 'undo')[]) => {
      const { ports } = recordingPorts();
      const afterFailure = () => {
        const kind = answers.shift() ?? 'retry';
        return Promise.resolve(kind === 'skip' ? { kind, reason: 'not needed' } : { kind });
      };
      let attempts = 0;
      const outcome = await new OperationRunner({ ...ports, ask: { ...ports.ask, afterFailure } }).run(
        operationOf(staging, {
          plan: () => Promise.resolve(draft),
          run: async (_plan, context: RunContext) => {
            for (const id of ['one', 'two'])
              await context.step(id, () => Promise.resolve(), { undo: () => Promise.resolve(void undone.push(id)) });
            await context.step('three', () => (++attempts > 2 ? Promise.resolve() : Promise.reject(new Error('no'))), {
              offers: ['retry', 'skip', 'undo'],
            });
          },
        }),
      );
      assert.ok(outcome.kind === 'ran');
      return [outcome.report.ended, ...outcome.report.steps.map(({ state }) => state)];
    };
    assert.deepEqual(await run(['retry', 'retry']), ['completed', 'done', 'done', 'done']);
    assert.deepEqual(await run(['skip']), ['completed', 'done', 'done', 'skipped']);
    assert.deepEqual(undone, []);
    assert.deepEqual(await run(['retry', 'undo']), ['undone', 'undone', 'undone', 'failed']);
    assert.deepEqual(undone, ['two', 'one']);
  });
});
