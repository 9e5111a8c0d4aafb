import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { AbstractConnector, Redis } from 'ioredis';
import type { RedisTarget } from './redisLink.ts';
import { asSocket } from './tunnel/stream.ts';
import type { Dial } from './tunnel/stream.ts';

/**
 * A client for `target` that is not connected yet and sends nothing of its own. It never reconnects by itself, unless
 * `reconnectMs` gives the pause after which it does.
 */
export function createRedis(target: RedisTarget, timeoutMs: number, reconnectMs?: number): Redis {
  const { endpoint, dial } = target;
  return new Redis({
    ...endpoint,
    db: target.db,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.tls === undefined ? {} : { tls: target.tls }),
    ...(dial === undefined || 'path' in endpoint ? {} : { Connector: through(dial, target, endpoint) }),
    lazyConnect: true,
    connectTimeout: timeoutMs,
    // RESP2 logs in with AUTH, which every user may call; HELLO is a right of its own and unknown before Redis 6.
    protocol: 2,
    connectionName: 'cache-ops',
    disableClientInfo: true,
    // The ready check is an INFO of its own, which not every user may call; reconnecting is the poller's business.
    enableReadyCheck: false,
    retryStrategy: () => reconnectMs ?? null,
    maxRetriesPerRequest: 0,
  });
}

function through(dial: Dial, { tls }: RedisTarget, { host, port }: { readonly host: string; readonly port: number }) {
  return class TunnelConnector extends AbstractConnector {
    constructor() {
      super(2_000);
    }

    override async connect(): Promise<Socket | TLSSocket> {
      this.connecting = true;
      const stream = await dial(host, port);
      if (!this.connecting) {
        stream.destroy();
        throw new Error('Connection is closed.');
      }
      const socket = tls ? connectTls({ host, ...tls, socket: stream }) : asSocket(stream);
      socket.once('error', (error) => (this.firstError = error));
      return (this.stream = socket);
    }
  };
}
