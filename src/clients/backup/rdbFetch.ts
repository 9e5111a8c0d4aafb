import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import type { NetConnectOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { OpsError } from '../../core/errors.ts';
import { chunksOf } from '../chunks.ts';
import { fileError } from '../files.ts';
import { redisError } from '../redisErrors.ts';
import { addressOf } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';

const idleMs = 120_000;
const markLength = 40;

export interface FetchedRdb {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Has the server send its data set as an RDB file, as it would to a new replica (SYNC), into a new file, mode 0600. It is
 * the one way to a snapshot without access to the server's disk, and needs +sync +psync +replconf. ioredis cannot read it:
 * what follows SYNC is no reply of the protocol. Throws OpsError.
 */
export async function fetchRdb(
  target: RedisTarget,
  path: string,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress?: (bytes: number) => void },
): Promise<FetchedRdb> {
  const address = addressOf(target);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), idleMs);
  let stream: Duplex | undefined;
  const end = (): void => void stream?.destroy();
  signal.addEventListener('abort', end);
  stop.signal.addEventListener('abort', end);
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw fileError(error, path);
  });
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.');
    stream = await dial(target);
    const reader = new StreamReader(stream, () => timer.refresh());
    await login(reader, target);
    for await (const chunk of await begin(reader)) {
      hash.update(chunk);
      await file.appendFile(chunk).catch((error: unknown) => {
        throw fileError(error, path);
      });
      bytes += chunk.length;
      onProgress?.(bytes);
    }
    await file.sync();
    return { bytes, sha256: hash.digest('hex') };
  } catch (error) {
    if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.', { cause: error });
    if (stop.signal.aborted) {
      throw new OpsError('timedOut', `${address} sent nothing for ${idleMs / 1000} s.`, { cause: error });
    }
    throw explainSync(error, address, target.username);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    stream?.destroy();
    await file.close();
  }
}

function dial({ endpoint, tls, dial: tunnel }: RedisTarget): Promise<Duplex> | Duplex {
  if (tunnel && 'host' in endpoint) {
    return tunnel(endpoint.host, endpoint.port).then((socket) => (tls ? connectTls({ ...tls, socket }) : socket));
  }
  return tls ? connectTls({ ...endpoint, ...tls }) : connectPlain(endpoint as NetConnectOpts);
}

async function login(reader: StreamReader, { username, password }: RedisTarget): Promise<void> {
  if (password !== undefined) await reader.ask('AUTH', ...(username === undefined ? [] : [username]), password);
  await reader.ask('REPLCONF', 'capa', 'eof');
  // Known since 7.0: nothing follows the file then.
  await reader.ask('REPLCONF', 'rdb-only', '1').catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith('NOPERM')) throw error;
  });
}

/** The bytes of the file: as many as are announced, or up to a mark that is. */
async function begin(reader: StreamReader): Promise<AsyncGenerator<Buffer>> {
  const line = await reader.ask('SYNC');
  const mark = /^\$EOF:(.{40})/.exec(line)?.[1];
  if (mark !== undefined) return reader.untilMark(Buffer.from(mark, 'latin1'));
  const length = /^\$(\d+)$/.exec(line)?.[1];
  if (length === undefined) throw new OpsError('protocol', `SYNC was answered with "${line.slice(0, 60)}".`);
  return reader.take(Number(length));
}

class StreamReader {
  readonly #stream: Duplex;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #alive: () => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Duplex, alive: () => void) {
    this.#stream = stream;
    this.#chunks = chunksOf(stream);
    this.#alive = alive;
  }

  /** Sends a command and gives the first line of the answer. While the server forks it sends empty lines. */
  async ask(...words: readonly string[]): Promise<string> {
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    this.#stream.write(`*${words.length}\r\n${parts.join('')}`);
    for (;;) {
      const end = this.#rest.indexOf(10);
      if (end === -1) {
        this.#rest = Buffer.concat([this.#rest, await this.#more()]);
        continue;
      }
      const line = this.#rest.subarray(0, end).toString('latin1').trim();
      this.#rest = this.#rest.subarray(end + 1);
      if (line.startsWith('-')) throw new Error(line.slice(1));
      if (line !== '') return line;
    }
  }

  async *take(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0;) {
      if (this.#rest.length === 0) this.#rest = await this.#more();
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.length);
      left -= chunk.length;
      yield chunk;
    }
  }

  async *untilMark(mark: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.#rest.length >= markLength && this.#rest.subarray(-markLength).equals(mark)) {
        yield this.#rest.subarray(0, -markLength);
        return;
      }
      // The mark may be cut in two.
      const sure = Math.max(0, this.#rest.length - markLength);
      if (sure > 0) yield this.#rest.subarray(0, sure);
      this.#rest = Buffer.concat([this.#rest.subarray(sure), await this.#more()]);
    }
  }

  async #more(): Promise<Buffer> {
    const { done, value } = await this.#chunks.next();
    this.#alive();
    if (done) throw new OpsError('closed', 'The server closed the connection in the middle of its snapshot.');
    return value;
  }
}

function explainSync(error: unknown, address: string, username: string | undefined): OpsError {
  const explained = redisError(error, address);
  if (explained.code !== 'permission') return explained;
  return new OpsError('permission', explained.message, {
    cause: error,
    next: `Fetching the snapshot needs ACL SETUSER ${username ?? 'default'} +sync +psync +replconf; an export needs none of these.`,
  });
}
