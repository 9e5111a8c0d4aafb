import { join } from 'node:path';
import { assertPortFree } from './ports.ts';
import { onPort, startServerProcess } from './serverProcess.ts';
import type { ServerProcess } from './serverProcess.ts';

export interface SampleAppOptions {
  /** The .env file that it reads at start. */
  readonly envFile: string;
  /** Where it writes its process id, for scripts/restart.sh. */
  readonly pidFile: string;
  readonly redis: { readonly url: string; readonly username?: string; readonly password?: string };
  readonly qdrant?: { readonly url: string; readonly collection: string };
  /** Default: a free one. */
  readonly port?: number;
}

export interface SampleApp {
  readonly port: number;
  readonly url: string;
  /** Of the process that runs now; changes with a restart. */
  pid(): number;
  log(): string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** What the application ends with when it wants to be started again; see app/main.ts. */
const RESTART = 75;

/** The sample application, which is started again when it is sent SIGHUP, as a service manager would. */
export async function startSampleApp(options: SampleAppOptions): Promise<SampleApp> {
  return onPort(options.port, 'the sample application', async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const launch = () =>
      startServerProcess({
        name: 'The sample application',
        command: process.execPath,
        args: ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'app/main.ts')],
        environment: { ...process.env, ...environmentOf(options, port) },
        readyUrl: `${url}/health`,
      });
    return supervise(await launch(), launch, port, url);
  });
}

function supervise(first: ServerProcess, launch: () => Promise<ServerProcess>, port: number, url: string): SampleApp {
  let current = first;
  let stopping = false;
  const follow = async (running: ServerProcess): Promise<void> => {
    const ended = await running.exited;
    if (ended !== RESTART || stopping) return;
    await assertPortFree(port, 'the sample application');
    current = await launch();
    if (stopping) return current.stop();
    return follow(current);
  };
  // A restart that fails leaves it down, as it would anywhere; the log says why.
  let failed = '';
  const followed = follow(first).catch((error: unknown) => {
    failed = String(error);
  });
  const end = async (how: (running: ServerProcess) => Promise<void>) => {
    stopping = true;
    await how(current);
    await followed;
  };
  return {
    port,
    url,
    pid: () => current.pid,
    log: () => `${current.log()}${failed}`,
    stop: () => end((running) => running.stop()),
    kill: () => end((running) => running.kill()),
  };
}

function environmentOf(options: SampleAppOptions, port: number): Readonly<Record<string, string>> {
  const { redis, qdrant } = options;
  return {
    PORT: String(port),
    ENV_FILE: options.envFile,
    PID_FILE: options.pidFile,
    REDIS_URL: redis.url,
    ...(redis.username !== undefined && { REDIS_USERNAME: redis.username }),
    ...(redis.password !== undefined && { REDIS_PASSWORD: redis.password }),
    ...(qdrant !== undefined && { QDRANT_URL: qdrant.url, QDRANT_COLLECTION: qdrant.collection }),
  };
}
