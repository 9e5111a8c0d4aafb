import { OpsError } from '../../core/errors.ts';

/** Bash was started, but never came to the first statement. */
export function couldNotBegin(complaint: string, isStateLost: boolean): OpsError {
  if (isStateLost) {
    return new OpsError('file', 'What the block before left in the shell could not be restored; nothing was run.', {
      next: 'Start the run anew.',
    });
  }
  const said = complaint === '' ? 'it gave no reason' : complaint;
  return new OpsError('file', `Bash ended before the first command; nothing was run. What it said: ${said}.`);
}
