import type { Environment } from '../environment/environment.ts';
import type { ServiceIdentity } from '../operations/identity.ts';

/** What an action does to the outside, as far as is known. */
export type Effect = 'readOnly' | 'changing' | 'destructive' | 'unknown';

/**
 * What stands between the wish and the deed. `none`: nothing. `button`: a modal with what will be done. `name`: the
 * environment's name typed, nothing prefilled, then a reason; a modal alone is not enough, since the editor focuses its
 * action button and Enter would carry it out. `refused`: the environment is read-only.
 */
export type Confirmation = 'none' | 'button' | 'name' | 'refused';

/**
 * The one policy, whoever asks. Unknown is dangerous until it was approved once for the environment; from then on it is
 * a change like others. Production is asked for every change, each time.
 */
export function confirmationFor(environment: Environment, effect: Effect, approved = false): Confirmation {
  if (effect === 'readOnly') return 'none';
  if (environment.settings.readOnly) return 'refused';
  if (environment.tier === 'production') return 'name';
  const counted = effect === 'unknown' && approved ? 'changing' : effect;
  return environment.tier === 'development' && counted === 'changing' ? 'none' : 'button';
}

const order: Readonly<Record<Effect, number>> = { readOnly: 0, changing: 1, unknown: 2, destructive: 3 };

/** The effect of several things done together: that of the worst. */
export function worstEffect(effects: Iterable<Effect>): Effect {
  let worst: Effect = 'readOnly';
  for (const effect of effects) if (order[effect] > order[worst]) worst = effect;
  return worst;
}

/**
 * What stands between an operation's plan and its run. `button`: one button with what will be done. `counts`: a modal
 * with the figures, what cannot be undone and the warnings. `name`: the plan in view, the environment's name typed with
 * nothing prefilled, then a reason. There is no way to be asked less.
 */
export type OperationConfirmation = 'button' | 'counts' | 'name';

/** The same policy for what is planned before it is done: a read-only environment is not changed, whoever confirms. */
export function refusesOperations({ settings }: Environment): boolean {
  return settings.readOnly;
}

/** Every operation is confirmed, in every tier; one on a server that nobody can tell from another, as in production. */
export function confirmationForOperation(
  { tier }: Environment,
  identities: readonly ServiceIdentity[],
): OperationConfirmation {
  if (identities.some(({ unknown }) => unknown !== undefined)) return 'name';
  return ({ development: 'button', staging: 'counts', production: 'name' } as const)[tier];
}
