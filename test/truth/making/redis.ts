import { Redis } from 'ioredis';
import { startRedis } from '../../sandbox/redis.ts';
import type { RedisServer } from '../../sandbox/redis.ts';
import type { Stage } from '../state.ts';

/** A real Redis of this state's. */
export function redisOn(
  stage: Stage,
  config: Readonly<Record<string, string>> = {},
  name = 'redis',
): Promise<RedisServer> {
  return stage.own(
    startRedis({ folder: `${stage.folder}/${name}`, config: { 'repl-diskless-sync-delay': '0', ...config } }),
  );
}

/** It would not end when asked to: it cannot save, or hears nobody. */
export function killed(stage: Stage, server: Pick<RedisServer, 'kill'>): void {
  stage.undo(() => server.kill());
}

/** By which the state is made, and looked at past the extension. */
export function clientOf(stage: Stage, { port }: Pick<RedisServer, 'port'>): Redis {
  const client = new Redis(port, '127.0.0.1', { enableReadyCheck: false, retryStrategy: () => null });
  client.on('error', () => undefined);
  stage.undo(() => Promise.resolve(client.disconnect()));
  return client;
}

/** Repeats `ask` until its answer, or its error, matches: the server itself is in the state then. */
export async function until(ask: () => Promise<unknown>, words: RegExp, timeoutMs = 20_000): Promise<void> {
  const endsMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask().then(String, String);
    if (words.test(answer)) return;
    if (Date.now() > endsMs) throw new Error(`${words} did not come: ${answer.slice(0, 400)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
