import { pickEnvironment } from '../environments/pick.ts';
import type { Command } from './command.ts';

/** Takes an environment's row; else the only environment there is, or the one that is picked. */
export const openDashboard: Command = {
  name: 'Open Dashboard',
  async run({ environments, dashboards }, argument) {
    const [only, ...others] = environments.all;
    const environment =
      only && others.length === 0 ? only : await pickEnvironment(environments, argument, 'Open Dashboard');
    if (environment) (await dashboards()).show(environment);
  },
};
