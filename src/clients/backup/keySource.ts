import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { KeyFileReader } from '../../core/backup/keyFile.ts';
import type { KeyFileHeader, KeyPage } from '../../core/backup/keyFile.ts';
import { OpsError } from '../../core/errors.ts';
import { chunksOf } from '../chunks.ts';
import { fileError } from '../files.ts';

/**
 * The records of an export on disk, some at a time. Throws OpsError `file` where it cannot be read, is damaged or has no
 * end; what came before is whole all the same.
 */
export async function* readKeys(path: string): AsyncGenerator<KeyPage> {
  const reader = new KeyFileReader();
  for await (const piece of unpacked(path)) {
    const page = reader.push(piece);
    if (page.count > 0) yield page;
  }
  reader.finish();
}

/** What its first lines say. */
export async function readKeyFileHeader(path: string): Promise<KeyFileHeader> {
  const reader = new KeyFileReader();
  for await (const piece of unpacked(path)) {
    reader.push(piece);
    if (reader.header) return reader.header;
  }
  throw new OpsError('file', `${path} holds no export of keys.`);
}

async function* unpacked(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 64 * 1024 });
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  file.on('error', (error) => gunzip.destroy(error));
  try {
    yield* chunksOf(file.pipe(gunzip));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('Z_'))
      throw new OpsError('file', `${path} is damaged: it cannot be unpacked.`, { cause: error });
    throw fileError(error, path);
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}
