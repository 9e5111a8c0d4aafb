import type { Command } from './command.ts';

export const refreshHealth: Command = {
  name: 'Refresh',
  async run({ environments, fleet }) {
    const monitors = environments.all.flatMap((environment) => [...fleet.monitorsOf(environment).values()]);
    await Promise.all(monitors.map((monitor) => monitor.refresh()));
  },
};
