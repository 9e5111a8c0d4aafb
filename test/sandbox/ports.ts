import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { freePort } from '../../src/clients/freePort.ts';
import { OpsError } from '../../src/core/errors.ts';
import { run } from './install/cache.mjs';

/** Throws an OpsError ("conflict") that names the port, who holds it where that can be told, and the fix. */
export async function assertPortFree(port: number, purpose: string): Promise<void> {
  if (!(await isPortTaken(port))) return;
  const holder = await findPortHolder(port);
  const who = holder === undefined ? 'another process' : `${holder.name} (process ${holder.pid})`;
  const how = holder === undefined ? 'Stop that process' : `Stop it (kill ${holder.pid})`;
  throw new OpsError('conflict', `Port ${port}, wanted for ${purpose}, is in use by ${who}.`, {
    next: `${how}, or choose another port.`,
  });
}

export function isPortTaken(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}

export interface PortHolder {
  readonly pid: number;
  readonly name: string;
}

/** The process that listens on a port: from /proc on Linux, from lsof elsewhere; undefined when neither tells. */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  const pid = process.platform === 'linux' ? await findInProc(port) : await findWithLsof(port);
  if (pid === undefined) return undefined;
  const name = await run('ps', ['-o', 'comm=', '-p', String(pid)]).catch(() => '');
  return { pid, name: name.trim() || 'a process' };
}

async function findWithLsof(port: number): Promise<number | undefined> {
  const out = await run('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN']).catch(() => '');
  return Number.parseInt(out, 10) || undefined;
}

async function findInProc(port: number): Promise<number | undefined> {
  const inodes = (await Promise.all(['tcp', 'tcp6'].map((table) => listeningInodes(table, port)))).flat();
  if (inodes.length === 0) return undefined;
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (await holdsOneOf(pid, sockets)) return Number(pid);
  }
  return undefined;
}

/** Columns of /proc/net/tcp: 1 local address (hexadecimal port), 3 state (0A = listening), 9 inode. */
async function listeningInodes(table: string, port: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/net/${table}`, 'utf8').catch(() => '');
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.filter((row) => row[1]?.endsWith(wanted) === true && row[3] === '0A').map((row) => row[9] ?? '');
}

async function holdsOneOf(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []); // another user's process, or one that has just ended
  for (const name of descriptors) {
    const target = await readlink(`${folder}/${name}`).catch(() => '');
    if (sockets.has(target)) return true;
  }
  return false;
}

/** The usual port for something where it is free, else another one, and says so. */
export async function chooseUsualPort(
  usual: number,
  purpose: string,
  report: (line: string) => void = () => {},
): Promise<number> {
  if (!(await isPortTaken(usual))) return usual;
  const [holder, port] = await Promise.all([findPortHolder(usual), freePort()]);
  const who = holder === undefined ? 'another process' : `${holder.name} (process ${holder.pid})`;
  report(`Port ${usual} is in use by ${who}; ${purpose} takes ${port} instead.`);
  return port;
}
