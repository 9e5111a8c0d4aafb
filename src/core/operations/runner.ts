import { OpsError, explain } from '../errors.ts';
import { confirmationForOperation, refusesOperations } from '../policy/confirmation.ts';
import { differencesFromPlan, waitedTooLong } from './asPlanned.ts';
import { makePlan } from './makePlan.ts';
import type { Operation, Outcome, RunEnd, RunReport, Verification } from './operation.ts';
import type { Plan } from './plan.ts';
import type { ConfirmationAnswer, OpenEntry, OperationPorts } from './ports.ts';
import { Pace } from './progress.ts';
import type { Progress } from './progress.ts';
import { isCancelled, StepRun, Undone } from './stepRun.ts';

/** How long asking the servers afterwards may take. */
const verifyTimeoutMs = 5 * 60_000;

/**
 * The one way in which anything is changed, whoever asks for it. The order is fixed: policy → plan → confirm → lock →
 * identity and plan checked again → journal on disk → run → verify → journal.
 */
export class OperationRunner {
  readonly #ports: OperationPorts;

  constructor(ports: OperationPorts) {
    this.#ports = ports;
  }

  /** Makes the plan and changes nothing; also in a read-only environment. Throws OpsError. */
  async plan<D>(operation: Operation<D>): Promise<Plan<D>> {
    try {
      return await this.#plan(operation);
    } finally {
      operation.close?.();
    }
  }

  /**
   * Carries the operation out. Gives what came of it once anything may have been changed; throws OpsError when nothing
   * was: `readOnly` by policy, `cancelled` when it was not confirmed, `busy` when another one is at work, `conflict`
   * when the world is not as planned, `file` when the journal cannot be written.
   */
  async run<D>(operation: Operation<D>): Promise<Outcome> {
    const { environment, title } = operation;
    if (refusesOperations(environment)) {
      throw new OpsError('readOnly', `${environment.name} is read-only in the settings; nothing was done.`, {
        next: 'A dry run shows the plan. To allow changes, remove "readOnly" from the environment.',
      });
    }
    try {
      for (;;) {
        // It is locked only once it is confirmed; nobody is to type a name and a reason for nothing.
        await this.#ports.locks.ensureFree(environment);
        const plan = await this.#plan(operation);
        if (plan.nothingToDo !== undefined) return { kind: 'nothingToDo', plan, why: plan.nothingToDo };
        const [obstacle] = plan.obstacles ?? [];
        if (obstacle !== undefined) {
          const next = 'A dry run shows the whole plan.';
          throw new OpsError('permission', `${title} was not begun. ${plan.obstacles?.join(' ')}`, { next });
        }
        const answer = await this.#confirm(plan);
        const outcome = await this.#underLock(operation, plan, answer);
        if (outcome) return outcome;
      }
    } finally {
      operation.close?.();
    }
  }

  async #plan<D>(operation: Operation<D>): Promise<Plan<D>> {
    const { ask, clock } = this.#ports;
    return ask.during(`Planning: ${operation.title}`, (signal, say) => {
      const pace = new Pace();
      const report = (progress: Progress): void => say(pace.words(progress, clock.monotonicMs()));
      return makePlan(operation, { signal, clock, report }, (identities) =>
        this.#ports.lastBackup(operation.environment, identities),
      );
    });
  }

  async #confirm(plan: Plan): Promise<ConfirmationAnswer> {
    const confirmation = confirmationForOperation(plan.environment, plan.identities);
    const answer = await this.#ports.ask.confirm(plan, confirmation, new AbortController().signal);
    const isEnough =
      confirmation !== 'name' || (answer?.typed === plan.environment.name && (answer.reason ?? '').trim() !== '');
    if (!answer || !isEnough) throw new OpsError('cancelled', 'Not confirmed; nothing was changed.');
    return answer;
  }

  /** Undefined: the world is not as planned, and it is to be planned again. */
  async #underLock<D>(
    operation: Operation<D>,
    plan: Plan<D>,
    { reason }: ConfirmationAnswer,
  ): Promise<Outcome | undefined> {
    const { ask, clock, journal, locks } = this.#ports;
    const lock = await locks.acquire(plan.environment, plan.title);
    let differences: readonly string[];
    try {
      differences = waitedTooLong(plan, clock);
      if (differences.length === 0)
        differences = await ask.during(`Checking: ${plan.title}`, (signal) =>
          differencesFromPlan(operation, plan, signal),
        );
      if (differences.length === 0) {
        const entry = await journal.begin(plan, reason);
        this.#ports.announce({ kind: 'begun', plan }).catch(() => undefined);
        const outcome = await this.#carryOut(operation, plan, entry);
        return outcome.kind === 'ran' && reason !== undefined ? { ...outcome, reason } : outcome;
      }
    } finally {
      lock.dispose();
    }
    if (await ask.planAgain(plan, differences)) return undefined;
    throw new OpsError('cancelled', 'The world is not as planned; nothing was changed.');
  }

  async #carryOut<D>(operation: Operation<D>, plan: Plan<D>, entry: OpenEntry): Promise<Outcome> {
    let journalProblem: string | undefined;
    const write = async (work: Promise<void>): Promise<void> => {
      // The beginning is on disk; stopping half way because of its end would make things worse.
      await work.catch((error: unknown) => (journalProblem ??= explain(error)));
    };
    const report = await this.#runSteps(operation, plan, entry, write);
    const verification = await this.#verify(operation, plan, report);
    await write(entry.end(report, verification));
    this.#ports.announce({ kind: 'ended', plan, report, verification }).catch(() => undefined);
    return {
      kind: 'ran',
      plan,
      report,
      verification,
      entry: entry.id,
      ...(journalProblem === undefined ? {} : { journalProblem }),
    };
  }

  async #runSteps<D>(
    operation: Operation<D>,
    plan: Plan<D>,
    entry: OpenEntry,
    write: (work: Promise<void>) => Promise<void>,
  ): Promise<RunReport> {
    const { ask, clock } = this.#ports;
    const startedAtMs = clock.wallMs();
    const begunMs = clock.monotonicMs();
    return ask.during(plan.title, async (signal, say) => {
      const steps: StepRun = new StepRun(
        plan,
        {
          say,
          afterFailure: async (failed, offers) =>
            (await ask.afterFailure(plan, failed, offers, steps.results)) ?? { kind: 'stop' },
          ended: (result) => write(entry.step(result)),
        },
        clock,
        signal,
      );
      const reportOf = (ended: RunEnd, why?: string): RunReport => ({
        ended,
        steps: steps.results,
        startedAtMs,
        durationMs: clock.monotonicMs() - begunMs,
        ...(why === undefined ? {} : { why }),
      });
      try {
        await operation.run(plan, steps);
        return reportOf('completed');
      } catch (error) {
        if (error instanceof Undone) return reportOf('undone', error.message);
        return isCancelled(error, signal) ? reportOf('cancelled') : reportOf('failed', explain(error));
      }
    });
  }

  async #verify<D>(operation: Operation<D>, plan: Plan<D>, report: RunReport): Promise<Verification> {
    try {
      return await this.#ports.ask.during(`Verifying: ${plan.title}`, (signal) =>
        operation.verify(plan, report, AbortSignal.any([signal, AbortSignal.timeout(verifyTimeoutMs)])),
      );
    } catch (error) {
      const why = `what is so now could not be read: ${explain(error)}`;
      return { verdict: { kind: 'inconclusive', why }, findings: [] };
    }
  }
}
