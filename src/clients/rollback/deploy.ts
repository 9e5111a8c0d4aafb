import { revisionNote } from '../../core/rollback/revisions.ts';
import type { Preparable } from '../../core/rollback/way.ts';
import { settleMs } from '../../core/flags/target.ts';
import type { Deployment } from '../../core/flags/target.ts';
import { told } from '../../core/flags/pieces.ts';
import type { Clock } from '../../core/clock.ts';
import { runCommandLine } from '../flags/commandLine.ts';

/** The state that was returned to, deployed by a command line of the settings. */
export function deployLine(line: string, directory: string, clock: Clock, timeoutMs = 3 * settleMs): Preparable {
  const title = 'Deploy what was returned to';
  return {
    id: 'deploy',
    title,
    prepare: () =>
      Promise.resolve({
        piece: {
          step: { id: 'deploy', title, commands: [line] },
          offers: ['retry', 'skip', 'undo'],
          work: async (step) => {
            const { signal, onProgress } = told(step, clock);
            await runCommandLine(line, { directory, timeoutMs, signal, onLine: onProgress });
          },
        },
        targets: [{ what: `“${line}”` }],
        obstacles: [],
        warnings: [],
      }),
  };
}

/** A workload back to a revision that its cluster keeps. */
export function revisionUndo(deployment: Deployment, revision: string, clock: Clock): Preparable | undefined {
  const { undoTo, where } = deployment;
  if (!undoTo) return undefined;
  const title = `Go back to revision ${revision} of ${where}`;
  return {
    id: 'revision',
    title,
    prepare: async (signal) => {
      const [{ obstacles, warnings, revision: now }, known] = await Promise.all([
        deployment.inspect(signal),
        undoTo.revisions(signal),
      ]);
      const gone = known.includes(revision)
        ? []
        : [`${where} has no revision ${revision} (any more); it has ${known.join(', ')}.`];
      return {
        piece: {
          step: { id: 'revision', title, commands: undoTo.commands(revision) },
          offers: ['retry', 'skip', 'undo'],
          work: async (step) => {
            if (now !== undefined) step.note(revisionNote(now));
            await undoTo.run(revision, told(step, clock));
          },
          ...(now === undefined
            ? {}
            : { undo: (stop: AbortSignal) => undoTo.run(now, { signal: stop, onProgress: () => undefined }) }),
        },
        targets: [{ what: where, detail: `revision ${now ?? 'not known'} → ${revision}` }],
        obstacles: [...obstacles, ...gone],
        warnings: [
          ...warnings,
          'A revision is the whole pod template: image and every variable go back, not the flag alone.',
        ],
      };
    },
  };
}
