import type { ServerProcess } from '../../sandbox/serverProcess.ts';
import type { Stage } from '../state.ts';

/** The server hangs: its process stands still, its port still accepts. */
export function suspend(stage: Stage, { pid }: Pick<ServerProcess, 'pid'>): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  stage.undo(() => Promise.resolve(void process.kill(pid, 'SIGCONT')));
  return Promise.resolve();
}
