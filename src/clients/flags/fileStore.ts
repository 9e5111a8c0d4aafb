import { access, constants, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explain, OpsError } from '../../core/errors.ts';
import type { FlagStore, Inspection } from '../../core/flags/target.ts';
import { valueWords } from '../../core/flags/target.ts';
import type { TextFlag } from '../../core/flags/textFlag.ts';
import { readTextFile, replaceFile } from '../files.ts';

const largestBytes = 4 * 1024 * 1024;

export interface FileFlag {
  readonly path: string;
  /** For messages: relative to the workspace. */
  readonly where: string;
  readonly flag: TextFlag;
  /** How it reads in the file: `CACHE_ENABLED=0`. */
  readonly says: (value: string | undefined) => string;
}

/** A flag in a file, which is written whole: a reader sees the old text or the new one. */
export function fileStore({ path, where, flag, says }: FileFlag): FlagStore {
  const load = (): ReturnType<typeof readTextFile> => readTextFile(path, largestBytes);
  return {
    where,
    rollsOut: false,
    inspect: () => inspect(path, where, flag),
    read: async () => flag.valueOf((await load()).text),
    write: async ({ expected, value }, signal) => {
      const { text, bytes } = await load();
      const found = flag.valueOf(text);
      if (found !== expected) throw changedMeanwhile(where, expected, found);
      const changed = flag.withValue(text, value);
      if (flag.valueOf(changed) !== value)
        throw new OpsError(
          'conflict',
          `${where} would not say ${valueWords(value)} after the change; nothing was changed.`,
          {
            next: 'Look at how the flag stands there, and set it by hand.',
          },
        );
      if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.');
      if (changed !== text) await replaceFile(path, bytes, Buffer.from(changed));
    },
    commands: (value) => [`${says(value)}   # in ${where}`],
  };
}

/** What stood there when it was shown is no longer so. */
export function changedMeanwhile(where: string, expected: string | undefined, found: string | undefined): OpsError {
  const [was, is] = [valueWords(expected), valueWords(found)];
  return new OpsError('conflict', `${where} says ${is} now, not ${was} as shown; nothing was changed.`, {
    next: 'Somebody else has changed it: look, and try again.',
  });
}

async function inspect(path: string, where: string, flag: TextFlag): Promise<Inspection> {
  const obstacles: string[] = [];
  try {
    flag.valueOf((await readTextFile(path, largestBytes)).text);
    // It is replaced by a new file beside it.
    const real = await realpath(path);
    await access(real, constants.W_OK);
    await access(dirname(real), constants.W_OK);
  } catch (error) {
    obstacles.push(error instanceof OpsError ? explain(error) : `${where} may not be written by this user.`);
  }
  return { obstacles, warnings: [] };
}
