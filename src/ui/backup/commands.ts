import type { CommandId } from '../ids.ts';
import { commands } from '../ids.ts';
import type { Command } from '../commands/command.ts';
import type { Services } from '../../services.ts';
import { pickEnvironment } from '../environments/pick.ts';
import type { Environment } from '../../core/environment/environment.ts';

type Begin = (services: Services, environment: Environment, dry: boolean) => Promise<void>;

/** Each takes the row of an environment or of one of its stores. What they do is loaded when one is called. */
function command(id: CommandId, name: string, dry: boolean, load: () => Promise<Begin>): Command {
  return {
    id,
    name,
    async run(services, argument) {
      const environment = await pickEnvironment(services.environments, argument, name);
      if (environment) await (await load())(services, environment, dry);
    },
  };
}

const backUp = async (): Promise<Begin> => (await import('./backUp.ts')).beginBackUp;
const testBackup = async (): Promise<Begin> => (await import('./testBackup.ts')).beginTest;
const restore = async (): Promise<Begin> => (await import('./restore.ts')).beginRestore;

export const backupCommands: readonly Command[] = [
  command(commands.backUp, 'Back Up', false, backUp),
  command(commands.backUpDryRun, 'Dry Run of a Backup', true, backUp),
  command(commands.testBackup, 'Test Backup', false, testBackup),
  command(commands.restore, 'Restore', false, restore),
  command(commands.restoreDryRun, 'Dry Run of a Restore', true, restore),
];
