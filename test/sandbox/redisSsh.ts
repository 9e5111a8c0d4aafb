import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureProgram } from './install.ts';
import { onPort, startServerProcess } from './serverProcess.ts';
import type { ServerProcess } from './serverProcess.ts';

export interface SshServer extends ServerProcess {
  readonly port: number;
  readonly username: string;
  /** Text of the private key that it lets in. */
  readonly privateKey: string;
  /** What known_hosts says of it. */
  readonly knownHosts: string;
}

/** A real sshd with a configuration, keys and port of its own; nothing of the machine's is used or changed. */
export async function startSshServer(folder: string): Promise<SshServer> {
  const sshd = await ensureProgram('sshd');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Where sshd puts its unprivileged children; Debian's service makes it at every start.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const hostKey = path.join(folder, 'host');
  const userKey = path.join(folder, 'user');
  for (const file of [hostKey, userKey]) {
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  }
  const allowed = path.join(folder, 'authorized_keys');
  await writeFile(allowed, await readFile(`${userKey}.pub`));
  await chmod(allowed, 0o600);
  const [privateKey, hostLine] = await Promise.all([readFile(userKey, 'utf8'), readFile(`${hostKey}.pub`, 'utf8')]);
  return onPort(undefined, 'sshd', async (port) => {
    const config = path.join(folder, 'sshd_config');
    const lines = [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${allowed}`,
      `PidFile ${path.join(folder, 'pid')}`,
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'PermitRootLogin yes',
      'AllowTcpForwarding yes',
    ];
    await writeFile(config, lines.join('\n') + '\n');
    const server = await startServerProcess({
      name: 'sshd',
      command: sshd,
      args: ['-D', '-e', '-f', config],
      isReady: () => greets(port),
    });
    const [type, key] = hostLine.split(' ');
    return {
      ...server,
      port,
      username: userInfo().username,
      privateKey,
      knownHosts: `[127.0.0.1]:${port} ${type} ${key}\n`,
    };
  });
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.once('data', (data) => end(data.toString().startsWith('SSH-')));
    socket.once('error', () => end(false));
    socket.setTimeout(1_000, () => end(false));
  });
}
