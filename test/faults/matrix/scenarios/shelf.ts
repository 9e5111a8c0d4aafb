import path from 'node:path';
import { BackUp } from '../../../../src/clients/backup/backUp.ts';
import type { BackupPlaces } from '../../../../src/clients/backup/backupSurvey.ts';
import type { BackUpRequest } from '../../../../src/core/backup/request.ts';
import { carryOut, servicesOf } from '../../../live/support/backups.ts';
import type { Scenario } from '../scenario.ts';
import type { Place } from '../place.ts';
import type { ServerName, World } from '../world.ts';
import { environmentAt, fillKeys, fillPoints } from './stores.ts';

export const manifests = /^file backups\/staging\/[\dTZ-]+\/manifest\.json$/;
export const backupFiles = /^file backups\/staging\/[\dTZ-]+(?:\/|\.tar\.gz$)/;
/** Half a backup is known by its name; a snapshot that was not fetched stays on the server. */
export const leftovers = /^file backups\/staging\/\..+\.unfinished(?:\/|$)|^qdrant similar snapshot /;

export function placesOf({ workspace }: Place, count = 0): BackupPlaces {
  return { root: path.join(workspace, 'backups'), directory: workspace, keep: { count, days: 0 } };
}

export async function fillStores(world: World, servers: readonly ServerName[]): Promise<void> {
  if (servers.includes('redis')) await fillKeys(world);
  if (servers.includes('qdrant')) await fillPoints(world);
}

export async function taken(request: BackUpRequest, place: Place): Promise<void> {
  await carryOut(new BackUp(request, servicesOf(environmentAt(place)), placesOf(place)));
}

/** Does the first part once and keeps the workspace it has made; the second part each time. */
export function once(
  first: (world: World) => Promise<void>,
  then: (world: World) => Promise<void>,
): Scenario['prepare'] {
  const made = new WeakMap<World, Promise<void>>();
  const make = async (world: World): Promise<void> => {
    await first(world);
    await world.putAside('made');
  };
  return async (world) => {
    const known = made.get(world) ?? make(world);
    made.set(world, known);
    await known;
    await world.bringBack('made');
    await then(world);
  };
}
