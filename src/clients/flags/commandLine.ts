import { OpsError } from '../../core/errors.ts';
import type { CommandOptions } from '../command.ts';
import { mustRun } from '../command.ts';

/**
 * Runs a command line of the settings in a shell, exactly as it stands there: nothing is filled in, values go by
 * environment variable. Gives its output; throws OpsError where it fails.
 */
export async function runCommandLine(line: string, options: CommandOptions): Promise<string> {
  if (process.platform === 'win32')
    throw new OpsError('file', 'Command lines run in a POSIX shell, which Windows does not have; nothing was run.', {
      next: 'Reopen the folder in WSL with "WSL: Reopen Folder in WSL".',
    });
  return mustRun(['/bin/sh', '-c', line], { called: `“${line}”`, ...options });
}
