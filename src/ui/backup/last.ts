import { readShelf } from '../../clients/backup/backupFolder.ts';
import { lastBackupOf } from '../../core/backup/lastBackup.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import type { LastBackup } from '../../core/operations/plan.ts';
import { placesOf } from './places.ts';

/** The youngest backup of these servers that was restored in a test, else the youngest; undefined: there is none. */
export async function lastBackup(
  environment: Environment,
  identities: readonly ServiceIdentity[],
): Promise<LastBackup | undefined> {
  const places = placesOf(environment);
  return places && lastBackupOf((await readShelf(places.root, environment.name)).backups, environment, identities);
}
