import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { startBadServer } from '../../live/support/badServers.ts';
import type { BadServer } from '../../live/support/badServers.ts';
import type { Stage } from '../state.ts';

/** A stand-in for a line to `port`: all goes to the server as it comes, back to the client so many bytes a second. */
export function slowLink(stage: Stage, port: number, bytesPerSecond: number): Promise<BadServer> {
  return stage.own(
    startBadServer((client) => {
      const server = connect(port, '127.0.0.1');
      client.on('close', () => server.destroy());
      client.pipe(server);
      void passOn(server, client, bytesPerSecond).catch(() => client.destroy());
    }),
  );
}

async function passOn(from: Socket, to: Socket, bytesPerSecond: number): Promise<void> {
  const atOnce = Math.ceil(bytesPerSecond / 10);
  for await (const chunk of from as AsyncIterable<Buffer>) {
    for (let start = 0; start < chunk.length && !to.destroyed; start += atOnce) {
      to.write(chunk.subarray(start, start + atOnce));
      await wait(100);
    }
  }
  to.end();
}
