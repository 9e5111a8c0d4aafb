import { connect as connectPlain } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { OpsError } from '../core/errors.ts';
import { redisError } from './redisErrors.ts';
import type { RedisTarget } from './redisLink.ts';

const probeTimeoutMs = 1_000;

/** A server that serves nobody says so at once: that it has its maximum number of clients. */
const greetingMs = 300;

/**
 * Why a new connection failed. A TLS client and a plain server, or the reverse, look alike from inside: one side waits or hangs up. So a failed
 * connection is tried once the other way, without sending any secret. What a server says before it hangs up is lost to
 * a client that has written meanwhile, so one that writes nothing listens. Returns the better error, or the given one.
 */
export async function explainProtocol(failure: OpsError, target: RedisTarget, address: string): Promise<OpsError> {
  if (target.dial || (failure.code !== 'timedOut' && failure.code !== 'closed')) return failure;
  if (target.tls) {
    if (!(await answersPlainly(target))) return failure;
    return new OpsError('tls', `${address} does not speak TLS: it answers without.`, {
      cause: failure,
      next: 'Use redis:// in the URL, or the server’s TLS port.',
    });
  }
  const greeting = failure.code === 'closed' ? await greetingOf(target) : undefined;
  if (greeting !== undefined) return redisError(new Error(greeting), address);
  if (!(await answersWithTls(target))) return failure;
  return new OpsError('tls', `${address} speaks TLS, but the environment connects without.`, {
    cause: failure,
    next: 'Use rediss:// in the URL.',
  });
}

function answersPlainly({ endpoint }: RedisTarget): Promise<boolean> {
  const socket = connectPlain(endpoint as NetConnectOpts);
  socket.once('connect', () => socket.write('PING\r\n'));
  return settles(socket, 'data');
}

function answersWithTls({ endpoint }: RedisTarget): Promise<boolean> {
  // Only whether a handshake is answered is asked here; nothing is sent over it, so nobody needs to be trusted.
  const socket = connectTls({ ...endpoint, rejectUnauthorized: false });
  return settles(socket, 'secureConnect');
}

/** `ERR max number of clients reached`, to one who says nothing. */
function greetingOf({ endpoint }: RedisTarget): Promise<string | undefined> {
  const socket = connectPlain(endpoint as NetConnectOpts);
  return new Promise((resolve) => {
    const end = (words?: string): void => {
      socket.destroy();
      resolve(words);
    };
    socket.setTimeout(greetingMs, () => end());
    socket.once('data', (data) => end(/^-(.*)/.exec(String(data))?.[1]));
    socket.once('error', () => end());
    socket.once('close', () => end());
  });
}

function settles(socket: Socket, event: string): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(probeTimeoutMs, () => end(false));
    socket.once(event, () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
