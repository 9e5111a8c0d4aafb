import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createTraffic, dayCurve } from './app/traffic.ts';
import type { Request } from './app/traffic.ts';

const BURST_CONNECTIONS = 32;

export interface TrafficOptions {
  /** Where the sample application listens: "http://127.0.0.1:8000". */
  readonly url: string;
  readonly seed: number;
  /** Mean over a day: more comes in the afternoon than before dawn (UTC, as in the history). */
  readonly ratePerSecond: number;
  readonly signal: AbortSignal;
}

/**
 * Sends requests at random times with the given mean rate until the signal is given. Does not wait for answers, so a
 * slow application is asked no less; one that does not answer is asked again with the next request.
 */
export async function sendTraffic(options: TrafficOptions): Promise<void> {
  const traffic = createTraffic(options.seed);
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  let due = performance.now();
  while (!options.signal.aborted) {
    const hour = hourOf(new Date());
    due += traffic.pauseMs(options.ratePerSecond * dayCurve(hour));
    // Once the machine has slept, what was missed is not made up for.
    due = Math.max(due, performance.now() - 1000);
    await wait(Math.max(0, due - performance.now()), undefined, { signal: options.signal }).catch(() => {});
    if (!options.signal.aborted) void send(agent, options.url, traffic.next(hour));
  }
  agent.destroy();
}

/** Sends this many requests as fast as they are answered, and returns when the last one is. */
export async function sendBurst(url: string, seed: number, requests: number): Promise<void> {
  const traffic = createTraffic(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: BURST_CONNECTIONS });
  const hour = hourOf(new Date());
  let left = requests;
  const sender = async () => {
    while (left > 0) {
      left -= 1;
      await send(agent, url, traffic.next(hour));
    }
  };
  await Promise.all(Array.from({ length: BURST_CONNECTIONS }, sender));
  agent.destroy();
}

function hourOf(date: Date): number {
  return date.getUTCHours() + date.getUTCMinutes() / 60;
}

/** Settles when the request is over; one that fails is over too: the application is away, and its health says so. */
function send(agent: Agent, url: string, { namespace, question }: Request): Promise<void> {
  return new Promise((resolve) => {
    const path = `${url}/answer?namespace=${namespace}&q=${encodeURIComponent(question)}`;
    get(path, { agent }, (response) => response.resume().once('close', resolve)).on('error', () => resolve());
  });
}
