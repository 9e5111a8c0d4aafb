import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Opens a stream to a host and port as seen from the far end of a tunnel. Throws OpsError. */
export type Dial = (host: string, port: number) => Promise<Duplex>;

/** What ioredis and Node's HTTP ask of a stream beyond a Duplex: a socket's settings, which a tunnel's stream has no use for. */
const socketSettings = { setKeepAlive: ignore, setNoDelay: ignore, setTimeout: ignore, ref: ignore, unref: ignore };

function ignore(): void {}

/** The stream of a tunnel as the socket that it stands for. */
export function asSocket(stream: Duplex): Socket {
  const socket = 'setKeepAlive' in stream ? stream : Object.assign(stream, socketSettings);
  if (!isLikeSocket(socket)) throw new Error('The stream of the tunnel is no socket.');
  return socket;
}

function isLikeSocket(stream: Duplex): stream is Socket {
  return Object.keys(socketSettings).every((name) => name in stream);
}
