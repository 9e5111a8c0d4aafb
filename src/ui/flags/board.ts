import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { FlagBoard, unreadable } from '../../core/flags/board.ts';
import type { FlagReading } from '../../core/flags/board.ts';
import type { Tunnels } from '../../clients/tunnels.ts';
import type { Secrets } from '../environments/secrets.ts';

interface Deps {
  readonly secrets: Secrets;
  readonly tunnels: Tunnels;
}

export function openFlagBoard(deps: Deps, onRead: (environment: Environment) => void): FlagBoard {
  return new FlagBoard({
    clock: systemClock,
    onRead,
    read: async (environment, asked, signal) => {
      const names = Object.keys(environment.settings.flags ?? {});
      if (environment.settings.target?.kind === 'command' && !asked)
        return names.map((name) => notRun(environment, name));
      const [{ openFlagSurroundings }, { readFlag }] = await Promise.all([
        import('./surroundings.ts'),
        import('../../core/flags/surroundings.ts'),
      ]);
      const surroundings = await openFlagSurroundings(environment, deps);
      return Promise.all(names.map((name) => readFlag(surroundings, name, signal)));
    },
  });
}

/** A command of the settings is not run because somebody looks at a tree. */
function notRun({ settings }: Environment, name: string): FlagReading {
  const why = 'A command of the settings reads it: “Refresh Flags” runs it.';
  const where = settings.target?.kind === 'command' ? `“${settings.target.get}”` : undefined;
  return unreadable(name, why, where);
}
