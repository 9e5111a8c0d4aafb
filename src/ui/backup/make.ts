import type * as z from 'zod/mini';
import { readShelf } from '../../clients/backup/backupFolder.ts';
import { BackUp } from '../../clients/backup/backUp.ts';
import { Restore } from '../../clients/backup/restore.ts';
import { StoreServices } from '../../clients/backup/services.ts';
import { TestBackup } from '../../clients/backup/testBackup.ts';
import { readUnfinished } from '../../clients/backup/unfinished.ts';
import type { Backup } from '../../core/backup/backups.ts';
import { backUpRequest, restoreRequest, testRequest } from '../../core/backup/request.ts';
import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import type { Services } from '../../services.ts';
import { secretLookup } from '../environments/secretLookup.ts';
import { needPlaces } from './places.ts';

/** The operations for wishes; also for those in the journal. All throw OpsError. */
export function makeBackUp(services: Services, environment: Environment, request: unknown): BackUp {
  const wish = parse(backUpRequest, request);
  return new BackUp(wish, storesOf(services, environment), needPlaces(environment));
}

/** From the journal: goes on with what was left, where that is of the same wish. */
export async function makeBackUpAgain(services: Services, environment: Environment, request: unknown): Promise<BackUp> {
  const { resume: _, ...wish } = parse(backUpRequest, request);
  const { unfinished } = await readShelf(needPlaces(environment).root, environment.name);
  for (const folder of unfinished) {
    const left = await readUnfinished(folder).catch(() => undefined);
    if (left && JSON.stringify(left.request) === JSON.stringify(wish)) {
      return makeBackUp(services, environment, { ...wish, resume: folder });
    }
  }
  return makeBackUp(services, environment, wish);
}

export async function makeTest(services: Services, environment: Environment, request: unknown): Promise<TestBackup> {
  const wish = parse(testRequest, request);
  return new TestBackup(wish, await backupIn(wish.backup, environment), storesOf(services, environment));
}

export async function makeRestore(services: Services, environment: Environment, request: unknown): Promise<Restore> {
  const wish = parse(restoreRequest, request);
  const backup = await backupIn(wish.backup, environment);
  return new Restore(wish, backup, storesOf(services, environment), needPlaces(environment));
}

export function storesOf({ secrets, tunnels }: Services, environment: Environment): StoreServices {
  const tunnelTo = (service: 'redis' | 'qdrant') => tunnels.of(environment, service);
  return new StoreServices(environment, secretLookup(environment, secrets), systemClock, tunnelTo);
}

async function backupIn(folder: string, environment: Environment): Promise<Backup> {
  const { backups } = await readShelf(needPlaces(environment).root, environment.name);
  const found = backups.find((one) => one.folder === folder);
  if (found) return found;
  throw new OpsError('file', `There is no whole backup of ${environment.name} in ${folder}.`);
}

function parse<T>(schema: z.ZodMiniType<T>, request: unknown): T {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  throw new OpsError('settings', 'What was begun was written by another version of Cache Ops, and cannot be read.', {
    cause: parsed.error,
    next: 'Start it again with its own command.',
  });
}
