import { spawn } from 'node:child_process';
import { once } from 'node:events';

const batch = 10_000;

/** Fills a Redis by `redis-cli --pipe`; `command` gives the inline command of each key, with its line end. */
export async function fillRedis(
  cli: string,
  port: number,
  keys: number,
  command: (index: number) => string,
): Promise<void> {
  const pipe = spawn(cli, ['-p', String(port), '--pipe'], { stdio: ['pipe', 'ignore', 'inherit'] });
  for (let from = 0; from < keys; from += batch) {
    const lines = Array.from({ length: batch }, (_, index) => command(from + index)).join('');
    if (!pipe.stdin.write(lines)) await once(pipe.stdin, 'drain');
  }
  pipe.stdin.end();
  await once(pipe, 'close');
}
