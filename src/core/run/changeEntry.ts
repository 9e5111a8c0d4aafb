import type { Clock } from '../clock.ts';
import { explain } from '../errors.ts';
import type { StepResult } from '../operations/operation.ts';
import type { Plan } from '../operations/plan.ts';
import type { OperationJournal, OperationLocks } from '../operations/ports.ts';
import type { Verdict } from '../verdict.ts';
import { reportOfCommands, stepOfCommand, verdictOfCommands } from './changePlan.ts';
import type { ChangeEntry } from './host.ts';

export interface ChangePorts {
  readonly clock: Clock;
  readonly journal: OperationJournal;
  readonly locks: OperationLocks;
  /** Told when what happened cannot be written down; the run goes on, since its beginning is. */
  readonly say: (line: string) => void;
}

/**
 * Begins what the commands of one block or item change: takes the environment's lock, as an operation does, then writes
 * into the journal. The lock is held until `end`, also while a person decides about a failure in their middle, and is
 * free between the blocks of a stage, so that whoever waits there can roll back. A command that got a terminal of its own
 * is not waited for: the lock does not cover it. Throws OpsError `busy` or `file`: then nothing is to be run.
 */
export async function beginChange(
  plan: Plan,
  reason: string | undefined,
  { clock, journal, locks, say }: ChangePorts,
): Promise<ChangeEntry> {
  const lock = await locks.acquire(plan.environment, plan.title);
  const times = { startedAtMs: clock.wallMs(), begunMs: clock.monotonicMs() };
  const entry = await journal.begin(plan, reason).catch((error: unknown) => {
    lock.dispose();
    throw error;
  });
  const results = new Map<string, { readonly step: StepResult; readonly verdict: Verdict }>();
  const write = async (work: Promise<void>): Promise<void> => {
    await work.catch((error: unknown) => say(`Not in the journal: ${explain(error)}`));
  };
  return {
    ran: async (at, verdict, durationMs) => {
      const planned = plan.steps.find(({ id }) => id === String(at));
      if (!planned) return;
      const step = stepOfCommand(planned, verdict, durationMs);
      results.set(planned.id, { step, verdict });
      await write(entry.step(step));
    },
    end: async (stopped) => {
      const steps = plan.steps.map(
        ({ id, title }): StepResult => results.get(id)?.step ?? { id, title, state: 'notRun' },
      );
      const durationMs = clock.monotonicMs() - times.begunMs;
      const verdict = verdictOfCommands([...results.values()].map((one) => one.verdict));
      const report = reportOfCommands(steps, stopped, { startedAtMs: times.startedAtMs, durationMs });
      await write(entry.end(report, { verdict, findings: [] }));
      lock.dispose();
    },
  };
}
