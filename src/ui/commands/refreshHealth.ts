import { commands } from '../ids.ts';
import type { Command } from './command.ts';

export const refreshHealth: Command = {
  id: commands.refreshHealth,
  name: 'Refresh',
  async run({ environments, fleet }) {
    await Promise.all(environments.all.flatMap((environment) => fleet.redisOf(environment)?.refresh() ?? []));
  },
};
