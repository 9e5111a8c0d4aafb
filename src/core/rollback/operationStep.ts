import type { Clock } from '../clock.ts';
import { OpsError } from '../errors.ts';
import { differencesFromPlan } from '../operations/asPlanned.ts';
import { makePlan } from '../operations/makePlan.ts';
import type { Operation } from '../operations/operation.ts';
import { contextWithin } from '../operations/stepRun.ts';
import type { Preparable } from './way.ts';

/** Another operation as one step of a rollback: planned with it, and checked again just before it is done. */
export function operationStep<D>(id: string, operation: Operation<D>, clock: Clock): Preparable {
  const { title } = operation;
  return {
    id,
    title,
    identify: (signal) => operation.identify(signal),
    close: () => operation.close?.(),
    prepare: async (signal) => {
      const context = { signal, clock, report: () => undefined };
      const plan = await makePlan(operation, context, noBackup);
      return {
        piece: {
          step: { id, title: `${title}: ${plan.summary}`, commands: plan.steps.flatMap(({ commands }) => commands) },
          offers: ['retry', 'skip', 'undo'],
          work: async (step) => {
            const different = await differencesFromPlan(operation, plan, step.signal);
            if (different.length > 0) throw notAsPlanned(different.join(' '));
            if (plan.nothingToDo === undefined) return operation.run(plan, contextWithin(step, clock));
            const now = await makePlan(operation, { ...context, signal: step.signal }, noBackup);
            if (now.nothingToDo === undefined) throw notAsPlanned(`There was nothing to do, but now: ${now.summary}.`);
            step.note(plan.nothingToDo);
          },
        },
        targets: plan.targets,
        effect: plan.effect,
        obstacles: plan.obstacles ?? [],
        warnings: plan.warnings,
        irreversible: plan.irreversible,
      };
    },
  };
}

/** The rollback's own plan names it. */
const noBackup = (): Promise<undefined> => Promise.resolve(undefined);

function notAsPlanned(differences: string): OpsError {
  return new OpsError('conflict', `${differences} Nothing of it was done.`, { next: 'Leave it out.' });
}
