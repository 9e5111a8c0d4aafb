import { randomUUID } from 'node:crypto';
import type { BlockEvent, BlockResult } from '../../core/run/model.ts';
import { composeScript, names } from '../../core/run/script.ts';
import { findBash } from './bash.ts';
import { startBash } from './bashProcess.ts';
import { BlockRun } from './blockRun.ts';
import type { BlockRequest } from './request.ts';
import { RunFolder } from './runFolder.ts';
import { checkDirectory, shellEnvironment } from './surroundings.ts';

/**
 * Runs the statements of a block in one bash process, from a script file, with nothing to read on stdin.
 *
 * Resolves when the shell has ended and its output is read, also when a statement fails, the signal aborts or the time is
 * up: the result says which, and what was not run. Both of the latter end the whole process tree. A background process
 * that goes on writing is named in the result and left running. Throws an OpsError when nothing could be run at all: no
 * bash, no such directory, no room for the script, or a state that cannot be restored.
 */
export async function runBlock(
  request: BlockRequest,
  onEvent: (event: BlockEvent) => void,
  signal: AbortSignal,
): Promise<BlockResult> {
  if (signal.aborted || request.statements.length === 0) return notRun(request, signal.aborted);
  const bash = await findBash(request.bash);
  const directory = request.state?.directory ?? request.cwd;
  await checkDirectory(directory);
  const marker = randomUUID();
  const environment = shellEnvironment(process.env, request.environment, directory, marker);
  const { statements, stopOnFailure, state } = request;
  const folder = await RunFolder.create((path) =>
    composeScript({ folder: path, statements, stopOnFailure, state: state?.script }),
  );
  const run = new BlockRun(request, folder, onEvent);
  try {
    const script = folder.file(names.script);
    const shell = await startBash({ bash, script, directory, environment, stateScript: state?.script });
    return await run.follow(shell, marker, signal);
  } finally {
    run.release();
    folder.remove();
  }
}

function notRun(request: BlockRequest, isCancelled: boolean): BlockResult {
  return {
    statements: request.statements.map(({ id }) => ({ kind: 'notRun', id })),
    end: { kind: isCancelled ? 'cancelled' : 'completed' },
    durationMs: 0,
    state: request.state,
    stateSaved: true,
    stillWriting: [],
    stillRunning: [],
  };
}
