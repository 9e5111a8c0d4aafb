import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';

/**
 * Stands in for an application, so that it can be killed and be back within milliseconds: it runs with the value that its
 * flag had when it was last started, says so, and its cache has hits only while that is on. (Real ones: rollBack.test.ts.)
 */
export class ApplicationStandIn {
  /** Where its flag is kept; asked when it is started. */
  flag: () => Promise<string | undefined> = () => Promise.resolve('1');
  /** What its own address to clear the cache does. */
  clear: () => Promise<void> = () => Promise.resolve();
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
      this.#answer(request.url ?? '', response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
  }

  stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    return new Promise((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  async #answer(at: string, response: ServerResponse): Promise<void> {
    if (at === '/restart') this.#value = await this.flag();
    if (at === '/clear') await this.clear();
    if (at !== '/metrics') {
      response.end(JSON.stringify({ status: 'healthy', flags: { CACHE_ENABLED: this.#value } }));
      return;
    }
    this.#requests += 10;
    if (this.#value === '1') this.#hits += 5;
    response.end(`cache_hits_total ${this.#hits}\ncache_misses_total ${this.#requests - this.#hits}\n`);
  }
}
