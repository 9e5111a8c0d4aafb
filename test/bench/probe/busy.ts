import { createHook, executionAsyncResource } from 'node:async_hooks';
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';

/** How long the host's thread answered nobody, since it was last asked for. */
export interface Busy {
  /** Processor time of the longest task: what else runs on the machine does not count. */
  readonly cpuMs: number;
  /** The longest time between two turns of the event loop, by the clock; with what else runs on the machine. */
  readonly wallMs: number;
}

/** So often one looks whether the thread answers. */
const tickMs = 1;
const quietMs = 400;

/**
 * Runs in the extension host until it is asked to end: watches how long the thread is busy at a time, and answers over
 * HTTP on the port it writes to the file CACHE_OPS_BENCH_PORT. `/busy` waits until the host has come to rest, and tells
 * the longest stretch since it was last asked; `/command?id` carries out a command of the editor first.
 */
export async function run(): Promise<void> {
  const watch = new Watch();
  let end: (() => void) | undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    void (async () => {
      const id = url.searchParams.get('id');
      if (id !== null) await vscode.commands.executeCommand(id);
      response.end(JSON.stringify(await watch.rest()), () => url.pathname === '/end' && end?.());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The probe has no port.');
  writeFileSync(process.env['CACHE_OPS_BENCH_PORT'] ?? '', `${address.port}\n`);
  await ended;
  watch.stop();
  server.close();
}

/**
 * A task is a callback that the event loop starts, with all promises that go on because of it: what follows it comes to
 * its turn only then. Several may be carried out in one turn of the loop, most of all on a machine that is busy.
 */
class Watch {
  readonly #timer: NodeJS.Timeout;
  readonly #hook = createHook({ before: () => this.#begin() }).enable();
  #longest: Busy = { cpuMs: 0, wallMs: 0 };
  #lastMs = performance.now();
  #lastCpu = process.threadCpuUsage();
  /** When the thread was last busy for a while. */
  #busyAtMs = performance.now();

  constructor() {
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  /** Resolves once nothing has gone on for a moment. */
  async rest(): Promise<Busy> {
    this.#busyAtMs = performance.now();
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (performance.now() - this.#busyAtMs < quietMs) return;
        clearInterval(timer);
        resolve();
      }, 20);
    });
    const longest = this.#longest;
    this.#longest = { cpuMs: 0, wallMs: 0 };
    return longest;
  }

  stop(): void {
    this.#hook.disable();
    clearInterval(this.#timer);
  }

  #begin(): void {
    if (executionAsyncResource() instanceof Promise) return;
    const { user, system } = process.threadCpuUsage(this.#lastCpu);
    const cpuMs = (user + system) / 1000;
    if (cpuMs > 5) this.#busyAtMs = performance.now();
    if (cpuMs > this.#longest.cpuMs) this.#longest = { ...this.#longest, cpuMs };
    this.#lastCpu = process.threadCpuUsage();
  }

  #tick(): void {
    const nowMs = performance.now();
    const wallMs = nowMs - this.#lastMs - tickMs;
    if (wallMs > this.#longest.wallMs) this.#longest = { ...this.#longest, wallMs };
    this.#lastMs = nowMs;
  }
}
