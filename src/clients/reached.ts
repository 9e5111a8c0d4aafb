import { Agent as HttpAgent } from 'node:http';
import type { ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { formatHostPort } from '../core/environment/hosts.ts';

/** What a connection itself says of who is at its other end. */
export interface Reached {
  /** `10.0.3.17:6379`; undefined through a tunnel and at a Unix socket. */
  readonly resolved: string | undefined;
  /** SHA-256 of the certificate that was shown, `AB:CD:…`; undefined where it is not TLS. */
  readonly fingerprint: string | undefined;
}

export const nothingReached: Reached = { resolved: undefined, fingerprint: undefined };

export function reachedBy(socket: object | undefined): Reached {
  if (!socket) return nothingReached;
  const fingerprint = isTls(socket) && !socket.destroyed ? socket.getPeerCertificate().fingerprint256 : undefined;
  return { resolved: resolvedOf(socket), fingerprint };
}

type Created = (error: Error | null, stream: Duplex) => void;

/** An agent for HTTP that knows whom its last connection led to, which may be closed by then. */
export class WitnessAgent extends HttpAgent {
  reached = nothingReached;

  override createConnection(options: ClientRequestArgs, created?: Created): Duplex | null | undefined {
    const stream = super.createConnection(options, created);
    stream?.once('connect', () => (this.reached = reachedBy(stream)));
    return stream;
  }
}

/** The same for HTTPS. */
export class SecureWitnessAgent extends HttpsAgent {
  reached = nothingReached;

  override createConnection(options: ClientRequestArgs, created?: Created): Duplex | null | undefined {
    const stream = super.createConnection(options, created);
    stream?.once('secureConnect', () => {
      const { resolved, fingerprint } = reachedBy(stream);
      // A resumed session shows no certificate: it goes on from the one before.
      this.reached = { resolved, fingerprint: fingerprint ?? this.reached.fingerprint };
    });
    return stream;
  }
}

function resolvedOf(socket: object): string | undefined {
  if (!('remoteAddress' in socket) || !('remotePort' in socket)) return undefined;
  const { remoteAddress, remotePort } = socket;
  return typeof remoteAddress === 'string' && typeof remotePort === 'number'
    ? formatHostPort({ host: remoteAddress.replace(/^::ffff:/, ''), port: remotePort })
    : undefined;
}

function isTls(socket: object): socket is TLSSocket {
  return 'getPeerCertificate' in socket;
}
