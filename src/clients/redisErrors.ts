import { OpsError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';

interface Explanation {
  readonly code: ErrorCode;
  readonly says: (address: string) => string;
  readonly next?: string;
}

const closed: Explanation = {
  code: 'closed',
  says: (address) => `${address} closed the connection before it said anything.`,
  next: 'If it speaks TLS, use rediss:// in the URL; if it wants a client certificate, set tls.cert and tls.key.',
};

/** By the `code` of Node's errors: dns, net and tls modules, OpenSSL's verify codes. */
const byCode: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: {
    code: 'nameNotResolved',
    says: (address) => `The host name of ${address} does not resolve.`,
    next: 'Check the spelling, or whether the VPN or cluster DNS is up.',
  },
  EAI_AGAIN: {
    code: 'nameNotResolved',
    says: (address) => `The host name of ${address} could not be looked up: the name server does not answer.`,
    next: 'Check the network or the VPN.',
  },
  ECONNREFUSED: {
    code: 'refused',
    says: (address) => `${address} refused the connection: nothing listens there.`,
    next: 'Check the port, and whether the server runs.',
  },
  EHOSTUNREACH: {
    code: 'unreachable',
    says: (address) => `There is no route to ${address}.`,
    next: 'Check the network or the VPN.',
  },
  ENETUNREACH: {
    code: 'unreachable',
    says: (address) => `There is no route to ${address}.`,
    next: 'Check the network or the VPN.',
  },
  ETIMEDOUT: {
    code: 'timedOut',
    says: (address) => `${address} did not answer in time.`,
    next: 'A firewall may drop the packets, or the server hangs.',
  },
  ECONNRESET: closed,
  EPIPE: closed,
  ENOENT: {
    code: 'refused',
    says: (address) => `There is no socket ${address}.`,
    next: 'Check the path, and whether the server runs.',
  },
  EACCES: {
    code: 'permission',
    says: (address) => `This user may not open ${address}.`,
    next: 'Check the socket’s permissions.',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    code: 'tls',
    says: (address) => `${address} does not speak TLS.`,
    next: 'Use redis:// in the URL, or the server’s TLS port.',
  },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: {
    code: 'tls',
    says: (address) => `${address} does not speak TLS.`,
    next: 'Use redis:// in the URL, or the server’s TLS port.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    code: 'tls',
    says: (address) => `The certificate of ${address} is self-signed and not trusted.`,
    next: 'Set tls.ca to the certificate authority’s file.',
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    code: 'tls',
    says: (address) => `The certificate of ${address} comes from an authority that is not trusted.`,
    next: 'Set tls.ca to the certificate authority’s file.',
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    code: 'tls',
    says: (address) => `The certificate of ${address} could not be verified.`,
    next: 'Set tls.ca to the certificate authority’s file.',
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    code: 'tls',
    says: (address) => `The issuer of the certificate of ${address} is not known.`,
    next: 'Set tls.ca to the certificate authority’s file.',
  },
  CERT_HAS_EXPIRED: {
    code: 'tls',
    says: (address) => `The certificate of ${address} has expired.`,
    next: 'Renew it on the server; check this machine’s clock.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'tls',
    says: (address) => `The certificate of ${address} is for another host name.`,
    next: 'Set tls.servername to the name in the certificate.',
  },
};

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
  const detail = known.code === 'permission' && known === byReply['NOPERM'] ? ` It said: ${message}.` : '';
  return new OpsError(
    known.code,
    known.says(address) + detail,
    known.next === undefined ? { cause } : { cause, next: known.next },
  );
}

/** A host with several addresses fails with an AggregateError whose own message is empty: its first error says why. */
function describe(cause: unknown): { message: string; code: string | undefined } {
  if (cause instanceof AggregateError && cause.errors.length > 0) return describe(cause.errors[0]);
  if (!(cause instanceof Error)) return { message: String(cause), code: undefined };
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return { message: cause.message, code };
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
