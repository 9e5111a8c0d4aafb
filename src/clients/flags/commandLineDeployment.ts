import type { Deployment } from '../../core/flags/target.ts';
import { fine, settleMs } from '../../core/flags/target.ts';
import { runCommandLine } from './commandLine.ts';

export interface RestartLine {
  readonly line: string;
  readonly directory: string;
  readonly settleWithin: number | undefined;
  /** Succeeds when it runs again. */
  readonly status?: string | undefined;
}

/** An application that a command line of the settings starts anew. What its process was started with, it has to say itself. */
export function commandLineDeployment({ line, directory, settleWithin, status }: RestartLine): Deployment {
  const lines = [line, ...(status === undefined ? [] : [status])];
  return {
    where: `“${line}”`,
    inspect: () => Promise.resolve(fine),
    restartCommands: () => lines,
    restart: async (_begun, { signal, onProgress }) => {
      const deadline = performance.now() + (settleWithin ?? settleMs);
      for (const one of lines) {
        const timeoutMs = Math.max(1, deadline - performance.now());
        await runCommandLine(one, { directory, timeoutMs, signal, onLine: onProgress });
      }
    },
  };
}
