import type { Clock } from '../clock.ts';
import { formatDuration } from '../format.ts';
import { identityDifferences } from './identity.ts';
import type { Operation } from './operation.ts';
import type { Plan } from './plan.ts';

/** A plan that was confirmed later than this is made again: the world has moved on. */
const planHoldsMs = 10 * 60_000;

/**
 * How the world differs from the plan, as whole sentences; empty: it is as planned. Another server that answers says all:
 * what it holds is not looked at. Reads only; throws OpsError. Asked just before anything is changed, by the runner for
 * every operation and by a rollback for each operation that is a step of it.
 */
export async function differencesFromPlan<D>(
  operation: Operation<D>,
  plan: Plan<D>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const identities = identityDifferences(plan.identities, await operation.identify(signal));
  return identities.length > 0 ? identities : ((await operation.recheck?.(plan, signal)) ?? []);
}

/**
 * Says so when a plan waited too long for its confirmation. What was confirmed in time holds for as long as its steps
 * take. By both clocks, since one is set back at times, and the other stands still while the machine sleeps.
 */
export function waitedTooLong({ plannedAtMs, plannedMonotonicMs }: Plan, clock: Clock): readonly string[] {
  const ageMs = Math.max(clock.wallMs() - plannedAtMs, clock.monotonicMs() - plannedMonotonicMs);
  if (ageMs <= planHoldsMs) return [];
  return [`The plan is ${formatDuration(ageMs)} old; what it says may not be so any more.`];
}
