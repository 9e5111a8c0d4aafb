import { readFile, readdir } from 'node:fs/promises';
import type { ServerProcess } from '../../sandbox/serverProcess.ts';
import type { Stage } from '../state.ts';
import { until } from './redis.ts';

/** The server hangs: its process stands still, its port still accepts. */
export async function suspend(stage: Stage, { pid }: Pick<ServerProcess, 'pid'>): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  stage.undo(() => Promise.resolve(void process.kill(pid, 'SIGCONT')));
  if (process.platform !== 'linux') return;
  // One thread takes the signal and stops the others, once it is its turn: until then, a busy machine lets them answer.
  await until(() => statesOfThreads(pid), /^T+$/);
}

/** A letter for each, as in the third field of proc_pid_stat(5): `RSS`. */
async function statesOfThreads(pid: number): Promise<string> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder);
  const lines = await Promise.all(threads.map((one) => readFile(`${folder}/${one}/stat`, 'utf8')));
  return lines.map((line) => /.*\) (.)/.exec(line)?.[1] ?? '?').join('');
}
