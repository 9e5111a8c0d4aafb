import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { OpsError } from '../../core/errors.ts';

/** What decides where bash is; a parameter so that a test can be on another system. */
export interface BashSurroundings {
  readonly platform: NodeJS.Platform;
  readonly searchPath: string;
}

/**
 * The absolute path of bash: the one that is set, else the first in PATH. Where there is none, an OpsError says what to
 * install. On Windows that is WSL: bash for Windows itself has no named pipes that other programs can read.
 */
export async function findBash(
  configured: string | undefined,
  surroundings: BashSurroundings = { platform: process.platform, searchPath: process.env['PATH'] ?? '' },
): Promise<string> {
  if (surroundings.platform === 'win32') {
    throw new OpsError('file', 'Commands run in bash, which Windows does not have; nothing was run.', {
      next: 'Install WSL (in a terminal: wsl --install), then reopen the folder there with "WSL: Reopen Folder in WSL".',
    });
  }
  if (configured !== undefined) {
    if (isAbsolute(configured) && (await isProgram(configured))) return configured;
    throw new OpsError('settings', `${configured} is set as the path of bash, but is no program; nothing was run.`, {
      next: 'Set the absolute path of bash, or none to have it looked up in PATH.',
    });
  }
  for (const folder of surroundings.searchPath.split(delimiter).filter(isAbsolute))
    if (await isProgram(join(folder, 'bash'))) return join(folder, 'bash');
  throw new OpsError('file', 'Commands run in bash, but there is no bash in PATH; nothing was run.', {
    next: 'Install bash where the workspace is (Debian, Ubuntu: apt install bash; Alpine: apk add bash).',
  });
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
