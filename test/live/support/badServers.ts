import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

export interface BadServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Stand-ins for what a real server will not do on demand: `onConnection` decides what becomes of each connection.
 * Accepting and never answering is doing nothing.
 */
export async function startBadServer(onConnection: (socket: Socket) => void = () => undefined): Promise<BadServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { port: address.port, stop };
}
