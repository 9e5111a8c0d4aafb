import type { Scenario } from './scenario.ts';
import { backups } from './scenarios/backups.ts';
import { flushes } from './scenarios/flushes.ts';
import { restores } from './scenarios/restores.ts';

/** Every operation of the matrix. */
export const groups: Readonly<Record<string, readonly Scenario[]>> = {
  'a backup': backups,
  'a test of a backup, or a restore': restores,
  'a flush': flushes,
};
