import { OpsError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';

/** What an error means, and what to do about it. */
export interface Explanation {
  readonly code: ErrorCode;
  readonly says: (address: string) => string;
  readonly next?: string;
}

/** The other side hung up before it said anything. */
export const closed: Explanation = {
  code: 'closed',
  says: (address) => `${address} closed the connection before it said anything.`,
  next: 'If it speaks TLS, use rediss:// in the URL; if it wants a client certificate, set tls.cert and tls.key.',
};

/** By the `code` of Node's errors: dns, net and tls modules, OpenSSL's verify codes. */
export const byCode: Readonly<Record<string, Explanation>> = {
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
  ENETDOWN: {
    code: 'unreachable',
    says: (address) => `${address} cannot be reached: this machine’s network is down.`,
  },
  EHOSTDOWN: {
    code: 'unreachable',
    says: (address) => `The host of ${address} is down.`,
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
  CERT_NOT_YET_VALID: {
    code: 'tls',
    says: (address) => `The certificate of ${address} is not valid yet.`,
    next: 'Check this machine’s clock, and the certificate.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'tls',
    says: (address) => `The certificate of ${address} is for another host name.`,
    next: 'Set tls.serverName to the name in the certificate.',
  },
};

/** A host with several addresses fails with an AggregateError whose own message is empty: its first error says why. */
export function describe(cause: unknown): { message: string; code: string | undefined } {
  if (cause instanceof AggregateError && cause.errors.length > 0) return describe(cause.errors[0]);
  if (!(cause instanceof Error)) return { message: String(cause), code: undefined };
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return { message: cause.message, code };
}

/** The OpsError of an explanation, at an address. */
export function explainedError(known: Explanation, address: string, cause: unknown, detail = ''): OpsError {
  return new OpsError(
    known.code,
    known.says(address) + detail,
    known.next === undefined ? { cause } : { cause, next: known.next },
  );
}
