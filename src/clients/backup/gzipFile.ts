import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createGzip } from 'node:zlib';
import type { Gzip } from 'node:zlib';
import type { StoredFile } from '../../core/backup/manifest.ts';
import { chunksOf } from '../chunks.ts';
import { fileError } from '../files.ts';

/** Level 1 takes a quarter of the time of the usual 6 for a tenth more bytes; large chunks keep the thread pool's turns few. */
const gzipOptions = { level: 1, memLevel: 9 };

/**
 * A file that grows as a chain of gzip members: after `checkpoint` what was written so far is on the disk and whole. Its
 * SHA-256 is taken on the way. Throws OpsError `file`.
 */
export class GzipFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #hash: Hash;
  #bytes: number;
  #member: { readonly gzip: Gzip; readonly written: Promise<void> } | undefined;

  private constructor(path: string, file: FileHandle, hash: Hash, bytes: number) {
    this.#path = path;
    this.#file = file;
    this.#hash = hash;
    this.#bytes = bytes;
  }

  /** A new file; or, with `keptBytes`, one that is there: what lies beyond that checkpoint is cut off. */
  static async open(path: string, keptBytes?: number): Promise<GzipFile> {
    try {
      const file = await open(path, keptBytes === undefined ? 'wx' : 'r+', 0o600);
      const hash = createHash('sha256');
      if (keptBytes !== undefined && keptBytes > 0) {
        for await (const chunk of chunksOf(createReadStream(path, { end: keptBytes - 1 }))) hash.update(chunk);
      }
      if (keptBytes !== undefined) await file.truncate(keptBytes);
      return new GzipFile(path, file, hash, keptBytes ?? 0);
    } catch (error) {
      throw fileError(error, path);
    }
  }

  /** Waits until there is room for more. */
  async write(bytes: Uint8Array): Promise<void> {
    const { gzip, written } = (this.#member ??= this.#begin());
    if (!gzip.destroyed && gzip.write(bytes)) return;
    await Promise.race([once(gzip, 'drain'), written]);
  }

  /** Ends the member, and waits until all of it is on the disk. Returns the length of the file. */
  async checkpoint(): Promise<number> {
    const member = this.#member;
    this.#member = undefined;
    member?.gzip.end();
    await member?.written;
    try {
      await this.#file.sync();
    } catch (error) {
      throw fileError(error, this.#path);
    }
    return this.#bytes;
  }

  /** After a checkpoint. */
  facts(): Pick<StoredFile, 'bytes' | 'sha256'> {
    return { bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') };
  }

  /** Without a checkpoint before, what was written last is lost. */
  async close(): Promise<void> {
    this.#member?.gzip.destroy();
    await this.#member?.written.catch(() => undefined);
    await this.#file.close();
  }

  #begin(): { readonly gzip: Gzip; readonly written: Promise<void> } {
    const gzip = createGzip(gzipOptions);
    const written = this.#drain(gzip);
    // Reported by whoever writes next.
    written.catch(() => gzip.destroy());
    return { gzip, written };
  }

  async #drain(gzip: Gzip): Promise<void> {
    try {
      for await (const chunk of chunksOf(gzip)) {
        this.#hash.update(chunk);
        await writeWhole(this.#file, chunk, this.#bytes);
        this.#bytes += chunk.length;
      }
    } catch (error) {
      throw fileError(error, this.#path);
    }
  }
}

/** A write may take less than it was given, on a disk that is nearly full. */
async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
