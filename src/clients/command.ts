import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { OpsError } from '../core/errors.ts';
import { endTree } from './shell/processTree.ts';
import { shellEnvironment } from './shell/surroundings.ts';

export interface CommandOptions {
  /** What messages call it; the program's name unless set. */
  readonly called?: string;
  readonly directory?: string | undefined;
  /** On top of ours. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Written to its stdin; nothing to read there otherwise. */
  readonly input?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Each line as it is written, of both streams. */
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  /** As a shell's `$?`. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const mostCharacters = 16 * 1024 * 1024;
/** How long a program may take to end when it is asked to. */
const graceMs = 2_000;

/**
 * Runs a program with an argument list; no shell reads it. Resolves when it has ended, whatever its exit code. When
 * cancelled or out of time its whole process tree is ended. Throws OpsError `cancelled`, `timedOut`, or `file` where it
 * could not be started.
 */
export async function runCommand(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [program = '', ...rest] = args;
  const called = options.called ?? nameOf(program);
  if (options.signal.aborted) throw new OpsError('cancelled', 'Cancelled.');
  const marker = randomUUID();
  const directory = options.directory ?? process.cwd();
  const child = spawn(program, rest, {
    cwd: directory,
    env: shellEnvironment(process.env, options.environment ?? {}, directory, marker),
    // A group of its own, so that what it starts can be ended with it.
    detached: process.platform !== 'win32',
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  child.stdin?.on('error', () => undefined).end(options.input);
  const output = { stdout: collect(child.stdout, options.onLine), stderr: collect(child.stderr, options.onLine) };
  const why = await ended(child, options);
  if (typeof why === 'number') return { exitCode: why, stdout: output.stdout(), stderr: output.stderr() };
  if (why instanceof Error) throw couldNotStart(called, directory, why);
  // A program that leaves its session is found by the marker.
  const left = child.pid === undefined ? [] : await endTree({ pid: child.pid, marker }, graceMs);
  if (why === 'cancelled') throw new OpsError('cancelled', 'Cancelled.');
  const still =
    left.length === 0 ? 'It was ended.' : `It could not be ended: process ${left.map(({ pid }) => pid).join(', ')}.`;
  throw new OpsError('timedOut', `${called} took longer than ${Math.ceil(options.timeoutMs / 1000)} s. ${still}`, {
    next: 'Look at what it waits for; it may have done a part of its work.',
  });
}

type Ending = number | Error | 'cancelled' | 'timedOut';

function ended(child: ChildProcess, { signal, timeoutMs }: CommandOptions): Promise<Ending> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('timedOut'), timeoutMs);
    const cancel = (): void => resolve('cancelled');
    signal.addEventListener('abort', cancel, { once: true });
    child.once('error', resolve);
    // What it leaves running in the background may keep its output open: its own end counts.
    child.once('exit', (code, by) => {
      const done = (): void => resolve(code ?? (by === null ? 1 : 128));
      const late = setTimeout(done, 100);
      child.once('close', () => {
        clearTimeout(late);
        done();
      });
    });
    void Promise.resolve().then(() => (signal.aborted ? cancel() : undefined));
    const release = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    };
    child.once('close', release);
    child.once('error', release);
  });
}

function collect(stream: NodeJS.ReadableStream | null, onLine: CommandOptions['onLine']): () => string {
  let text = '';
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    if (text.length < mostCharacters) text += chunk;
    if (onLine === undefined) return;
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line);
  });
  return () => text;
}

function couldNotStart(called: string, directory: string, cause: Error): OpsError {
  const missing = 'code' in cause && cause.code === 'ENOENT';
  const what = missing
    ? `${called} is not installed where the editor’s extensions run`
    : `${called} could not be started (${cause.message})`;
  return new OpsError('file', `${what}; nothing was run.`, {
    cause,
    next: missing
      ? `Install it, or check that it is in PATH and that ${directory} exists.`
      : 'Look at its permissions.',
  });
}

function nameOf(program: string): string {
  return program.split(/[/\\]/).at(-1) ?? program;
}

/** The last thing a program said, for a message. */
export function lastWords({ stdout, stderr }: CommandResult): string {
  const lines = (stderr.trim() === '' ? stdout : stderr).trim().split(/\r?\n/);
  return (lines.at(-1) ?? '').replace(/^error:\s*/i, '').slice(0, 300);
}

/** Like `runCommand`; throws OpsError with the program's last words when it fails. */
export async function mustRun(args: readonly string[], options: CommandOptions): Promise<string> {
  const result = await runCommand(args, options);
  if (result.exitCode === 0) return result.stdout;
  throw commandFailed(options.called ?? nameOf(args[0] ?? ''), result);
}

export function commandFailed(called: string, result: CommandResult): OpsError {
  const words = lastWords(result);
  const said = words === '' ? 'It said nothing.' : `It said: “${words}”.`;
  const forbidden =
    /forbidden|permission denied|not permitted|access denied|a password is required|authentication required/i;
  return new OpsError(
    forbidden.test(result.stderr) ? 'permission' : 'protocol',
    `${called} ended with exit code ${result.exitCode}. ${said}`,
    { next: forbidden.test(result.stderr) ? 'Ask for the right, or use another user.' : 'Look at what it says.' },
  );
}
