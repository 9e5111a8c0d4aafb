import { openApplicationView } from '../../../src/clients/flags/applicationView.ts';
import { openDeployment, openFlagStore } from '../../../src/clients/flags/open.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Environment } from '../../../src/core/environment/environment.ts';
import type { FlagSurroundings } from '../../../src/core/flags/surroundings.ts';
import type { StepResult } from '../../../src/core/operations/operation.ts';
import type { FailureAnswer, OperationPorts } from '../../../src/core/operations/ports.ts';

const noSecret = (): Promise<undefined> => Promise.resolve(undefined);

/** Real clients for the flags of an environment; relative paths start at `directory`. */
export function flagSurroundings(environment: Environment, directory: string): FlagSurroundings {
  const given = { environment, directory, secret: noSecret, clock: systemClock };
  return {
    environment,
    store: (name) => openFlagStore(name, given),
    deployment: openDeployment(given),
    application: openApplicationView(environment, noSecret),
  };
}

/** A person who says yes, and what they and the journal were told. */
export interface TestOperator {
  readonly ports: OperationPorts;
  readonly said: string[];
  readonly journal: StepResult[];
  readonly failures: StepResult[];
  /** Called before the plan is confirmed, as if somebody did something meanwhile. */
  beforeConfirm: () => Promise<void>;
  /** Called with each sentence of the progress. */
  onSay: (words: string, abort: () => void) => void;
  /** Called before the person says what to do about a failure. */
  onFailure: () => Promise<void>;
  answers: FailureAnswer[];
}

export function testOperator(): TestOperator {
  const operator: TestOperator = {
    said: [],
    journal: [],
    failures: [],
    beforeConfirm: () => Promise.resolve(),
    onSay: () => undefined,
    onFailure: () => Promise.resolve(),
    answers: [],
    ports: {
      clock: systemClock,
      ask: {
        confirm: async (plan) => {
          await operator.beforeConfirm();
          return { typed: plan.environment.name, reason: 'a test' };
        },
        planAgain: (_plan, differences) => {
          operator.said.push(`not as planned: ${differences.join(' ')}`);
          return Promise.resolve(false);
        },
        afterFailure: async (_plan, step) => {
          operator.failures.push(step);
          await operator.onFailure();
          return operator.answers.shift() ?? { kind: 'stop' };
        },
        during: (_title, work) => {
          const stopping = new AbortController();
          return work(stopping.signal, (words) => {
            operator.said.push(words);
            operator.onSay(words, () => stopping.abort());
          });
        },
      },
      journal: {
        begin: () =>
          Promise.resolve({
            id: 'entry',
            step: (result) => Promise.resolve(void operator.journal.push(result)),
            end: () => Promise.resolve(),
          }),
      },
      locks: { acquire: () => Promise.resolve({ dispose: () => undefined }), ensureFree: () => Promise.resolve() },
      lastBackup: () => Promise.resolve(undefined),
      announce: () => Promise.resolve(),
    },
  };
  return operator;
}
