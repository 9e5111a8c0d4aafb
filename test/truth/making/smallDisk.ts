import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { NotHere } from '../state.ts';
import type { Stage } from '../state.ts';

/** A folder on a file system of its own that holds so much; needs the right to mount one. */
export async function smallDisk(stage: Stage, megabytes: number): Promise<string> {
  const folder = path.join(stage.folder, 'disk');
  await mkdir(folder, { recursive: true });
  const run = promisify(execFile);
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'cache-ops-truth', folder]).catch((error: unknown) => {
    throw new NotHere(`a small disk cannot be mounted here: ${String(error).split('\n')[0] ?? ''}`);
  });
  stage.undo(() => run('umount', ['--lazy', folder]));
  return folder;
}
