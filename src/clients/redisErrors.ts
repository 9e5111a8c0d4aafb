import { OpsError } from '../core/errors.ts';
import { byCode, closed, describe, explainedError } from './networkErrors.ts';
import type { Explanation } from './networkErrors.ts';

/** By the first word of Redis' own error replies. Source: Redis' documentation of ACL, AUTH and error replies. */
const byReply: Readonly<Record<string, Explanation>> = {
  WRONGPASS: {
    code: 'authentication',
    says: (address) => `${address} does not accept this user and password, or the user is disabled.`,
    next: 'Use "Cache Ops: Set or Allow Secret…" to type it again.',
  },
  NOAUTH: {
    code: 'authentication',
    says: (address) => `${address} wants a password.`,
    next: 'Set redis.password to "${secret}" in the environment.',
  },
  NOPERM: { code: 'permission', says: (address) => `The user of ${address} lacks a right.` },
  LOADING: {
    code: 'busy',
    says: (address) => `${address} is loading its data set and serves nobody yet.`,
    next: 'It will be asked again.',
  },
  MASTERDOWN: {
    code: 'busy',
    says: (address) => `${address} is a replica that has lost its primary and serves nothing.`,
  },
  BUSY: { code: 'busy', says: (address) => `${address} is busy running a script and answers nobody.` },
  DENIED: {
    code: 'permission',
    says: (address) => `${address} is in protected mode and accepts connections from its own machine only.`,
    next: 'Set a password or bind address on the server.',
  },
};

/**
 * Turns what ioredis or Node threw into an OpsError that says what failed at `address`. `cause` should be the last
 * `error` event where there was one: a rejected connect() itself only says that the connection is closed.
 */
export function redisError(cause: unknown, address: string): OpsError {
  if (cause instanceof OpsError) return cause;
  const { message, code } = describe(cause);
  const known =
    (code === undefined ? undefined : byCode[code]) ??
    byReply[/^-?([A-Z]+)\b/.exec(message)?.[1] ?? ''] ??
    byMessage(message);
  if (!known) return new OpsError('protocol', `${address}: ${message}`, { cause });
  return explainedError(known, address, cause, known === byReply['NOPERM'] ? ` It said: ${message}.` : '');
}

function byMessage(message: string): Explanation | undefined {
  if (/ERR (AUTH|Client sent AUTH)\b.*(no password|without any password)/i.test(message)) {
    return {
      code: 'authentication',
      says: (address) => `${address} has no password set, but one was sent.`,
      next: 'Remove redis.password from the environment.',
    };
  }
  if (/invalid password/i.test(message)) return byReply['WRONGPASS'];
  if (/max number of clients/i.test(message)) {
    return {
      code: 'busy',
      says: (address) => `${address} has reached its maximum number of clients.`,
      next: 'Close connections or raise maxclients.',
    };
  }
  if (/DB index is out of range|invalid DB index/i.test(message)) {
    return {
      code: 'settings',
      says: (address) => `${address} has no database of that number.`,
      next: 'Check the number at the end of the URL.',
    };
  }
  if (/Protocol error|as reply type byte|Unknown RESP type/i.test(message)) {
    return {
      code: 'protocol',
      says: (address) => `What answers at ${address} is not Redis.`,
      next: 'Check host and port.',
    };
  }
  if (/timed? ?out/i.test(message)) return byCode['ETIMEDOUT'];
  if (/alert certificate required|alert handshake failure|alert bad certificate/i.test(message)) {
    return {
      code: 'tls',
      says: (address) => `${address} wants a client certificate, or does not accept the one it got.`,
      next: 'Set tls.cert and tls.key of the environment.',
    };
  }
  if (/wrong version number|packet length too long/i.test(message)) return byCode['ERR_SSL_WRONG_VERSION_NUMBER'];
  if (/Connection is closed|socket disconnected|Client network socket/i.test(message)) return closed;
  return undefined;
}
