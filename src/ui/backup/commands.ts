import type { Command } from '../commands/command.ts';
import type { Services } from '../../services.ts';
import { pickEnvironment } from '../environments/pick.ts';
import type { Environment } from '../../core/environment/environment.ts';

type Begin = (services: Services, environment: Environment, dry: boolean) => Promise<void>;

/** Each takes the row of an environment or of one of its stores. What they do is loaded when one is called. */
function command(name: string, dry: boolean, load: () => Promise<Begin>): Command {
  return {
    name,
    async run(services, argument) {
      const environment = await pickEnvironment(services.environments, argument, name);
      if (environment) await (await load())(services, environment, dry);
    },
  };
}

const loadBackUp = async (): Promise<Begin> => (await import('./backUp.ts')).beginBackUp;
const loadTest = async (): Promise<Begin> => (await import('./testBackup.ts')).beginTest;
const loadAllowWrites = async (): Promise<Begin> => (await import('./allowWrites.ts')).beginAllowWrites;
const loadRestore = async (): Promise<Begin> => (await import('./restore.ts')).beginRestore;

export const backUp = command('Back Up', false, loadBackUp);
export const backUpDryRun = command('Dry Run of a Backup', true, loadBackUp);
export const testBackup = command('Test Backup', false, loadTest);
export const testBackupDryRun = command('Dry Run of a Backup’s Test', true, loadTest);
export const restore = command('Restore', false, loadRestore);
export const restoreDryRun = command('Dry Run of a Restore', true, loadRestore);
export const allowWrites = command('Allow Writes', false, loadAllowWrites);
export const allowWritesDryRun = command('Dry Run of Allowing Writes', true, loadAllowWrites);
