import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Stands in for an application, so that it can be killed and be back within milliseconds: it runs with the value that its
 * flag had when it was last started, says so, and its cache has hits only while that is on. (Real ones: rollBack.test.ts.)
 */
export class ApplicationStandIn {
  /** Where its flag is kept; asked when it is started. */
  flag: () => Promise<string | undefined> = () => Promise.resolve('1');
  /** What its own address to clear the cache does. */
  clear: () => Promise<void> = () => Promise.resolve();
  /** A flag behind an address of its own, which survives it. */
  remote = true;
  readonly #port: number;
  #server: Server | undefined;
  #value: string | undefined;
  #requests = 0;
  #hits = 0;

  constructor(port: number) {
    this.#port = port;
  }

  async start(): Promise<void> {
    this.#value = await this.flag();
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
  }

  everything(): readonly (readonly [name: string, holds: string])[] {
    return [
      ['application', this.#value ?? ''],
      ['application flag', String(this.remote)],
    ];
  }

  async restart(): Promise<void> {
    this.#value = await this.flag();
  }

  stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    return new Promise((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = request.url;
    if (at === '/flag') return this.#answerFlag(request, response);
    if (at === '/restart') await this.restart();
    if (at === '/clear') await this.clear();
    if (at !== '/metrics')
      return void response.end(JSON.stringify({ status: 'healthy', flags: { CACHE_ENABLED: this.#value } }));
    this.#requests += 10;
    if (this.#value === '1') this.#hits += 5;
    response.end(`cache_hits_total ${this.#hits}\ncache_misses_total ${this.#requests - this.#hits}\n`);
  }

  async #answerFlag(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'PUT') {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      this.remote = body.includes('true');
    }
    response.end(JSON.stringify({ enabled: this.remote }));
  }
}
