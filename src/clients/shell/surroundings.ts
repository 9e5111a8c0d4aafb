import { stat } from 'node:fs/promises';
import { OpsError } from '../../core/errors.ts';

/** Every process of a block has it, unless it threw its environment away. */
export const markerVariable = 'CACHE_OPS_BLOCK';

/** Set by the editor for its own processes; a command that starts Node or Electron would act on them. */
const editorsOwn = /^(?:ELECTRON_|VSCODE_)/;

/** The environment of a block's shell: ours without the editor's own variables, then the given ones. */
export function shellEnvironment(
  inherited: NodeJS.ProcessEnv,
  given: Readonly<Record<string, string>>,
  directory: string,
  marker: string,
): NodeJS.ProcessEnv {
  // Node would name the fault together with the value, which may be a secret.
  const faulty = Object.entries(given).find(
    ([name, value]) => /\0|=/.test(name) || name === '' || value.includes('\0'),
  );
  if (faulty !== undefined) {
    throw new OpsError('settings', `The variable "${faulty[0]}" cannot be given to a command; nothing was run.`, {
      next: 'A name must not be empty or contain "=", and neither name nor value may contain a NUL character.',
    });
  }
  const own = Object.entries(inherited).filter(([name]) => !editorsOwn.test(name));
  // With PWD, bash keeps the path as it was written where it leads through a link.
  return { ...Object.fromEntries(own), ...given, PWD: directory, [markerVariable]: marker };
}

/** Refuses to run somewhere else than meant: a relative path in a command would hit the wrong files. */
export async function checkDirectory(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new OpsError('file', `The directory ${directory} does not exist (any more); nothing was run.`, {
    next: 'Create it, or start the run anew.',
  });
}
