import type { Clock } from '../clock.ts';
import { OpsError } from '../errors.ts';
import { identityDifferences } from '../operations/identity.ts';
import type { Operation } from '../operations/operation.ts';
import type { Plan } from '../operations/plan.ts';
import { contextWithin } from '../operations/stepRun.ts';
import type { Preparable } from './way.ts';

/** Another operation as one step of a rollback: planned with it, and checked again just before it is done. */
export function operationStep<D>(id: string, operation: Operation<D>, clock: Clock): Preparable {
  const { title, kind, environment, request } = operation;
  return {
    id,
    title,
    identify: (signal) => operation.identify(signal),
    close: () => operation.close?.(),
    prepare: async (signal) => {
      const identities = await operation.identify(signal);
      const draft = await operation.plan({ signal, clock, identities, report: () => undefined });
      const plannedAtMs = clock.wallMs();
      const plan: Plan<D> = {
        ...draft,
        kind,
        title,
        environment,
        request,
        identities,
        lastBackup: undefined,
        plannedAtMs,
      };
      return {
        piece: {
          step: { id, title: `${title}: ${draft.summary}`, commands: draft.steps.flatMap(({ commands }) => commands) },
          offers: ['retry', 'skip', 'undo'],
          work: async (step) => {
            if (draft.nothingToDo !== undefined) return step.note(draft.nothingToDo);
            const different = [
              ...identityDifferences(identities, await operation.identify(step.signal)),
              ...((await operation.recheck?.(plan, step.signal)) ?? []),
            ];
            if (different.length > 0)
              throw new OpsError('conflict', `${different.join(' ')} Nothing of it was done.`, {
                next: 'Leave it out.',
              });
            await operation.run(plan, contextWithin(step, clock));
          },
        },
        targets: draft.targets,
        effect: draft.effect,
        obstacles: draft.obstacles ?? [],
        warnings: draft.warnings,
        irreversible: draft.irreversible,
      };
    },
  };
}
