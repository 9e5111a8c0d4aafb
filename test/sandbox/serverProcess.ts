import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { OpsError } from '../../src/core/errors.ts';
import { answersOk } from './ask.ts';
import { freePort } from '../../src/clients/freePort.ts';
import { assertPortFree, isPortTaken } from './ports.ts';

export { freePort as findFreePort } from '../../src/clients/freePort.ts';

export interface ServerProcess {
  readonly pid: number;
  /** Settles when the process has ended, for whatever reason, with its exit code or signal. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** The last lines it wrote, standard output and error together. */
  log(): string;
  /** Asks it to end, insists after five seconds, and returns when it has ended. */
  stop(): Promise<void>;
  /** Ends it without a chance to clean up, as a crash would. */
  kill(): Promise<void>;
}

export interface ServerOptions {
  /** For messages: "Redis", "the sample application". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment; default: ours. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly readyTimeoutMs?: number;
}

/** How to ask the server whether it serves; asked again and again until it says yes. Throwing means not yet. */
export type Readiness = { readonly readyUrl: string } | { readonly isReady: () => Promise<boolean> };

const OUTPUT_LIMIT = 20_000;
const STOP_TIMEOUT_MS = 5000;
const ASK_EVERY_MS = 15;

/**
 * Starts a server and returns when it serves. It never outlives this process. Throws an OpsError with the server's last
 * words when it ends, or is not ready in time.
 */
export async function startServerProcess(options: ServerOptions & Readiness): Promise<ServerProcess> {
  const [command, ...args] = diesWithUs([options.command, ...options.args]);
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.environment ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const server = watch(child);
  try {
    await waitUntilReady(options, server);
  } catch (error) {
    await server.kill();
    throw error;
  }
  return server;
}

/**
 * Runs `start` on the given port, which must be free, or on one that is found; then again when someone else was faster. The
 * purpose is for the message: "the sandbox's Redis".
 */
export async function onPort<T>(
  wanted: number | undefined,
  purpose: string,
  start: (port: number) => Promise<T>,
  findPort: () => Promise<number> = freePort,
): Promise<T> {
  if (wanted !== undefined) {
    await assertPortFree(wanted, purpose);
    return start(wanted);
  }
  for (let attempt = 1; ; attempt += 1) {
    const port = await findPort();
    try {
      return await start(port);
    } catch (error) {
      if (attempt === 3 || !(await isPortTaken(port))) throw error;
    }
  }
}

/** On Linux the kernel ends the server when we are killed without a chance to stop it. */
function diesWithUs(command: readonly string[]): [string, ...string[]] {
  const setpriv = '/usr/bin/setpriv';
  const prefix = process.platform === 'linux' && existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL'] : [];
  const [program = '', ...args] = [...prefix, ...command];
  return [program, ...args];
}

function watch(child: ChildProcess): ServerProcess {
  let output = '';
  const keep = (text: string) => {
    output = (output + text).slice(-OUTPUT_LIMIT);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('error', (error) => {
      keep(error.message);
      resolve(127);
    });
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0));
  });
  killWithUs(child, exited);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const insist = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(insist);
  };
  return {
    pid: child.pid ?? 0,
    exited,
    log: () => output.trim().split('\n').slice(-20).join('\n'),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** When this process exits, also by an uncaught error. */
function killWithUs(child: ChildProcess, exited: Promise<unknown>): void {
  const kill = () => child.kill('SIGKILL');
  process.setMaxListeners(process.getMaxListeners() + 1);
  process.on('exit', kill);
  void exited.finally(() => {
    process.off('exit', kill);
    process.setMaxListeners(process.getMaxListeners() - 1);
  });
}

async function waitUntilReady(options: ServerOptions & Readiness, server: ServerProcess): Promise<void> {
  const timeoutMs = options.readyTimeoutMs ?? 15_000;
  const isReady = 'isReady' in options ? options.isReady : () => answersOk(options.readyUrl);
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const ended = await Promise.race([server.exited, Promise.resolve(undefined)]);
    if (ended !== undefined) throw failure(options, server, `ended with ${ended} before it was ready`);
    if (await isReady().catch(() => false)) return;
    if (Date.now() > deadline) throw failure(options, server, `was not ready within ${timeoutMs / 1000} s`);
    await Promise.race([wait(ASK_EVERY_MS), server.exited]);
  }
}

function failure(options: ServerOptions, server: ServerProcess, what: string): OpsError {
  const words = server.log();
  const last = words === '' ? 'It wrote nothing.' : `Its last words:\n${words}`;
  return new OpsError('unreachable', `${options.name} (${options.command}) ${what}.`, { next: last });
}
