import { execFile, spawnSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { NotHere } from '../state.ts';
import type { Stage } from '../state.ts';

const run = promisify(execFile);

/** By which ours are known in the table of mounts. */
const device = 'cache-ops-truth';

/** A folder on a file system of its own that holds so much; needs the right to mount one. */
export async function smallDisk(stage: Stage, megabytes: number): Promise<string> {
  const folder = path.join(stage.folder, 'disk');
  await mkdir(folder, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, device, folder]).catch((error: unknown) => {
    throw new NotHere(`a small disk cannot be mounted here: ${String(error).split('\n')[0] ?? ''}`);
  });
  // Also when we are asked to end meanwhile.
  const unmountNow = (): void => void spawnSync('umount', ['--lazy', folder]);
  process.once('exit', unmountNow);
  stage.undo(async () => {
    process.off('exit', unmountNow);
    await run('umount', ['--lazy', folder]);
  });
  return folder;
}

/** Unmounts the small disks below `folder` that a run left behind which was killed. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8').catch(() => '');
  for (const line of mounts.split('\n')) {
    const [source, place = ''] = line.split(' ');
    const mounted = place.replaceAll(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCodePoint(Number.parseInt(octal, 8)),
    );
    if (source === device && mounted.startsWith(`${folder}${path.sep}`)) await run('umount', ['--lazy', mounted]);
  }
}
