import { mkdir, open } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { OpsError } from '../core/errors.ts';

const mostAttempts = 100;

/**
 * Writes a new file and never an existing one: where `path` is taken, `name-2.md`, `name-3.md` and so on are tried.
 * Makes the folders it needs. `mode` such as 0o600. Returns the path that was written; throws OpsError `file`.
 */
export async function writeNewFile(path: string, content: string | Uint8Array, mode?: number): Promise<string> {
  try {
    await mkdir(dirname(path), { recursive: true });
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      const candidate = attempt === 1 ? path : numbered(path, attempt);
      if (await writeExclusively(candidate, content, mode)) return candidate;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OpsError('file', `${path} could not be written (${reason}).`, {
      cause,
      next: 'Look at the folder’s permissions, or choose another.',
    });
  }
  throw new OpsError(
    'file',
    `${path} and ${mostAttempts - 1} numbered names after it are taken; nothing was written.`,
    {
      next: 'Move old ones away.',
    },
  );
}

function numbered(path: string, number: number): string {
  const extension = extname(path);
  return join(dirname(path), `${basename(path, extension)}-${number}${extension}`);
}

/** False where there is such a file already. */
async function writeExclusively(path: string, content: string | Uint8Array, mode?: number): Promise<boolean> {
  try {
    const file = await open(path, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
