import { constants, openSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { OpsError } from '../../core/errors.ts';
import type { ComposedFile } from '../../core/run/script.ts';
import { names } from '../../core/run/script.ts';

/** In memory where the system has such a place: it is faster, and no command is ever written to a disk. */
function usualPlaces(): readonly string[] {
  const inMemory = process.platform === 'linux' ? [process.env['XDG_RUNTIME_DIR'] ?? '', '/dev/shm'] : [];
  return [...inMemory.filter(isAbsolute), tmpdir()];
}

/** The private folder of one run: script, statements and named pipes, readable by this user alone. */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** With these files in it, and those that the script expects besides. */
  static async create(
    compose: (folder: string) => readonly ComposedFile[],
    places: readonly string[] = usualPlaces(),
  ): Promise<RunFolder> {
    const failures: unknown[] = [];
    for (const place of places) {
      try {
        return await RunFolder.#createIn(place, compose);
      } catch (error) {
        failures.push(error);
      }
    }
    throw new OpsError('file', `No folder for the commands could be made in ${places.join(', ')}; nothing was run.`, {
      cause: failures.at(-1),
      next: 'Make sure that there is room and that this user may write there.',
    });
  }

  static async #createIn(place: string, compose: (folder: string) => readonly ComposedFile[]): Promise<RunFolder> {
    const folder = new RunFolder(await mkdtemp(join(place, 'cache-ops-')));
    try {
      for (const name of [names.permit, names.list]) folder.#write(name, '');
      for (const { name, text } of compose(folder.path)) folder.#write(name, text);
      return folder;
    } catch (error) {
      folder.remove();
      throw error;
    }
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text, { mode: 0o600, flag: 'wx' });
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** The statement that runs is the last, even if the shell survives being asked to end. */
  withdrawPermit(): void {
    try {
      unlinkSync(this.file(names.permit));
    } catch {
      // Gone already, and the folder with it: then the shell stops as well.
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Does not wait for a writer. */
export function openForReading(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Keeps a pipe from ending while nobody else has it open. */
export function openForBoth(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
}
