import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import { OpsError } from '../../core/errors.ts';
import type { ShellExit } from '../../core/run/blockRecord.ts';
import { readySign } from '../../core/run/script.ts';

export interface BashStart {
  readonly bash: string;
  readonly script: string;
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Goes to descriptor 3, byte by character; undefined for none. */
  readonly stateScript: string | undefined;
}

export interface BashProcess {
  readonly pid: number;
  /** Whether the script came to where it waits for its pipes to be opened; false when the shell ended before. */
  readonly ready: Promise<boolean>;
  /** Also what bash says before the first statement, such as that it cannot start. */
  readonly exited: Promise<ShellExit & { readonly complaint: string }>;
}

/** Starts bash on a script file, as the leader of a session of its own; it reads nothing from us, and has no terminal. */
export async function startBash(start: BashStart): Promise<BashProcess> {
  const child = spawn(start.bash, [start.script], {
    cwd: start.directory,
    env: start.environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', start.stateScript === undefined ? 'ignore' : 'pipe'],
  });
  const complaint = collect(child.stderr);
  const exited = new Promise<ShellExit & { readonly complaint: string }>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal, complaint: complaint() }));
  });
  const ready = Promise.race([saysReady(child.stdout), exited.then(() => false)]);
  await started(child, start.bash);
  const state = child.stdio[3];
  if (start.stateScript !== undefined && state instanceof Writable) {
    // A shell that dies before it has read it all is noticed by its exit.
    state.on('error', () => undefined);
    state.end(Buffer.from(start.stateScript, 'latin1'));
  }
  return { pid: child.pid ?? 0, ready, exited };
}

async function started(child: ChildProcess, bash: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) =>
      reject(new OpsError('file', `${bash} could not be started (${cause.message}); nothing was run.`, { cause })),
    );
  });
}

/** A start-up file of the user's may say something before. */
function saysReady(stream: Readable | null): Promise<true> {
  return new Promise((resolve) => {
    let text = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-1_000);
      if (text.endsWith(`${readySign}\n`)) resolve(true);
    });
  });
}

const longestComplaint = 2_000;

function collect(stream: Readable | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < longestComplaint) text += chunk;
  });
  return () => text.slice(0, longestComplaint).trim();
}
