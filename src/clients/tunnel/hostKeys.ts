import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { OpsError } from '../../core/errors.ts';
import { knownHostsLine } from './knownHosts.ts';
import { resolveSshRoute } from './sshSettings.ts';
import type { HostKeyAccepting, SshSettings } from './sshSettings.ts';
import { SshTunnel } from './ssh.ts';
import type { UnknownHostKey } from './ssh.ts';

/** A host on the way that is not known, and where its key goes when it is trusted. */
export interface HostKeyQuestion {
  readonly host: UnknownHostKey;
  /** The user's own known_hosts file, so that `ssh` knows it too. */
  readonly file: string;
  readonly hashed: boolean;
}

/**
 * The first host of an SSH tunnel whose key is not known; undefined when the tunnel opens. Nothing is sent to such a host.
 * Throws OpsError for whatever else is wrong: not reached, a changed key, no way to add a host.
 */
export async function findUnknownHost(
  settings: SshSettings,
  sshOptions: readonly string[] = [],
): Promise<HostKeyQuestion | undefined> {
  const { accepting, ...route } = await resolveSshRoute(settings, sshOptions);
  let unknown: UnknownHostKey | undefined;
  try {
    const tunnel = await SshTunnel.open({ ...route, onUnknownHostKey: (host) => (unknown = host) });
    tunnel.close();
    return undefined;
  } catch (error) {
    if (!unknown) throw error;
    return { host: unknown, file: fileOf(accepting, unknown), hashed: accepting.hashed };
  }
}

/** Adds the key to known_hosts, as `ssh` does: a line at the end, so that what others write meanwhile stays. */
export async function trustHost({ host, file, hashed }: HostKeyQuestion): Promise<void> {
  const line = knownHostsLine(host.name.host, host.name.port, host.key, hashed);
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const before = await readFile(file, 'utf8').catch(() => '');
    const separator = before === '' || before.endsWith('\n') ? '' : '\n';
    await appendFile(file, separator + line, { mode: 0o600 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OpsError('file', `The host key could not be added to ${file} (${reason}).`, { cause });
  }
}

function fileOf({ file, forbidden }: HostKeyAccepting, { address, name }: UnknownHostKey): string {
  if (!forbidden && file !== undefined) return file;
  const why = forbidden
    ? 'your SSH configuration says StrictHostKeyChecking yes'
    : 'your SSH configuration names no UserKnownHostsFile';
  throw new OpsError('hostKeyUnknown', `The host key of ${address} is not known, and ${why}. Nothing was sent.`, {
    next: `Add it to known_hosts by hand: ssh-keyscan -p ${name.port} ${name.host}, after comparing it.`,
  });
}
