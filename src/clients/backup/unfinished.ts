import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { backUpRequest } from '../../core/backup/request.ts';
import { OpsError } from '../../core/errors.ts';
import { fileError } from '../files.ts';

const name = 'unfinished.json';

const counts = z.object({ keys: z.number(), gone: z.number(), denied: z.number(), rawBytes: z.number() });

/** How far the export of keys had come when a backup ended half way. */
const unfinishedSchema = z.object({
  environment: z.string(),
  startedAtMs: z.number(),
  request: backUpRequest,
  /** By the address of each server. */
  exports: z.record(
    z.string(),
    z.object({
      path: z.string(),
      checkpoint: z.object({ runId: z.string(), cursor: z.string(), bytes: z.number(), counts }),
    }),
  ),
});

export type Unfinished = z.output<typeof unfinishedSchema>;

/** Replaced as a whole. Throws OpsError `file`. */
export async function writeUnfinished(folder: string, unfinished: Unfinished): Promise<void> {
  const path = join(folder, name);
  try {
    await writeFile(`${path}.new`, JSON.stringify(unfinished), { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Throws OpsError `file` where nothing can be gone on with. */
export async function readUnfinished(folder: string): Promise<Unfinished> {
  try {
    return unfinishedSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
  } catch (cause) {
    throw new OpsError('file', `${folder} was left before anything in it could be gone on with.`, { cause });
  }
}
