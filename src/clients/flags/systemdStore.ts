import { explain, OpsError } from '../../core/errors.ts';
import { parseDotenv } from '../../core/checks/dotenv.ts';
import { commandWords } from '../../core/flags/commandWords.ts';
import {
  dropInFlag,
  parseEnvironmentFiles,
  parseUnitEnvironment,
  parseUnitProperties,
} from '../../core/flags/dropIn.ts';
import type { FlagStore } from '../../core/flags/target.ts';
import { changedMeanwhile } from './fileStore.ts';
import { Machine } from './machine.ts';
import type { SystemdTarget } from './machine.ts';

/** Writes the "$3" bytes that it reads into "$2" in the folder "$1": whole, by a rename. A connection that breaks is an end too. */
const writeScript =
  'umask 022; new=$1/.$2.new; mkdir -p "$1" && cat >"$new" && test "$(wc -c <"$new")" -eq "$3" && mv -f "$new" "$1/$2" || { rm -f "$new"; exit 1; }';

/** A variable of a unit, in a drop-in of our own name; the unit's file is not touched. */
export function systemdStore(target: SystemdTarget, name: string): FlagStore {
  const machine = new Machine(target);
  const where = `${target.unit} on ${machine.name}`;
  const flag = dropInFlag(name);
  const read = async (signal: AbortSignal): Promise<string | undefined> =>
    parseUnitEnvironment((await showUnit(machine, target, signal))['Environment'] ?? '').get(name);
  return {
    where,
    rollsOut: false,
    inspect: (signal) => inspect(machine, target, name, signal),
    read,
    write: async ({ expected, value }, signal) => {
      const found = await read(signal);
      if (found !== expected) throw changedMeanwhile(where, expected, found);
      const folder = await dropInFolder(machine, target, signal);
      const path = `${folder}/${target.dropIn}`;
      const { exitCode, stdout } = await machine.try(['cat', path], signal, true);
      const text = exitCode === 0 ? stdout : '';
      const changed = flag.withValue(text, value);
      const words = ['sh', folder, target.dropIn, String(Buffer.byteLength(changed))];
      if (changed !== text) await machine.asRoot(['/bin/sh', '-c', writeScript, ...words], signal, { input: changed });
      await machine.asRoot(systemctl(target, 'daemon-reload'), signal);
      const now = await read(signal);
      if (now !== value)
        throw new OpsError(
          'conflict',
          `${path} was written, but systemd gives ${target.unit} another value of ${name}.`,
          {
            next: `A later drop-in may set it too: look at “systemctl cat ${target.unit}”.`,
          },
        );
    },
    commands: (value) => [
      `${target.dropIn}: [Service] Environment="${name}=${value ?? ''}"   # drop-in of ${where}`,
      commandWords(machine.args(systemctl(target, 'daemon-reload'), { root: true })),
    ],
  };
}

export function systemctl({ scope }: SystemdTarget, ...args: readonly string[]): readonly string[] {
  return ['systemctl', ...(scope === 'user' ? ['--user'] : []), ...args];
}

/** Throws OpsError where there is no such unit. */
export async function showUnit(
  machine: Machine,
  target: SystemdTarget,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const names = 'LoadState,ActiveState,MainPID,Environment,EnvironmentFiles,Result,InvocationID';
  const text = await machine.run(systemctl(target, 'show', target.unit, `--property=${names}`), signal);
  const properties = parseUnitProperties(text);
  if (properties['LoadState'] === 'loaded') return properties;
  throw new OpsError(
    'settings',
    `${machine.name} has no unit ${target.unit} that can be loaded (${properties['LoadState'] ?? 'unknown'}).`,
    {
      next: 'Correct target.unit or target.host.',
    },
  );
}

async function dropInFolder(machine: Machine, { unit, scope }: SystemdTarget, signal: AbortSignal): Promise<string> {
  if (scope === 'system') return `/etc/systemd/system/${unit}.d`;
  const home = await machine.run(['/bin/sh', '-c', 'printf %s "${XDG_CONFIG_HOME:-$HOME/.config}"'], signal);
  return `${home}/systemd/user/${unit}.d`;
}

async function inspect(
  machine: Machine,
  target: SystemdTarget,
  name: string,
  signal: AbortSignal,
): ReturnType<FlagStore['inspect']> {
  try {
    const unit = await showUnit(machine, target, signal);
    const obstacles = [
      ...(await overridden(machine, unit['EnvironmentFiles'] ?? '', name, signal)),
      ...(await missingRights(machine, target, signal)),
    ];
    return { obstacles, warnings: [] };
  } catch (error) {
    if (signal.aborted) throw error;
    return { obstacles: [explain(error)], warnings: [] };
  }
}

/** What stands in an EnvironmentFile wins over Environment=, whichever comes later. */
async function overridden(
  machine: Machine,
  files: string,
  name: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of parseEnvironmentFiles(files)) {
    const { exitCode, stdout } = await machine.try(['cat', path], signal, true);
    if (exitCode === 0 && parseDotenv(stdout).has(name))
      found.push(
        `${path} sets ${name} as the unit’s EnvironmentFile, which wins over a drop-in: change it there (target of kind envFile).`,
      );
  }
  return found;
}

async function missingRights(machine: Machine, target: SystemdTarget, signal: AbortSignal): Promise<readonly string[]> {
  if (target.scope === 'user') return [];
  const may = await machine.maySudo(systemctl(target, 'restart', target.unit), signal);
  if (may === false)
    return [`sudo on ${machine.name} does not allow “systemctl restart ${target.unit}” without a password.`];
  if (may === true) return [];
  const { exitCode } = await machine.try(['test', '-w', '/etc/systemd/system'], signal);
  return exitCode === 0
    ? []
    : [
        `/etc/systemd/system on ${machine.name} may not be written by this user: set target.sudo, or log in as another.`,
      ];
}
