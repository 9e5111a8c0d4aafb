import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { formatHostPort } from '../../core/environment/hosts.ts';
import { OpsError } from '../../core/errors.ts';
import { byCode, describe, explainedError } from '../networkErrors.ts';
import { hostKeyType, judgeHostKey, knownKeyTypes, knownName } from './knownHosts.ts';

/** One SSH server on the way, and how to log in there: with what is given of key, agent and password, until one is accepted. */
export interface SshHop {
  readonly host: string;
  readonly port: number;
  /** The name in known_hosts, where it is not the host's. */
  readonly hostKeyAlias?: string | undefined;
  readonly username: string;
  /** The agent's socket: `$SSH_AUTH_SOCK`. */
  readonly agent?: string | undefined;
  /** Text of the private key file. */
  readonly privateKey?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly password?: string | undefined;
}

/** A host whose key is not known yet. */
export interface UnknownHostKey {
  /** `bastion.example.org:22`. */
  readonly address: string;
  readonly type: string;
  /** `SHA256:…`, as `ssh` shows it. */
  readonly fingerprint: string;
  /** A key of another type is known of it already. */
  readonly hasOtherKey: boolean;
  /** Under which known_hosts has it. */
  readonly name: { readonly host: string; readonly port: number };
  readonly key: Buffer;
}

export interface SshTunnelOptions {
  /** Jump hosts first; connections to the servers start at the last. */
  readonly hops: readonly [SshHop, ...SshHop[]];
  /** Text of the known_hosts file. */
  readonly knownHosts: string;
  /** Told of a host whose key is not known, before it is refused. */
  readonly onUnknownHostKey?: (host: UnknownHostKey) => void;
  readonly timeoutMs?: number;
}

const usualTimeoutMs = 10_000;
const keepAliveMs = 15_000;

/** What ssh2 can verify; a name it does not know would be an error. */
const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** A way through SSH: streams to hosts and ports as the last hop sees them. No local port is opened. */
export class SshTunnel {
  readonly #clients: readonly Client[];
  readonly #address: string;
  readonly #timeoutMs: number;
  #closed = false;

  private constructor(clients: readonly Client[], address: string, timeoutMs: number) {
    this.#clients = clients;
    this.#address = address;
    this.#timeoutMs = timeoutMs;
    for (const client of clients) client.on('close', () => this.close());
  }

  /** Throws OpsError: name not resolved, refused, timed out, host key not known or changed, login failed. */
  static async open(options: SshTunnelOptions): Promise<SshTunnel> {
    const timeoutMs = options.timeoutMs ?? usualTimeoutMs;
    const clients: Client[] = [];
    let address = '';
    try {
      for (const hop of options.hops) {
        const last = clients.at(-1);
        const through = last && (await forward(last, address, hop.host, hop.port, timeoutMs));
        address = formatHostPort(hop);
        clients.push(await connect(hop, address, through, options, timeoutMs));
      }
    } catch (error) {
      for (const client of clients) client.end();
      throw error;
    }
    return new SshTunnel(clients, address, timeoutMs);
  }

  /** False once any hop has hung up; a new tunnel is needed then. */
  get isOpen(): boolean {
    return !this.#closed;
  }

  /** A stream to `host:port` as the last hop resolves it. Throws OpsError. */
  dial(host: string, port: number): Promise<Duplex> {
    const last = this.#clients.at(-1);
    if (this.#closed || !last) {
      throw new OpsError('closed', `The SSH connection to ${this.#address} has ended.`, {
        next: 'It will be made anew.',
      });
    }
    return forward(last, this.#address, host, port, this.#timeoutMs);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const client of this.#clients.toReversed()) client.end();
  }
}

async function connect(
  hop: SshHop,
  address: string,
  through: Duplex | undefined,
  options: SshTunnelOptions,
  timeoutMs: number,
): Promise<Client> {
  const client = new ssh2.Client();
  let refusal: OpsError | undefined;
  const verify = (key: Buffer): boolean => {
    refusal = refuseHostKey(hop, address, key, options);
    return refusal === undefined;
  };
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.on('error', (error) => reject(refusal ?? error));
    client.once('close', () => reject(refusal ?? new OpsError('closed', `${address} closed the SSH connection.`)));
    // Where passwords are asked for in a dialogue, as PAM does: one question, whose answer is not shown.
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) => {
      const isPassword = prompts.length === 1 && prompts[0]?.echo !== true;
      answer(isPassword && hop.password !== undefined ? [hop.password] : []);
    });
    client.connect(configOf(hop, through, options.knownHosts, verify, timeoutMs));
  }).catch((error: unknown) => {
    client.end();
    throw error instanceof Error ? sshError(error, address, hop) : error;
  });
  return client;
}

function configOf(
  hop: SshHop,
  through: Duplex | undefined,
  knownHosts: string,
  verify: (key: Buffer) => boolean,
  timeoutMs: number,
): ConnectConfig {
  const { host, port, username, agent, privateKey, passphrase, password } = hop;
  const name = nameOf(hop);
  const known = knownKeyTypes(knownHosts, name.host, name.port);
  const first = hostKeyAlgorithms.filter((one) => known.includes(one));
  return {
    host,
    port,
    username,
    ...(agent === undefined ? {} : { agent }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(password === undefined ? {} : { password, tryKeyboard: true }),
    ...(through === undefined ? {} : { sock: through }),
    ...(first.length === 0 ? {} : { algorithms: { serverHostKey: { prepend: first, append: [], remove: [] } } }),
    hostVerifier: verify,
    readyTimeout: timeoutMs,
    keepaliveInterval: keepAliveMs,
  };
}

/** Undefined: go on. */
function refuseHostKey(
  hop: SshHop,
  address: string,
  key: Buffer,
  { knownHosts, onUnknownHostKey }: SshTunnelOptions,
): OpsError | undefined {
  const name = nameOf(hop);
  const verdict = judgeHostKey(knownHosts, name.host, name.port, key);
  if (verdict === 'known') return undefined;
  const fingerprint = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
  if (verdict !== 'unknown') {
    const what = verdict === 'changed' ? 'is not the one in known_hosts' : 'is marked as revoked in known_hosts';
    return new OpsError('hostKeyChanged', `The host key of ${address} ${what} (${fingerprint}). Nothing was sent.`, {
      next: `Somebody may be in between, or the host was set up anew: ask its administrator. Only then remove the old key: ssh-keygen -R "${knownName(name.host, name.port)}"`,
    });
  }
  const hasOtherKey = knownKeyTypes(knownHosts, name.host, name.port).length > 0;
  onUnknownHostKey?.({ address, type: hostKeyType(key), fingerprint, hasOtherKey, name, key });
  return new OpsError('hostKeyUnknown', `The host key of ${address} is not known (${fingerprint}). Nothing was sent.`, {
    next: 'Use "Cache Ops: Connect Tunnel…" to compare it and to trust it.',
  });
}

/** As ssh does it: an alias stands without a port. */
function nameOf({ host, port, hostKeyAlias }: SshHop): UnknownHostKey['name'] {
  return hostKeyAlias === undefined ? { host, port } : { host: hostKeyAlias, port: 22 };
}

function forward(client: Client, from: string, host: string, port: number, timeoutMs: number): Promise<Duplex> {
  const address = formatHostPort({ host, port });
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new OpsError('timedOut', `${from} did not reach ${address} within ${timeoutMs / 1000} s.`)),
      timeoutMs,
    );
    client.forwardOut('127.0.0.1', 0, host, port, (error, stream) => {
      clearTimeout(late);
      if (error) reject(forwardError(error, from, address));
      else resolve(stream);
    });
  });
}

function forwardError(error: Error, from: string, address: string): OpsError {
  const denied = /prohibited/i.test(error.message);
  return new OpsError(
    denied ? 'permission' : 'refused',
    denied
      ? `${from} does not forward connections to ${address}.`
      : `${from} could not reach ${address}: ${error.message}`,
    {
      cause: error,
      next: denied ? 'AllowTcpForwarding or PermitOpen of its sshd decides.' : 'The address is as seen from there.',
    },
  );
}

function sshError(error: Error & { readonly level?: string }, address: string, { username }: SshHop): OpsError {
  if (error instanceof OpsError) return error;
  const { code, message } = describe(error);
  const known = code === undefined ? undefined : byCode[code];
  if (known) return explainedError(known, address, error);
  if (error.level === 'client-authentication') {
    return new OpsError('authentication', `${address} does not let ${username} in by SSH.`, {
      cause: error,
      next: 'Check the user name and the key, or whether the agent holds it (ssh-add -l); a password goes into tunnel.password.',
    });
  }
  if (/cannot parse privatekey/i.test(message)) {
    const encrypted = /passphrase|encrypted/i.test(message);
    return new OpsError('authentication', `The private key for ${address} cannot be read.`, {
      cause: error,
      next: encrypted ? 'It has a passphrase, which is missing or wrong.' : 'A key in OpenSSH or PEM format is needed.',
    });
  }
  if (error.level === 'client-timeout' || /timed out/i.test(message)) {
    return new OpsError('timedOut', `${address} did not finish the SSH handshake in time.`, { cause: error });
  }
  return new OpsError('protocol', `SSH to ${address} failed: ${message}`, { cause: error });
}
