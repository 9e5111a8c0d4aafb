import * as z from 'zod/mini';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { RollBack } from '../../core/rollback/rollBack.ts';
import type { Services } from '../../services.ts';
import { openFlagSurroundings } from '../flags/surroundings.ts';
import { openMeans } from './means.ts';

const wishInJournal = z.object({
  way: z.enum(['immediate', 'full', 'release', 'revision']),
  revision: z.optional(z.string()),
});

/** What an entry of the journal asked for, planned anew: what is done already is nothing to do. */
export async function rollBackAgain(services: Services, environment: Environment, request: unknown): Promise<RollBack> {
  const found = wishInJournal.safeParse(request);
  if (!found.success)
    throw new OpsError('settings', 'The record does not say which way was to be gone back; nothing was done.');
  const { way, revision } = found.data;
  const surroundings = await openFlagSurroundings(environment, services);
  const means = await openMeans(services, environment, surroundings.deployment, revision);
  return new RollBack(surroundings, means, { way, revision, skipped: new Map(), show: () => undefined });
}
