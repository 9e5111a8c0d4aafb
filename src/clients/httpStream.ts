import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import http from 'node:http';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fetch from 'node-fetch';
import type { RequestInit, Response } from 'node-fetch';
import { OpsError } from '../core/errors.ts';
import { formatBytes } from '../core/format.ts';
import { chunksOf, release } from './chunks.ts';
import { fileError } from './files.ts';
import type { HttpAnswer, HttpTarget } from './http.ts';
import { httpError, wayTo } from './http.ts';

/** A stream that stands still for so long is given up. */
const idleMs = 60_000;
const mostErrorBytes = 64 * 1024;

export interface StreamOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
}

export interface Downloaded {
  readonly bytes: number;
  /** Hexadecimal, of what was written. */
  readonly sha256: string;
}

/**
 * GETs `path` into a new file, mode 0600, and takes its SHA-256 on the way; gives the answer where the status is not 200.
 * Throws OpsError: `protocol` for a body that ends early, `timedOut` for one that stands still, `file` for the disk.
 */
export async function downloadFile(
  target: HttpTarget,
  path: string,
  file: string,
  { signal, onProgress }: StreamOptions,
): Promise<Downloaded | HttpAnswer> {
  return watched(target, signal, async (stop, alive) => {
    const response = await get(target, path, stop);
    if (response.statusCode !== 200) return refusalOf(response);
    const length = Number(response.headers['content-length'] ?? Number.NaN);
    const total = Number.isNaN(length) ? undefined : length;
    const hash = createHash('sha256');
    const output = await open(file, 'wx', 0o600).catch((error: unknown) => {
      throw fileError(error, file);
    });
    let bytes = 0;
    let isDisk = false;
    const { socket } = response;
    // Node's parser has copied what it found in it.
    socket.on('data', release);
    try {
      for await (const chunk of chunksOf(response)) {
        hash.update(chunk);
        await output.appendFile(chunk).catch((error: unknown) => {
          isDisk = true;
          throw fileError(error, file);
        });
        bytes += chunk.length;
        release(chunk);
        alive();
        onProgress?.(bytes, total);
      }
      await output.sync();
    } catch (error) {
      // With another word than for one who does not answer at all.
      if (isDisk || stop.aborted) throw error;
      throw endedEarly(target, bytes, total, error);
    } finally {
      socket.off('data', release);
      await output.close();
    }
    if (total !== undefined && bytes !== total) throw endedEarly(target, bytes, total);
    return { bytes, sha256: hash.digest('hex') };
  });
}

/** POSTs a file as the part `name` of a form, streamed. */
export async function uploadFile(
  target: HttpTarget,
  path: string,
  { name, file, bytes }: { readonly name: string; readonly file: string; readonly bytes: number },
  { signal, onProgress, timeoutMs }: StreamOptions & { readonly timeoutMs: number },
): Promise<HttpAnswer> {
  const boundary = `cache-ops-${createHash('sha256').update(`${file}${bytes}`).digest('hex').slice(0, 32)}`;
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  let sent = 0;
  // While the server works on what it has got, nothing moves: it has the whole time.
  return watched(
    target,
    signal,
    async (stop) => {
      async function* form(): AsyncGenerator<Buffer> {
        yield Buffer.from(head);
        for await (const chunk of chunksOf(createReadStream(file, { highWaterMark: 256 * 1024 }))) {
          yield chunk;
          sent += chunk.length;
          onProgress?.(sent, bytes);
        }
        yield Buffer.from(tail);
      }
      const headers = {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': String(head.length + bytes + tail.length),
      };
      const body = Readable.from(form(), { objectMode: false });
      return answerOf(await request(target, path, { method: 'POST', headers, body, signal: stop }));
    },
    timeoutMs,
  );
}

/** By Node's own client: of node-fetch one does not get the socket, whose buffers would come together. */
function get(target: HttpTarget, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, headers, agent } = wayTo(target, target.baseUrl + path);
  const { request: ask } = new URL(url).protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    // Compressed on the way, it would come without its length.
    const options = { agent, headers: { ...headers, 'accept-encoding': 'identity' }, signal };
    ask(url, options, resolve).on('error', reject).end();
  });
}

async function refusalOf(response: IncomingMessage): Promise<HttpAnswer> {
  const { 'content-type': type = '', etag } = response.headers;
  const body = (await text(response)).slice(0, mostErrorBytes);
  return { status: response.statusCode ?? 0, body, type, etag };
}

function request(
  target: HttpTarget,
  path: string,
  { headers, ...init }: Omit<RequestInit, 'headers'> & { readonly headers: Readonly<Record<string, string>> },
): Promise<Response> {
  const way = wayTo(target, target.baseUrl + path);
  return fetch(way.url, {
    ...init,
    headers: { ...way.headers, ...headers },
    agent: way.agent,
    redirect: 'manual',
  });
}

async function answerOf(response: Response): Promise<HttpAnswer> {
  const body = (await response.text()).slice(0, mostErrorBytes);
  const etag = response.headers.get('etag') ?? undefined;
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, body, type, etag };
}

/** Ends `work` when it is cancelled, or when nothing was heard for `limitMs`. */
async function watched<T>(
  target: HttpTarget,
  signal: AbortSignal,
  work: (stop: AbortSignal, alive: () => void) => Promise<T>,
  limitMs = idleMs,
): Promise<T> {
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(), limitMs);
  const address = new URL(target.baseUrl).host;
  try {
    return await work(AbortSignal.any([signal, idle.signal]), () => timer.refresh());
  } catch (error) {
    if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.', { cause: error });
    if (idle.signal.aborted) {
      throw new OpsError('timedOut', `${address} sent nothing for ${limitMs / 1000} s.`, { cause: error });
    }
    throw httpError(error, address);
  } finally {
    clearTimeout(timer);
  }
}

function endedEarly(target: HttpTarget, bytes: number, total: number | undefined, cause?: unknown): OpsError {
  const { host } = new URL(target.baseUrl);
  const of = total === undefined ? '' : ` of ${formatBytes(total)}`;
  return new OpsError('protocol', `${host} ended in the middle of the file, after ${formatBytes(bytes)}${of}.`, {
    ...(cause === undefined ? {} : { cause }),
    next: 'Try again.',
  });
}
