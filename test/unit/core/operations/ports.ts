import type { Environment } from '../../../../src/core/environment/environment.ts';
import { systemClock } from '../../../../src/core/clock.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import type { Operation, RunContext, StepResult } from '../../../../src/core/operations/operation.ts';
import type { PlanDraft } from '../../../../src/core/operations/plan.ts';
import type { OperationPorts } from '../../../../src/core/operations/ports.ts';

/** An environment as the settings would give it; with a Redis where they name none. */
export function environmentOf(settings: object, name = 'staging'): Environment {
  const { environments, problems } = readEnvironments(
    { [name]: { redis: { url: 'redis://localhost' }, ...settings } },
    undefined,
  );
  const [environment] = environments;
  if (!environment) throw new Error(JSON.stringify(problems));
  return environment;
}

/** Ports that say yes to everything and write down, in order, what the runner asked of them. */
export function recordingPorts(changes: Partial<OperationPorts> = {}): { ports: OperationPorts; events: string[] } {
  const events: string[] = [];
  const ports: OperationPorts = {
    clock: systemClock,
    ask: {
      confirm: (plan, confirmation) => {
        events.push(`confirm ${confirmation}`);
        return Promise.resolve({ typed: plan.environment.name, reason: 'a test' });
      },
      planAgain: (_plan, differences) => {
        events.push(`planAgain: ${differences.join(' ')}`);
        return Promise.resolve(false);
      },
      afterFailure: (_plan, step) => {
        events.push(`afterFailure ${step.id}`);
        return Promise.resolve({ kind: 'stop' });
      },
      during: (title, work) => {
        events.push(title);
        return work(new AbortController().signal, () => undefined);
      },
    },
    journal: {
      begin: (_plan, reason) => {
        events.push(`journal begin (${reason ?? 'no reason'})`);
        return Promise.resolve({
          id: 'entry',
          step: ({ id, state }: StepResult) => {
            events.push(`journal step ${id} ${state}`);
            return Promise.resolve();
          },
          end: ({ ended }, { verdict }) => {
            events.push(`journal end ${ended} ${verdict.kind}`);
            return Promise.resolve();
          },
        });
      },
    },
    locks: {
      acquire: () => {
        events.push('lock');
        return Promise.resolve({ dispose: () => events.push('unlock') });
      },
      ensureFree: () => Promise.resolve(),
    },
    lastBackup: () => Promise.resolve(undefined),
    announce: ({ kind }) => {
      events.push(`announce ${kind}`);
      return Promise.resolve();
    },
    ...changes,
  };
  return { ports, events };
}

/** An operation with one step, `one`, that does nothing. */
export function operationOf(
  environment: Environment,
  changes: Partial<Operation<undefined>> = {},
): Operation<undefined> {
  const draft: PlanDraft<undefined> = {
    effect: 'changing',
    summary: 'Changes one thing',
    targets: [{ what: 'One thing' }],
    irreversible: [],
    undo: 'Do it again the other way round.',
    warnings: [],
    steps: [{ id: 'one', title: 'Do one thing', commands: [] }],
    detail: undefined,
  };
  return {
    kind: 'setFlag',
    title: 'Change one thing',
    environment,
    request: {},
    identify: () => Promise.resolve([{ service: 'Redis', address: 'redis:6379', marks: { 'run id': 'a' } }]),
    plan: () => Promise.resolve(draft),
    run: (_plan, context: RunContext) => context.step('one', () => Promise.resolve()),
    verify: () => Promise.resolve({ verdict: { kind: 'passed' }, findings: [] }),
    ...changes,
  };
}
