import * as z from 'zod/mini';
import { OpsError } from '../errors.ts';

/**
 * The file of a Redis export: keys with their values as DUMP gives them, for RESTORE on a server of the same or a newer
 * version. Before compression it is
 *
 *     CACHE-OPS KEYS 1\n
 *     {"server":"redis-1:6379", …}\n                                           KeyFileHeader, JSON on one line
 *     01 | key length | payload length | expiry | key | payload                a record, again and again
 *     00 | count                                                               the end
 *
 * Lengths are u32, the count of records and the expiry f64, all little-endian. The expiry is milliseconds since 1970 by the
 * server's clock, 0 for a key that stays. A key that SCAN gave twice stands in it twice; the later record counts. On disk it
 * is a chain of gzip members, each ending after a whole record, so that an export that broke off goes on after its last
 * whole member; `gunzip` reads the chain as one file. Without the end it is a broken file, whatever its length.
 */
export interface KeyRecord {
  readonly key: Uint8Array;
  /** What DUMP gave. */
  readonly payload: Uint8Array;
  /** Milliseconds since 1970; 0: none. */
  readonly expiresAtMs: number;
}

const headerSchema = z.object({
  /** `redis-1:6379` */
  server: z.string(),
  /** As INFO says; of Valkey its own. */
  version: z.string(),
  runId: z.string(),
  db: z.number(),
  /** As SCAN's MATCH takes it; `*`: all. */
  pattern: z.string(),
  startedAtMs: z.number(),
});

export type KeyFileHeader = z.output<typeof headerSchema>;

const magic = 'CACHE-OPS KEYS 1\n';
const recordHead = 17;
const endLength = 9;
/** Redis takes no larger value than 512 MB unless told to; four times that is no record any more. */
const largestRecord = 2 ** 31;
const largestHeader = 64 * 1024;

export function encodeHeader(header: KeyFileHeader): Buffer {
  return Buffer.from(`${magic}${JSON.stringify(header)}\n`);
}

export function encodeRecords(records: readonly KeyRecord[]): Buffer {
  const length = records.reduce((sum, { key, payload }) => sum + recordHead + key.length + payload.length, 0);
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const { key, payload, expiresAtMs } of records) {
    bytes[at] = 1;
    bytes.writeUInt32LE(key.length, at + 1);
    bytes.writeUInt32LE(payload.length, at + 5);
    bytes.writeDoubleLE(expiresAtMs, at + 9);
    bytes.set(key, at + recordHead);
    bytes.set(payload, at + recordHead + key.length);
    at += recordHead + key.length + payload.length;
  }
  return bytes;
}

export function encodeEnd(count: number): Buffer {
  const bytes = Buffer.alloc(endLength);
  bytes.writeDoubleLE(count, 1);
  return bytes;
}

/** Whole records, one after the other, as they stand in the file: a page of them costs no more than its bytes. */
export interface KeyPage {
  readonly bytes: Buffer;
  readonly count: number;
}

/** The records of a page; they share its memory. */
export function* recordsIn({ bytes }: KeyPage): Generator<KeyRecord> {
  for (let at = 0; at < bytes.length;) {
    const keyAt = at + recordHead;
    const payloadAt = keyAt + bytes.readUInt32LE(at + 1);
    const end = payloadAt + bytes.readUInt32LE(at + 5);
    const expiresAtMs = bytes.readDoubleLE(at + 9);
    yield { key: bytes.subarray(keyAt, payloadAt), payload: bytes.subarray(payloadAt, end), expiresAtMs };
    at = end;
  }
}

/**
 * Takes a key file apart, piece by piece: `push` gives the records that are whole by now, sharing the memory of what was
 * pushed. Throws OpsError `file` for what is no such file; `finish` throws where its end is missing.
 */
export class KeyFileReader {
  #pieces: Buffer[] = [];
  #length = 0;
  /** So many bytes are needed before there is anything new to say. */
  #needed = 1;
  #header: KeyFileHeader | undefined;
  #count = 0;
  #isOver = false;

  /** Known after the first records. */
  get header(): KeyFileHeader | undefined {
    return this.#header;
  }

  push(piece: Buffer): KeyPage {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length < this.#needed) return { bytes: piece.subarray(0, 0), count: 0 };
    const bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces, this.#length);
    const start = this.#header ? 0 : this.#takeHeader(bytes);
    const before = this.#count;
    const end = this.#header ? this.#takeRecords(bytes, start) : start;
    const used = this.#isOver ? end + endLength : end;
    if (this.#isOver && used < bytes.length) throw broken('something follows its end');
    this.#pieces = used === bytes.length ? [] : [bytes.subarray(used)];
    this.#length = bytes.length - used;
    return { bytes: bytes.subarray(start, end), count: this.#count - before };
  }

  /** How many records there were. */
  finish(): number {
    if (!this.#isOver) throw broken('it ends in the middle');
    return this.#count;
  }

  /** Where the last whole record ends. */
  #takeRecords(bytes: Buffer, start: number): number {
    let at = start;
    this.#needed = 1;
    while (at < bytes.length) {
      if (this.#isOver) throw broken('something follows its end');
      const kind = bytes[at];
      if (kind !== 0 && kind !== 1) throw broken('there is something else than a record in it');
      const head = kind === 0 ? endLength : recordHead;
      if (bytes.length - at < head) return this.#wait(at, head);
      if (kind === 0) {
        if (bytes.readDoubleLE(at + 1) !== this.#count) throw broken('records are missing from it');
        this.#isOver = true;
        return at;
      }
      const length = head + bytes.readUInt32LE(at + 1) + bytes.readUInt32LE(at + 5);
      if (length > largestRecord) throw broken('a record in it is impossibly long');
      if (bytes.length - at < length) return this.#wait(at, length);
      this.#count++;
      at += length;
    }
    return at;
  }

  #wait(at: number, needed: number): number {
    this.#needed = needed;
    return at;
  }

  #takeHeader(bytes: Buffer): number {
    const start = bytes.subarray(0, magic.length).toString('latin1');
    if (!magic.startsWith(start)) throw broken('it is no export of keys, or one of a newer Cache Ops');
    const end = bytes.indexOf(10, magic.length);
    if (start.length < magic.length || end === -1) {
      if (bytes.length > largestHeader) throw broken('its header is impossibly long');
      this.#needed = bytes.length + 1;
      return 0;
    }
    this.#header = parseHeader(bytes.subarray(magic.length, end).toString());
    return end + 1;
  }
}

function parseHeader(line: string): KeyFileHeader {
  try {
    return headerSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw broken('its header cannot be read', cause);
  }
}

function broken(why: string, cause?: unknown): OpsError {
  return new OpsError('file', `The export of keys is broken: ${why}.`, {
    ...(cause === undefined ? {} : { cause }),
    next: 'Use another backup.',
  });
}
