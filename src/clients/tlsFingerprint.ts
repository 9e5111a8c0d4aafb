import type { ClientRequestArgs } from 'node:http';
import { Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/** SHA-256 of the certificate that the other side of a connection showed, `AB:CD:…`; undefined where it is not TLS. */
export function fingerprintOf(socket: object | undefined): string | undefined {
  return socket && isTls(socket) && !socket.destroyed ? socket.getPeerCertificate().fingerprint256 : undefined;
}

type Created = (error: Error | null, stream: Duplex) => void;

/** An agent for HTTPS that knows the certificate of its last connection, which may be closed by then. */
export class FingerprintingAgent extends Agent {
  #fingerprint: string | undefined;

  /** Undefined until something was asked. */
  get fingerprint(): string | undefined {
    return this.#fingerprint;
  }

  override createConnection(options: ClientRequestArgs, created?: Created): Duplex | null | undefined {
    const stream = super.createConnection(options, created);
    // A resumed session shows no certificate: it goes on from the one before.
    stream?.once('secureConnect', () => (this.#fingerprint = fingerprintOf(stream) ?? this.#fingerprint));
    return stream;
  }
}

function isTls(socket: object): socket is TLSSocket {
  return 'getPeerCertificate' in socket;
}
