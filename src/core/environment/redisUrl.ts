import type { HostPort } from './hosts.ts';

/** Where a Redis URL leads, and the credentials written in it (decoded). */
export type RedisAddress = RedisCredentials & (RedisTcp | RedisSocket);

interface RedisCredentials {
  readonly db: number;
  readonly username: string | undefined;
  /** In clear text, from the URL itself; a warning in the settings. */
  readonly password: string | undefined;
}

interface RedisTcp extends HostPort {
  readonly kind: 'tcp';
  /** The scheme is `rediss`. */
  readonly tls: boolean;
}

interface RedisSocket {
  readonly kind: 'unix';
  readonly path: string;
}

/**
 * Reads `redis://[user[:password]@]host[:port][/db]`, the same with `rediss` for TLS, and `unix:///path/to.sock[?db=n]`.
 * Undefined when the text is none of them.
 */
export function parseRedisUrl(text: string): RedisAddress | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return undefined;
  const unix = url.protocol === 'unix:';
  if (!unix && url.protocol !== 'redis:' && url.protocol !== 'rediss:') return undefined;
  const db = unix ? (url.searchParams.get('db') ?? '') : url.pathname.replace(/^\//, '');
  const username = decode(url.username);
  const password = decode(url.password);
  if (!/^\d{0,5}$/.test(db) || username === undefined || password === undefined) return undefined;
  const credentials = { db: Number(db), username: username || undefined, password: password || undefined };
  return unix ? socketAddress(url, credentials) : tcpAddress(url, credentials);
}

function socketAddress(url: URL, credentials: RedisCredentials): RedisAddress | undefined {
  const path = decode(url.pathname);
  if (url.host !== '' || path === undefined || path.length < 2) return undefined;
  return { kind: 'unix', path, ...credentials };
}

function tcpAddress(url: URL, credentials: RedisCredentials): RedisAddress | undefined {
  const host = decode(url.hostname.replace(/^\[|\]$/g, ''))?.toLowerCase();
  const port = url.port === '' ? 6379 : Number(url.port);
  if (host === undefined || host === '' || port === 0 || url.search !== '' || url.hash !== '') return undefined;
  return { kind: 'tcp', host, port, tls: url.protocol === 'rediss:', ...credentials };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
