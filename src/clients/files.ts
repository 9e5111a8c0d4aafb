import { randomUUID } from 'node:crypto';
import { chmod, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OpsError } from '../core/errors.ts';

/** The text of a UTF-8 file, its byte order mark kept as the first character, with the bytes it came from. */
export interface TextFile {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** Reads at most `maxBytes`; a larger file, another encoding or no permission is an OpsError that says so. */
export async function readTextFile(path: string, maxBytes: number): Promise<TextFile> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) {
      const [is, limit] = [size, maxBytes].map((bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MB`);
      throw new OpsError('file', `${path} is too large to be shown: ${is}, the limit is ${limit}.`, {
        next: 'Split it.',
      });
    }
    const bytes = await readFile(path);
    return { bytes, text: decodeUtf8(bytes, path) };
  } catch (error) {
    throw fileError(error, path);
  }
}

function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new OpsError('file', `${path} is not valid UTF-8.`, { cause, next: 'Save it with the encoding UTF-8.' });
  }
}

/**
 * Replaces a file as a whole: into a temporary file beside it, then renamed, so that a reader sees the old text or the
 * new one and never a part. A link is followed, the file's mode is kept. Refuses when the file is read-only (a rename
 * would get round that), or no longer holds `expected`.
 */
export async function replaceFile(path: string, expected: Uint8Array, content: Uint8Array): Promise<void> {
  try {
    const target = await realpath(path);
    const { mode } = await stat(target);
    if ((mode & 0o222) === 0) {
      throw new OpsError('readOnly', `${path} is read-only; nothing was changed.`, { next: 'Make it writable first.' });
    }
    const temporary = join(dirname(target), `.${randomUUID()}.tmp`);
    try {
      await writeThrough(temporary, content, mode);
      if (Buffer.compare(await readFile(target), expected) !== 0) {
        throw new OpsError('conflict', `${path} was changed by someone else a moment ago; nothing was changed.`, {
          next: 'Look at it and try again.',
        });
      }
      await rename(temporary, target);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw fileError(error, path);
  }
}

async function writeThrough(path: string, content: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode & 0o777);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(path, mode & 0o777);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist (any more)',
  EACCES: 'may not be accessed by this user',
  EPERM: 'may not be accessed by this user',
  EROFS: 'is on a read-only file system',
  EISDIR: 'is a folder',
  ENOSPC: 'could not be written: the disk is full',
};

/** What went wrong with a file or folder, as a sentence. */
export function fileError(error: unknown, path: string): OpsError {
  if (error instanceof OpsError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason =
    reasons[code] ?? `could not be read or written (${error instanceof Error ? error.message : String(error)})`;
  return new OpsError(code === 'EROFS' ? 'readOnly' : 'file', `${path} ${reason}.`, { cause: error });
}
