import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { OpsError } from '../../core/errors.ts';
import { runCommand } from '../command.ts';
import { freePort } from '../freePort.ts';

/** A server of our own on this machine, which nobody else can reach; gone with all its data when it is closed. */
export interface ScratchServer {
  /** Only this user can look into it. */
  readonly folder: string;
  /** Ends it and removes everything. */
  close(): Promise<void>;
}

const readyMs = 60_000;

/** The path of a program, by the variable that names it or in PATH; undefined where there is none. */
export async function findProgram(name: string, variable?: string): Promise<string | undefined> {
  const named = variable === undefined ? undefined : process.env[variable];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((one) => one !== '');
  for (const path of [...(named ? [named] : []), ...folders.map((folder) => join(folder, name))]) {
    if (await isProgram(path)) return path;
  }
  return undefined;
}

/** `7.0.15` of "Redis server v=7.0.15 …"; undefined where it does not say. */
export async function programVersion(program: string, signal: AbortSignal): Promise<string | undefined> {
  const { stdout } = await runCommand([program, '--version'], { timeoutMs: 10_000, signal });
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0];
}

export interface ScratchRedis extends ScratchServer {
  /** Of its Unix socket; it listens nowhere else. */
  readonly socket: string;
}

/** Starts `program` in a folder of makeScratchFolder, with the data set `rdb` where one lies in it. Throws OpsError. */
export async function startScratchRedis(
  program: string,
  folder: string,
  signal: AbortSignal,
  rdb?: string,
): Promise<ScratchRedis> {
  const socket = join(folder, 's');
  const settings = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir: folder,
    save: '',
    appendonly: 'no',
    databases: '1024',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const launched = launch(program, [...args, '--dbfilename', rdb ?? 'none.rdb', '--daemonize', 'no'], folder);
  const isReady = async (): Promise<boolean> => {
    await access(socket);
    return true;
  };
  return { ...(await started(launched, isReady, folder, signal)), socket };
}

export interface ScratchQdrant extends ScratchServer {
  readonly url: string;
  readonly apiKey: string;
}

/** A Qdrant on a free port of the loopback, with a key that only we know. Throws OpsError. */
export async function startScratchQdrant(program: string, folder: string, signal: AbortSignal): Promise<ScratchQdrant> {
  const apiKey = randomBytes(24).toString('hex');
  const [port, grpc] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const launched = launch(program, [], folder, {
    QDRANT__SERVICE__HOST: '127.0.0.1',
    QDRANT__SERVICE__HTTP_PORT: String(port),
    QDRANT__SERVICE__GRPC_PORT: String(grpc),
    QDRANT__SERVICE__API_KEY: apiKey,
    QDRANT__SERVICE__ENABLE_STATIC_CONTENT: 'false',
    QDRANT__STORAGE__STORAGE_PATH: join(folder, 'storage'),
    QDRANT__STORAGE__SNAPSHOTS_PATH: join(folder, 'snapshots'),
    QDRANT__TELEMETRY_DISABLED: 'true',
  });
  const isReady = async (): Promise<boolean> => (await fetch(`${url}/readyz`, { signal })).ok;
  return { ...(await started(launched, isReady, folder, signal)), url, apiKey };
}

interface Launched {
  readonly program: string;
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  readonly lastWords: () => string;
  readonly isOver: () => boolean;
}

/**
 * Becomes the program "$@", after it has left somebody behind who ends it, and removes the folder "$0", should we be gone
 * without having said so: a crash leaves no server with a copy of the data.
 */
const guarded = '{ read -r _ <&3 || { kill -9 $$; rm -rf -- "$0"; }; } >/dev/null 2>&1 & exec 3<&-; exec "$@"';

function launch(program: string, args: readonly string[], cwd: string, variables: NodeJS.ProcessEnv = {}): Launched {
  const command = process.platform === 'win32' ? [program] : ['/bin/sh', '-c', guarded, cwd, program];
  const [first = program, ...rest] = [...command, ...args];
  const child = spawn(first, rest, {
    cwd,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const guard = child.stdio[3];
  guard?.on('error', () => undefined);
  if (guard && 'end' in guard) child.once('exit', () => guard.end('ended\n'));
  let words = '';
  let over = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2_000)));
  }
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = new Promise<void>((resolve) => {
    const end = (error?: unknown): void => {
      if (error instanceof Error) words += error.message;
      over = true;
      process.off('exit', kill);
      resolve();
    };
    child.once('error', end);
    child.once('close', () => end());
  });
  return { program, child, exited, lastWords: () => words.trim().split('\n').slice(-3).join(' '), isOver: () => over };
}

async function started(
  launched: Launched,
  isReady: () => Promise<boolean>,
  folder: string,
  signal: AbortSignal,
): Promise<ScratchServer> {
  const { program, child, exited, lastWords, isOver } = launched;
  const close = async (): Promise<void> => {
    // What it holds is thrown away: it need not put it in order, for which a Qdrant takes seconds.
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const untilMs = performance.now() + readyMs;
  while (!(await isReady().catch(() => false))) {
    if (!isOver() && !signal.aborted && performance.now() < untilMs) {
      await wait(25);
      continue;
    }
    await close();
    if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.');
    throw new OpsError('unreachable', `The scratch server (${program}) did not come up: ${lastWords()}`);
  }
  return { folder, close };
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
