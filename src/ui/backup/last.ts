import { readShelf } from '../../clients/backup/backupFolder.ts';
import { lastBackupOf } from '../../core/backup/backups.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { LastBackup } from '../../core/operations/plan.ts';
import { placesOf } from './places.ts';

/** The youngest backup of an environment that was restored in a test, else the youngest; undefined: there is none. */
export async function lastBackup(environment: Environment): Promise<LastBackup | undefined> {
  const places = placesOf(environment);
  return places && lastBackupOf((await readShelf(places.root, environment.name)).backups);
}
