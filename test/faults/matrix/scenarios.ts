import type { Scenario } from './scenario.ts';
import { backups } from './scenarios/backups.ts';
import { flags } from './scenarios/flags.ts';
import { flushes } from './scenarios/flushes.ts';
import { restores } from './scenarios/restores.ts';
import { rollbacks } from './scenarios/rollbacks.ts';
import { writes } from './scenarios/writes.ts';

/** Every operation of the matrix. */
export const groups: Readonly<Record<string, readonly Scenario[]>> = {
  'a backup': backups,
  'a test of a backup, or a restore': restores,
  'a flush': flushes,
  'setting a flag': flags,
  'a rollback': rollbacks,
  'allowing writes': writes,
};
