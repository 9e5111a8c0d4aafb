import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import { freePort } from '../freePort.ts';
import { TunnelProcess } from './process.ts';

export interface ForwardOptions {
  /** What is at the other end, for messages: `redis-primary:6379`. */
  readonly to: string;
  /** A program and its arguments; `{port}` becomes a free local port. */
  readonly command: readonly string[];
  /** The port that the command always opens. Without it and without `{port}`, the command has to say its port as kubectl does. */
  readonly localPort?: number | undefined;
  readonly directory: string;
  readonly clock: Clock;
  /** What it says when it runs on but does not work any more. */
  readonly saysBroken?: RegExp;
  /** Told when it ends by itself, in a sentence. */
  readonly onEnded?: (sentence: string) => void;
  readonly readyTimeoutMs?: number;
}

const usualReadyTimeoutMs = 20_000;
/** A read does not wait longer for a command that starts; the next read will find it started. */
const patienceMs = 4_000;
const askEveryMs = 50;
/** What ran so long before it ended is started again at once. */
const provenMs = 30_000;
const longestPauseMs = 60_000;
const free = '{port}';

interface Opened {
  readonly process: TunnelProcess;
  readonly port: number;
  readonly atMs: number;
}

/**
 * One local port forwarded by a command: started when it is first dialled, and again at a dial after it ended; the more
 * often it failed in a row, the later. Never started while it runs.
 */
export class PortForward {
  readonly #options: ForwardOptions;
  readonly #name: string;
  readonly #sockets = new Set<Socket>();
  #process: TunnelProcess | undefined;
  #opening: Promise<Opened> | undefined;
  #failures = 0;
  #failed: { readonly error: OpsError; readonly retryAtMs: number } | undefined;
  #closed = false;

  constructor(options: ForwardOptions) {
    this.#options = options;
    const text = options.command.join(' ');
    this.#name = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  }

  /** What is at the other end: `redis-primary:6379`. */
  get to(): string {
    return this.#options.to;
  }

  /** A connection to what is at the other end. Throws OpsError; what the command said last is in its message. */
  async dial(): Promise<Socket> {
    const { process, port } = await this.#patiently(this.#open());
    const socket = await connectTo(port).catch((cause: unknown) => {
      throw new OpsError('refused', `"${this.#name}" does not accept connections any more.${process.lastWords}`, {
        cause,
      });
    });
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // The other end shows only in this: the local port accepts whether or not there is a server behind it.
    socket.once('end', () => {
      if (socket.bytesRead === 0) socket.destroy(this.#silence(process));
    });
    return socket;
  }

  /** Ends the command with everything it started. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#process?.stop();
  }

  /** Without waiting: for when this process ends itself. */
  kill(): void {
    this.#process?.kill();
  }

  #open(): Promise<Opened> {
    if (this.#opening) return this.#opening;
    const { clock } = this.#options;
    if (this.#failed && clock.monotonicMs() < this.#failed.retryAtMs) return Promise.reject(this.#failed.error);
    const opening = this.#start();
    this.#opening = opening;
    opening.then(
      (opened) => void opened.process.ended.then((how) => this.#ended(opened, how)),
      (error: unknown) => this.#fail(error instanceof OpsError ? error : new OpsError('protocol', String(error))),
    );
    return opening;
  }

  async #start(): Promise<Opened> {
    const { command, localPort, directory, clock } = this.#options;
    const known = command.some((word) => word.includes(free)) ? await freePort() : localPort;
    if (known !== undefined && known === localPort && (await accepts(known))) {
      throw new OpsError('conflict', `Port ${known} is in use by another program; "${this.#name}" was not started.`, {
        next: `Write ${free} into the command in place of the port, or end that program.`,
      });
    }
    if (this.#closed) throw new OpsError('closed', 'The tunnel was closed.');
    const process = await TunnelProcess.start(
      command.map((word) => word.replaceAll(free, String(known))),
      directory,
    );
    this.#process = process;
    try {
      // It may have been closed while it began.
      if (this.#closed) throw new OpsError('closed', 'The tunnel was closed.');
      return { process, port: await this.#ready(process, known), atMs: clock.monotonicMs() };
    } catch (error) {
      await process.stop();
      throw error;
    }
  }

  async #ready(process: TunnelProcess, known: number | undefined): Promise<number> {
    const { readyTimeoutMs = usualReadyTimeoutMs } = this.#options;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), readyTimeoutMs);
    try {
      const port = await Promise.race([
        known === undefined ? portSaidBy(process) : acceptedAt(known, late.signal),
        process.ended.then((how) => Promise.reject(this.#endedEarly(process, how))),
        new Promise<undefined>((resolve) => late.signal.addEventListener('abort', () => resolve(undefined))),
      ]);
      if (port !== undefined) return port;
    } finally {
      clearTimeout(timer);
      late.abort();
    }
    const what = known === undefined ? 'did not say its local port' : `did not open port ${known}`;
    throw new OpsError('timedOut', `"${this.#name}" ${what} within ${readyTimeoutMs / 1000} s.${process.lastWords}`, {
      next:
        known === undefined
          ? `Write ${free} into the command where the local port belongs, or set tunnel.localPorts.`
          : 'Try the command in a terminal.',
    });
  }

  #endedEarly(process: TunnelProcess, how: string): OpsError {
    return new OpsError('unreachable', `"${this.#name}" ended (${how}) before it forwarded.${process.lastWords}`, {
      next: 'Try the command in a terminal. It will be started again.',
    });
  }

  #ended({ process, atMs }: Opened, how: string): void {
    this.#opening = undefined;
    if (this.#closed) return;
    const error = new OpsError('closed', `"${this.#name}" ended (${how}).${process.lastWords}`, {
      next: 'It will be started again.',
    });
    if (this.#options.clock.monotonicMs() - atMs >= provenMs) this.#failures = 0;
    this.#fail(error);
    for (const socket of this.#sockets) socket.destroy(error);
    this.#options.onEnded?.(error.message);
    // What it started may have outlived it.
    void process.stop();
  }

  #fail(error: OpsError): void {
    this.#opening = undefined;
    this.#failures += 1;
    const pauseMs = Math.min(longestPauseMs, 500 * 2 ** this.#failures);
    this.#failed = { error, retryAtMs: this.#options.clock.monotonicMs() + (this.#failures === 1 ? 0 : pauseMs) };
  }

  #silence(process: TunnelProcess): OpsError {
    const { to, saysBroken } = this.#options;
    const error = new OpsError('refused', `"${this.#name}" could not reach ${to}.${process.lastWords}`, {
      next: 'Check that the server runs, and the port in the command.',
    });
    // It would go on like this; ended, it is started anew at the next read.
    if (saysBroken?.test(process.output)) void process.stop();
    return error;
  }

  async #patiently(opening: Promise<Opened>): Promise<Opened> {
    const hurry = new AbortController();
    const starting = new OpsError('busy', `The tunnel to ${this.#options.to} is being started by "${this.#name}".`, {
      next: 'It will be asked again.',
    });
    try {
      return await Promise.race([
        opening,
        wait(patienceMs, undefined, { signal: hurry.signal }).then(() => Promise.reject(starting)),
      ]);
    } finally {
      hurry.abort();
    }
  }
}

/** `Forwarding from 127.0.0.1:40123 -> 6379`, as kubectl says it. */
function portSaidBy(process: TunnelProcess): Promise<number> {
  return new Promise((resolve) => {
    const look = (): void => {
      const said = /Forwarding from (?:127\.0\.0\.1|\[::1\]|localhost):(\d{1,5})\b/.exec(process.output);
      if (said) resolve(Number(said[1]));
    };
    process.onOutput(look);
    look();
  });
}

async function acceptedAt(port: number, signal: AbortSignal): Promise<number | undefined> {
  while (!signal.aborted) {
    if (await accepts(port)) return port;
    await wait(askEveryMs);
  }
  return undefined;
}

function accepts(port: number): Promise<boolean> {
  return connectTo(port).then(
    (socket) => {
      socket.destroy();
      return true;
    },
    () => false,
  );
}

function connectTo(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    // Also later: an error that nobody listens to would end the extension host.
    socket.on('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}
