import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { OpsError } from '../../core/errors.ts';
import type { SshHop } from './ssh.ts';

/** What an environment's settings say of an SSH tunnel; the rest is as the user's SSH configuration says. */
export interface SshSettings {
  readonly host: string;
  readonly port?: number | undefined;
  readonly username?: string | undefined;
  readonly identityFile?: string | undefined;
  /** Of `identityFile`. */
  readonly passphrase?: string | undefined;
  readonly password?: string | undefined;
}

export interface SshRoute {
  readonly hops: readonly [SshHop, ...SshHop[]];
  /** Text of the known_hosts files. */
  readonly knownHosts: string;
  /** Where the user's `ssh` would add a host, and how. */
  readonly accepting: HostKeyAccepting;
}

/** What the user's SSH configuration says of adding a host to known_hosts. */
export interface HostKeyAccepting {
  /** Undefined where there is no such file. */
  readonly file: string | undefined;
  readonly hashed: boolean;
  /** StrictHostKeyChecking yes: hosts are added by hand only. */
  readonly forbidden: boolean;
}

const askTimeoutMs = 5_000;

/**
 * Resolves aliases, users, keys, agent and jump hosts as `ssh` itself would: `ssh -G`, which connects to nothing.
 * `sshOptions` come first, such as `-F FILE`. Throws OpsError where there is no ssh, or a key cannot be read.
 */
export async function resolveSshRoute(settings: SshSettings, sshOptions: readonly string[] = []): Promise<SshRoute> {
  const config = await askSsh(settings, sshOptions);
  const { identityFile, passphrase, password } = settings;
  const last = {
    ...(await hopOf(config, identityFile)),
    ...(identityFile === undefined ? {} : { passphrase }),
    password,
  };
  const jumps: SshHop[] = [];
  for (const jump of jumpsOf(config)) jumps.push(await hopOf(await askSsh(jump, sshOptions), undefined));
  const files = `${one(config, 'userknownhostsfile') ?? ''} ${one(config, 'globalknownhostsfile') ?? ''}`;
  const file = (one(config, 'userknownhostsfile') ?? '').split(' ').find((name) => !/^(none|\/dev\/null)?$/.test(name));
  const texts = await Promise.all(files.split(' ').filter(Boolean).map(readIfThere));
  const [first, ...rest]: readonly [SshHop, ...SshHop[]] = jumps[0] ? [jumps[0], ...jumps.slice(1), last] : [last];
  const accepting = {
    file: file === undefined ? undefined : expand(file),
    hashed: one(config, 'hashknownhosts') === 'yes',
    forbidden: /^(true|yes)$/.test(one(config, 'stricthostkeychecking') ?? ''),
  };
  return { hops: [first, ...rest], knownHosts: texts.map((text) => text ?? '').join('\n'), accepting };
}

type SshConfig = ReadonlyMap<string, readonly string[]>;

/** `name value` lines; a name may come several times. */
export function parseSshConfig(output: string): SshConfig {
  const config = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ');
    if (space <= 0) continue;
    const name = line.slice(0, space).toLowerCase();
    config.set(name, [...(config.get(name) ?? []), line.slice(space + 1).trim()]);
  }
  return config;
}

/** `ProxyJump user@a:2222,b`, nearest first. */
export function jumpsOf(config: SshConfig): SshSettings[] {
  const jump = one(config, 'proxyjump');
  if (jump === undefined || jump === 'none') return [];
  return jump.split(',').map((text) => {
    const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text.trim());
    const host = match?.[2] ?? match?.[3] ?? text.trim();
    return { host, username: match?.[1], port: match?.[4] === undefined ? undefined : Number(match[4]) };
  });
}

function one(config: SshConfig, name: string): string | undefined {
  return config.get(name)?.[0];
}

async function askSsh({ host, port, username }: SshSettings, sshOptions: readonly string[]): Promise<SshConfig> {
  // A host that begins with a dash would be an option.
  if (host.startsWith('-')) throw new OpsError('settings', `"${host}" is no host to tunnel through.`);
  const given = [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(username === undefined ? [] : ['-l', username]),
  ];
  try {
    const args = [...sshOptions, ...given, '-G', '--', host];
    return parseSshConfig((await promisify(execFile)('ssh', args, { timeout: askTimeoutMs })).stdout);
  } catch (error) {
    throw new OpsError('file', 'Your SSH configuration could not be read: "ssh -G" failed.', {
      cause: error,
      next: 'An OpenSSH client has to be installed; try "ssh -G" with the host in a terminal.',
    });
  }
}

async function hopOf(config: SshConfig, identityFile: string | undefined): Promise<SshHop> {
  const agent = agentOf(one(config, 'identityagent'));
  const privateKey =
    identityFile === undefined ? await firstKey(config.get('identityfile') ?? []) : await namedKey(identityFile);
  return {
    host: one(config, 'hostname') ?? '',
    port: Number(one(config, 'port') ?? 22),
    username: one(config, 'user') ?? '',
    hostKeyAlias: one(config, 'hostkeyalias'),
    ...(agent === undefined ? {} : { agent }),
    ...(privateKey === undefined ? {} : { privateKey }),
  };
}

function agentOf(said: string | undefined): string | undefined {
  if (said === 'none') return undefined;
  return said === undefined || said === 'SSH_AUTH_SOCK' ? process.env['SSH_AUTH_SOCK'] : expand(said);
}

/** Keys with a passphrase are the agent's business. */
async function firstKey(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const text = await readIfThere(file);
    if (text !== undefined && !(ssh2.utils.parseKey(text) instanceof Error)) return text;
  }
  return undefined;
}

async function namedKey(file: string): Promise<string> {
  const text = await readIfThere(file);
  if (text !== undefined) return text;
  throw new OpsError('file', `The private key ${file} cannot be read.`, { next: 'Check tunnel.identityFile.' });
}

function readIfThere(file: string): Promise<string | undefined> {
  return readFile(expand(file), 'utf8').catch(() => undefined);
}

function expand(file: string): string {
  return file.startsWith('~/') ? path.join(homedir(), file.slice(2)) : file;
}
