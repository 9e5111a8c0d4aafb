import type { ConsistencyCheck } from './model.ts';

/** Everything that was found, for a ticket or a script. */
export function consistencyJson({ startedAtMs, ...rest }: ConsistencyCheck): string {
  return `${JSON.stringify({ startedAt: new Date(startedAtMs).toISOString(), ...rest }, undefined, 2)}\n`;
}
