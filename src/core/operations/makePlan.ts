import { identityWarnings } from './identity.ts';
import type { ServiceIdentity } from './identity.ts';
import type { Operation, PlanContext } from './operation.ts';
import type { LastBackup, Plan } from './plan.ts';

/** Asks an operation who answers and what it would do, and makes the whole plan of it. Reads only; throws OpsError. */
export async function makePlan<D>(
  operation: Operation<D>,
  context: Omit<PlanContext, 'identities'>,
  lastBackup: (identities: readonly ServiceIdentity[]) => Promise<LastBackup | undefined>,
): Promise<Plan<D>> {
  const { kind, title, environment, request } = operation;
  const identities = await operation.identify(context.signal);
  const draft = await operation.plan({ ...context, identities });
  return {
    ...draft,
    warnings: [...new Set([...identityWarnings(identities), ...draft.warnings])],
    kind,
    title,
    environment,
    request,
    identities,
    lastBackup: await lastBackup(identities),
    plannedAtMs: context.clock.wallMs(),
    plannedMonotonicMs: context.clock.monotonicMs(),
  };
}
