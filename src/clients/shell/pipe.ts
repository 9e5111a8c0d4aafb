import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** Long enough never to come up by chance, short enough to be written in one piece. */
const markLength = 24;

/**
 * Reads one named pipe. `drained` tells when all that was written before has been read: it writes a mark of its own into
 * the pipe, which nobody else knows, and waits for it to come out. That holds whatever became of the writers.
 */
export class PipeReader {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #socket: Socket;
  readonly #mark = randomBytes(markLength);
  readonly #ended = Promise.withResolvers<void>();
  readonly #marked = Promise.withResolvers<void>();
  #markState: 'none' | 'wanted' | 'written' | 'read' = 'none';
  #held: Buffer = Buffer.alloc(0);
  #onData: (bytes: Buffer) => void;
  /** Whether nobody has it open for writing any more, and all is read. */
  isEnded = false;

  /** `descriptor` is open for reading, and is closed by this. */
  constructor(path: string, descriptor: number, onData: (bytes: Buffer) => void) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#onData = onData;
    this.#socket = new Socket({ fd: descriptor, readable: true, writable: false });
    this.#socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    this.#socket.once('close', () => this.#finish());
    this.#socket.on('error', () => this.#socket.destroy());
  }

  /** Resolves when nobody can write any more. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Resolves when all that was written before this call has been handed on. */
  drained(): Promise<void> {
    if (this.#markState === 'none' && !this.isEnded) {
      this.#markState = 'wanted';
      this.#writeMark();
    }
    return this.#marked.promise;
  }

  /** Goes on reading, so that whoever writes is neither held up nor ended, but to no purpose and as long as we live. */
  detach(): void {
    this.#onData = () => undefined;
    this.#socket.unref();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this.#markState === 'written') this.#search(bytes);
    else this.#onData(bytes);
    if (this.#markState === 'wanted') this.#writeMark();
  }

  #search(bytes: Buffer): void {
    const text = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const at = text.indexOf(this.#mark);
    if (at === -1) {
      const safe = text.length - beginningAtEnd(text, this.#mark);
      this.#held = text.subarray(safe);
      this.#pass(text.subarray(0, safe));
      return;
    }
    this.#markState = 'read';
    this.#held = Buffer.alloc(0);
    this.#pass(text.subarray(0, at));
    this.#marked.resolve();
    this.#pass(text.subarray(at + markLength));
  }

  #pass(bytes: Buffer): void {
    if (bytes.length > 0) this.#onData(bytes);
  }

  /** A full pipe takes no mark now; it is tried again after the next read. */
  #writeMark(): void {
    try {
      const descriptor = this.#openToWrite();
      try {
        writeSync(descriptor, this.#mark);
        this.#markState = 'written';
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      const isFull = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      if (!isFull) this.#socket.destroy();
    }
  }

  /** Through our own descriptor where the pipe's name was removed. */
  #openToWrite(): number {
    const flags = constants.O_WRONLY | constants.O_NONBLOCK;
    try {
      return openSync(this.#path, flags);
    } catch {
      return openSync(`/proc/self/fd/${this.#descriptor}`, flags);
    }
  }

  #finish(): void {
    this.#pass(this.#held);
    this.isEnded = true;
    this.#ended.resolve();
    this.#marked.resolve();
  }
}

/** How many bytes at the end of `text` may be the beginning of `mark`. */
function beginningAtEnd(text: Buffer, mark: Buffer): number {
  for (let length = Math.min(text.length, mark.length - 1); length > 0; length--)
    if (text.subarray(text.length - length).equals(mark.subarray(0, length))) return length;
  return 0;
}
