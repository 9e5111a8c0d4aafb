import type { FlagStore } from '../../core/flags/target.ts';
import { fine } from '../../core/flags/target.ts';
import { runCommandLine } from './commandLine.ts';
import { changedMeanwhile } from './fileStore.ts';

export interface FlagCommands {
  readonly name: string;
  readonly get: string;
  readonly set: string;
  readonly directory: string;
}

const timeoutMs = 60_000;

/** A flag that commands of the settings read and set; they get its name and value by environment variable. */
export function commandStore({ name, get, set, directory }: FlagCommands): FlagStore {
  const read = async (signal: AbortSignal): Promise<string | undefined> => {
    const text = await runCommandLine(get, { directory, environment: { CACHE_OPS_FLAG: name }, timeoutMs, signal });
    // Nothing at all is no value; an empty one cannot be told from it.
    return text.trim() === '' ? undefined : text.trim();
  };
  return {
    where: `“${get}”`,
    rollsOut: false,
    inspect: () => Promise.resolve(fine),
    read,
    write: async ({ expected, value = '' }, signal) => {
      const found = await read(signal);
      if (found !== expected) throw changedMeanwhile(`“${get}”`, expected, found);
      const environment = { CACHE_OPS_FLAG: name, CACHE_OPS_VALUE: value };
      await runCommandLine(set, { directory, environment, timeoutMs, signal });
    },
    commands: (value) => [`CACHE_OPS_FLAG=${name} CACHE_OPS_VALUE=${value ?? ''} ${set}`],
  };
}
