import type { Environment } from '../../core/environment/environment.ts';
import { tierWords } from '../../core/health/present.ts';
import type { Services } from '../../services.ts';
import type { Command } from '../commands/command.ts';
import { pickEnvironment } from '../environments/pick.ts';

/** Takes the row of an environment, or of anything below it; alerts offer it with their environment. */
export const rollBack: Command = {
  name: 'Roll Back',
  async run(services, argument) {
    const found = await begin(services, argument, 'Roll Back');
    await found?.service.run(found.environment, found.title);
  },
};

/** The plan of the same, and nothing more. */
export const rollBackDryRun: Command = {
  name: 'Dry Run of a Rollback',
  async run(services, argument) {
    const found = await begin(services, argument, 'Dry Run of a Rollback');
    await found?.service.dryRun(found.environment, found.title);
  },
};

async function begin(services: Services, argument: unknown, name: string) {
  const environment: Environment | undefined = await pickEnvironment(services.environments, argument, name);
  if (!environment) return undefined;
  const { RollBackService } = await import('./rollBackService.ts');
  const title = `${name}: ${environment.name} (${tierWords(environment)})`;
  return { environment, title, service: new RollBackService(services) };
}
