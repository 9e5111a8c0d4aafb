import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

export interface HttpStandIn {
  readonly port: number;
  readonly url: string;
  /** Paths with queries, in the order they were asked for. */
  readonly asked: string[];
  stop(): Promise<void>;
}

export interface StandInAnswer {
  readonly status?: number;
  /** A text as it is, anything else as JSON; undefined: no answer at all. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A small HTTP server of our own on 127.0.0.1, for what a real server will not do on demand, or cannot be had here. */
export async function startHttpStandIn(
  answer: (request: IncomingMessage) => StandInAnswer | undefined | Promise<StandInAnswer | undefined>,
  tls?: { readonly key: string; readonly cert: string },
): Promise<HttpStandIn> {
  const asked: string[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(request.url ?? '');
    const given = await answer(request);
    if (!given) return; // hangs
    const text = typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? '');
    response.writeHead(given.status ?? 200, given.headers ?? {}).end(text);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => void handle(request, response);
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
  const { port } = address;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port, url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, asked, stop };
}

/** Hands a request on to a real server at `url`, and its answer back. */
export async function passOn(url: string, request: IncomingMessage): Promise<StandInAnswer> {
  const answer = await fetch(url + (request.url ?? ''));
  return { status: answer.status, body: await answer.text() };
}
