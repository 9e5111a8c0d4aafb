import { createHmac, randomBytes } from 'node:crypto';

/** What a known_hosts file says of the key that a host shows. Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". */
export type HostKeyVerdict = 'known' | 'changed' | 'revoked' | 'unknown';

interface KnownKey {
  readonly revoked: boolean;
  readonly type: string;
  readonly key: string;
}

/** `key` is the public key as SSH sends it. A key of a type that is not listed is unknown, not changed. */
export function judgeHostKey(knownHosts: string, host: string, port: number, key: Buffer): HostKeyVerdict {
  const keys = keysOf(knownHosts, host, port);
  const shown = key.toString('base64');
  const same = keys.filter((one) => one.key === shown);
  if (same.some(({ revoked }) => revoked)) return 'revoked';
  if (same.length > 0) return 'known';
  const type = hostKeyType(key);
  return keys.some((one) => !one.revoked && one.type === type) ? 'changed' : 'unknown';
}

/** The key types known of a host: to be asked for first, so that a known host shows a known key. */
export function knownKeyTypes(knownHosts: string, host: string, port: number): readonly string[] {
  const types = keysOf(knownHosts, host, port).flatMap(({ revoked, type }) => (revoked ? [] : type));
  return [...new Set(types)].flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : type));
}

/** The line to add for a host that was accepted; `hashed`: without its name in the clear, as HashKnownHosts wants it. */
export function knownHostsLine(host: string, port: number, key: Buffer, hashed = false): string {
  const name = knownName(host, port);
  return `${hashed ? hashOf(name, randomBytes(20)) : name} ${hostKeyType(key)} ${key.toString('base64')}\n`;
}

function hashOf(name: string, salt: Buffer): string {
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

/** The first field of the key: `ssh-ed25519`. */
export function hostKeyType(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  return key.subarray(4, 4 + length).toString('latin1');
}

function keysOf(knownHosts: string, host: string, port: number): KnownKey[] {
  const name = knownName(host, port);
  return knownHosts.split(/\r?\n/).flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
    const [hosts, type, key] = fields;
    if (hosts === undefined || type === undefined || key === undefined || hosts.startsWith('#')) return [];
    // Certificates of hosts are not checked here: such a line makes nobody known.
    if (marker !== undefined && marker !== '@revoked') return [];
    return matches(hosts, name) ? [{ revoked: marker === '@revoked', type, key }] : [];
  });
}

/** How a host is written in known_hosts: `door`, `[door]:2222`. */
export function knownName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

function matches(hosts: string, name: string): boolean {
  const salt = /^\|1\|([^|]+)\|/.exec(hosts)?.[1];
  if (salt !== undefined) return hashOf(name, Buffer.from(salt, 'base64')) === hosts;
  const patterns = hosts.toLowerCase().split(',');
  if (patterns.some((one) => one.startsWith('!') && glob(one.slice(1)).test(name))) return false;
  return patterns.some((one) => !one.startsWith('!') && glob(one).test(name));
}

function glob(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
