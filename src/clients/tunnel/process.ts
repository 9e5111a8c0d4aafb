import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { OpsError } from '../../core/errors.ts';
import { endTree } from '../shell/processTree.ts';
import { shellEnvironment } from '../shell/surroundings.ts';

/** How long a command may take to end when it is asked to. */
const graceMs = 2_000;
const keptOutput = 4_000;
const shownLines = 3;
const shownCharacters = 300;

/** A running command that forwards a port: a process tree of its own, without input and without a terminal. */
export class TunnelProcess {
  readonly #child: ChildProcess;
  readonly #marker: string;
  #output = '';
  #heard: () => void = () => undefined;
  #hasEnded = false;
  /** Resolves when it has ended, with how: `exit code 1`. */
  readonly ended: Promise<string>;

  private constructor(child: ChildProcess, marker: string) {
    this.#child = child;
    this.#marker = marker;
    this.#listen(child.stdout);
    this.#listen(child.stderr);
    this.ended = new Promise((resolve) => {
      // "close" comes after the last of what it said.
      child.once('close', (code, signal) => {
        this.#hasEnded = true;
        resolve(signal === null ? `exit code ${code ?? 0}` : `signal ${signal}`);
      });
    });
  }

  /** Throws OpsError where there is no such program. */
  static async start(command: readonly string[], directory: string): Promise<TunnelProcess> {
    const [program = '', ...args] = command;
    const marker = randomUUID();
    const child = spawn(program, args, {
      cwd: directory,
      env: shellEnvironment(process.env, {}, directory, marker),
      // The leader of a group of its own, so that whatever it starts ends with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const started = new TunnelProcess(child, marker);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) =>
        reject(
          new OpsError('file', `The tunnel’s command "${program}" could not be started (${cause.message}).`, {
            cause,
            next: 'It has to be installed where the extension runs, and be in PATH.',
          }),
        ),
      );
    });
    return started;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What it has said so far, the last of it where it was much. */
  get output(): string {
    return this.#output;
  }

  /** ` It said: …`, the last lines on one; '' when it said nothing. */
  get lastWords(): string {
    const lines = stripVTControlCharacters(this.#output)
      .split(/[\r\n]+/)
      .map((line) => line.replaceAll(/\p{C}/gu, '').trim())
      .filter((line) => line !== '');
    const text = lines.slice(-shownLines).join(' / ').slice(-shownCharacters);
    return text === '' ? ' It said nothing.' : ` It said: ${text}`;
  }

  /** Calls back whenever it says something. */
  onOutput(listener: () => void): void {
    this.#heard = listener;
  }

  /** Ends it with everything it started; resolves when all of it is gone. */
  async stop(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (process.platform === 'win32') this.#child.kill();
    else await endTree({ pid, marker: this.#marker }, graceMs);
  }

  /** Without waiting: for when this process ends itself. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#hasEnded) return;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }

  #listen(stream: Readable | null): void {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-keptOutput);
      this.#heard();
    });
  }
}
