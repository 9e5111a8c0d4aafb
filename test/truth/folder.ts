import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isRunning } from '../../src/clients/processIdentity.ts';
import { unmountBelow } from './making/smallDisk.ts';

const all = path.resolve(import.meta.dirname, '../../.sandbox/truth');

/** Where this run makes its states: other runs are not in its way. */
export const folderOfRun = path.join(all, `run-${process.pid}`);

/** Removes what runs left behind that were killed. */
export async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(all).catch(() => [])) {
    const pid = Number(/^run-(\d+)$/.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isNaN(pid) && pid !== process.pid && (await isRunning({ pid }))) continue;
    await unmountBelow(path.join(all, name));
    await rm(path.join(all, name), { recursive: true, force: true });
  }
}
