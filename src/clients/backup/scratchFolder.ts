import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { isRunning, processIdentity } from '../processIdentity.ts';

const prefix = 'cache-ops-';
const ownerFile = 'owner.json';
const ownerSchema = z.object({ host: z.string(), pid: z.number(), started: z.exactOptional(z.string()) });

/**
 * A folder for a scratch server or what it is to read, for its owner alone. Whoever made it removes it; those of editors
 * that were killed before they could are removed here.
 */
export async function makeScratchFolder(): Promise<string> {
  await removeAbandoned();
  // A path that stays short: that of a socket has to fit into 108 characters.
  const folder = await mkdtemp(join(tmpdir(), prefix));
  await writeFile(join(folder, ownerFile), JSON.stringify({ host: hostname(), ...(await processIdentity()) }));
  return folder;
}

/** Known by the program that made them, never by their names. What cannot be looked at is somebody else's. */
async function removeAbandoned(): Promise<void> {
  const names = (await readdir(tmpdir()).catch(() => [])).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const folder = join(tmpdir(), name);
    const owner = await ownerOf(folder).catch(() => undefined);
    if (owner?.host !== hostname() || (await isRunning(owner))) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function ownerOf(folder: string): Promise<z.output<typeof ownerSchema>> {
  return ownerSchema.parse(JSON.parse(await readFile(join(folder, ownerFile), 'utf8')));
}
