import type { Clock } from '../clock.ts';
import { OpsError } from '../errors.ts';
import { differencesFromPlan } from '../operations/asPlanned.ts';
import { makePlan } from '../operations/makePlan.ts';
import type { Operation, RunContext, RunReport, StepResult } from '../operations/operation.ts';
import type { Plan } from '../operations/plan.ts';
import type { Progress } from '../operations/progress.ts';
import { contextWithin } from '../operations/stepRun.ts';
import type { Preparable } from './way.ts';

/** Another operation as one step of a rollback: planned with it, and checked again just before it is done. */
export function operationStep<D>(id: string, operation: Operation<D>, clock: Clock): Preparable {
  const { title } = operation;
  return {
    id,
    title,
    identify: (signal) => operation.identify(signal),
    close: () => operation.close?.(),
    prepare: async (signal) => {
      const context = { signal, clock, report: () => undefined };
      const plan = await makePlan(operation, context, noBackup);
      const results = new Map<string, StepResult>();
      return {
        piece: {
          step: { id, title: `${title}: ${plan.summary}`, commands: plan.steps.flatMap(({ commands }) => commands) },
          offers: ['retry', 'skip', 'undo'],
          work: async (step) => {
            const different = await differencesFromPlan(operation, plan, step.signal);
            if (different.length > 0) throw notAsPlanned(different.join(' '));
            if (plan.nothingToDo === undefined)
              return operation.run(plan, followed(contextWithin(step, clock), plan, results));
            const now = await makePlan(operation, { ...context, signal: step.signal }, noBackup);
            if (now.nothingToDo === undefined) throw notAsPlanned(`There was nothing to do, but now: ${now.summary}.`);
            step.note(plan.nothingToDo);
          },
        },
        targets: plan.targets,
        effect: plan.effect,
        obstacles: plan.obstacles ?? [],
        warnings: plan.warnings,
        irreversible: plan.irreversible,
        verify: (report, stop) => operation.verify(plan, reportWithin(report, id, plan, results), stop),
      };
    },
  };
}

/** Keeps how the operation's own steps went, of which the rollback has one. */
function followed(context: RunContext, plan: Plan, results: Map<string, StepResult>): RunContext {
  return {
    ...context,
    step: (id, work) =>
      context.step(id, async (step) => {
        const title = plan.steps.find((one) => one.id === id)?.title ?? id;
        const keep = (more: Pick<StepResult, 'state' | 'progress'>): void =>
          void results.set(id, { ...results.get(id), id, title, ...more });
        keep({ state: 'failed' });
        const report = (progress: Progress): void => {
          keep({ state: 'failed', progress });
          step.report(progress);
        };
        const value = await work({ ...step, report });
        keep({ state: 'done' });
        return value;
      }),
  };
}

/** What the operation's own runner would report. */
function reportWithin(report: RunReport, id: string, plan: Plan, results: ReadonlyMap<string, StepResult>): RunReport {
  const isDone = report.steps.some((step) => step.id === id && step.state === 'done');
  return {
    ...report,
    ended: isDone ? 'completed' : 'failed',
    steps: plan.steps.map((step) => results.get(step.id) ?? { id: step.id, title: step.title, state: 'notRun' }),
  };
}

/** The rollback's own plan names it. */
const noBackup = (): Promise<undefined> => Promise.resolve(undefined);

function notAsPlanned(differences: string): OpsError {
  return new OpsError('conflict', `${differences} Nothing of it was done.`, { next: 'Leave it out.' });
}
