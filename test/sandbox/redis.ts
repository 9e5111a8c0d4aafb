import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect as connectPlain } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ensureProgram } from './install.ts';
import type { Report } from './install.ts';
import { onPort, startServerProcess } from './serverProcess.ts';
import type { ServerProcess } from './serverProcess.ts';

export interface RedisOptions {
  /** Folder for its data; created when missing. */
  readonly folder: string;
  /** Default: a free one. */
  readonly port?: number;
  readonly requirePass?: string;
  /** Lines of an ACL file: `user ops on >secret ~* +@all`. The default user is as these lines say, or open. */
  readonly acl?: readonly string[];
  /** More settings, as in redis.conf: `{ maxmemory: '64mb' }`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Serve TLS on the port instead of plain text. `verifyClients`: ask for a certificate signed by the same authority. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string; readonly verifyClients?: boolean };
  /** Another server than this system's: a newer Redis, a Valkey. */
  readonly command?: string;
  readonly report?: Report;
}

export interface RedisServer extends ServerProcess {
  readonly port: number;
  /** Without user and password: `redis://127.0.0.1:6379/0`, or `rediss://…` with TLS. */
  readonly url: string;
}

/** A real redis-server on 127.0.0.1. Throws an OpsError when it is not installed, or does not come up. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const command = options.command ?? (await ensureProgram('redis-server', options.report));
  await mkdir(options.folder, { recursive: true });
  return onPort(options.port, 'Redis', async (port) => {
    const conf = join(options.folder, 'redis.conf');
    await writeFile(conf, (await configuration(options, port)).join('\n') + '\n');
    const server = await startServerProcess({
      name: 'Redis',
      command,
      args: [conf],
      isReady: () => isServing(port, options.tls !== undefined),
    });
    return { ...server, port, url: `${options.tls ? 'rediss' : 'redis'}://127.0.0.1:${port}/0` };
  });
}

async function configuration(options: RedisOptions, port: number): Promise<readonly string[]> {
  const lines = ['bind 127.0.0.1', 'daemonize no', `dir ${quote(options.folder)}`];
  if (options.tls === undefined) {
    lines.push(`port ${port}`);
  } else {
    const { ca, cert, key, verifyClients } = options.tls;
    lines.push('port 0', `tls-port ${port}`, `tls-ca-cert-file ${quote(ca)}`, `tls-cert-file ${quote(cert)}`);
    lines.push(`tls-key-file ${quote(key)}`, `tls-auth-clients ${verifyClients === true ? 'yes' : 'no'}`);
  }
  if (options.config?.['save'] === undefined) lines.push('save ""');
  if (options.requirePass !== undefined) lines.push(`requirepass ${quote(options.requirePass)}`);
  if (options.acl !== undefined) {
    const file = join(options.folder, 'users.acl');
    await writeFile(file, options.acl.join('\n') + '\n', { mode: 0o600 });
    lines.push(`aclfile ${quote(file)}`);
  }
  return [...lines, ...Object.entries(options.config ?? {}).map(([name, value]) => `${name} ${quote(value)}`)];
}

function quote(value: string): string {
  return /^[\w./-]+$/.test(value) ? value : JSON.stringify(value);
}

/**
 * PING answers PONG, or NOAUTH where a password is wanted; a server that is loading says so and is not ready. With TLS
 * an answered handshake is enough.
 */
function isServing(port: number, tls: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const socket: Socket = tls
      ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => answer(true))
      : connectPlain(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const answer = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(1000, () => answer(false));
    socket.once('data', (data) => answer(/^(\+PONG|-NOAUTH)/.test(data.toString())));
    socket.once('close', () => answer(false));
    socket.once('error', () => answer(false));
  });
}
