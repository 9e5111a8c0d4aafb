import type { Clock } from '../clock.ts';
import { OpsError } from '../errors.ts';
import { identityDifferences } from '../operations/identity.ts';
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
      const plan = await makePlan(operation, context, () => Promise.resolve(undefined));
      return {
        piece: {
          step: { id, title: `${title}: ${plan.summary}`, commands: plan.steps.flatMap(({ commands }) => commands) },
          offers: ['retry', 'skip', 'undo'],
          work: async (step) => {
            if (plan.nothingToDo !== undefined) return step.note(plan.nothingToDo);
            const different = [
              ...identityDifferences(plan.identities, await operation.identify(step.signal)),
              ...((await operation.recheck?.(plan, step.signal)) ?? []),
            ];
            if (different.length > 0)
              throw new OpsError('conflict', `${different.join(' ')} Nothing of it was done.`, {
                next: 'Leave it out.',
              });
            await operation.run(plan, contextWithin(step, clock));
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
