import type { Clock } from '../clock.ts';
import type { Environment } from '../environment/environment.ts';
import type { ServiceIdentity } from '../operations/identity.ts';
import type { RunReport, StepResult } from '../operations/operation.ts';
import type { LastBackup, Plan } from '../operations/plan.ts';
import { verdictOfAll } from '../evidence/present.ts';
import type { Verdict } from '../verdict.ts';
import type { CommandToConfirm } from './host.ts';

/** What a run of a checklist works in, for the journal. */
export interface ChangeContext {
  readonly environment: Environment;
  /** Path of the checklist. */
  readonly document: string;
  readonly identities: readonly ServiceIdentity[];
  readonly lastBackup: LastBackup | undefined;
  readonly clock: Clock;
}

/** The commands of a checklist that change something, as the journal keeps a plan. */
export function planOfCommands(
  title: string,
  commands: readonly CommandToConfirm[],
  { environment, document, identities, lastBackup, clock }: ChangeContext,
): Plan {
  const isDestructive = commands.some(({ effect }) => effect === 'destructive' || effect === 'unknown');
  return {
    kind: 'checklistRun',
    title,
    environment,
    request: { document },
    identities,
    lastBackup,
    plannedAtMs: clock.wallMs(),
    plannedMonotonicMs: clock.monotonicMs(),
    effect: isDestructive ? 'destructive' : 'changing',
    summary: commands.length === 1 ? '1 command' : `${commands.length} commands`,
    targets: [...new Set(commands.flatMap(({ reaches }) => reaches))].map((what) => ({ what })),
    irreversible: commands.filter(({ effect }) => effect === 'destructive').map(({ code, why }) => `${why}: ${code}`),
    undo: 'As the checklist says.',
    warnings: commands
      .filter(({ effect }) => effect === 'unknown')
      .map(({ code }) => `Not known what it does: ${code}`),
    steps: commands.map(({ code, at }) => ({
      id: String(at),
      title: code.split('\n', 1)[0] ?? code,
      commands: code.split('\n'),
    })),
    detail: undefined,
  };
}

/** How one of them went, as a step of that plan. */
export function stepOfCommand(
  { id, title }: Pick<StepResult, 'id' | 'title'>,
  verdict: Verdict,
  durationMs: number | undefined,
): StepResult {
  const state = { passed: 'done', failed: 'failed', inconclusive: 'done', notRun: 'notRun' } as const;
  return {
    id,
    title,
    state: state[verdict.kind],
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(verdict.why === undefined ? {} : { why: verdict.why }),
  };
}

/** How all went. A run stops at a failure, unless somebody goes on with a reason. */
export function reportOfCommands(
  steps: readonly StepResult[],
  stopped: string | undefined,
  times: Pick<RunReport, 'startedAtMs' | 'durationMs'>,
): RunReport {
  const cancelled = stopped === 'Cancelled.';
  const ended = stopped === undefined ? 'completed' : cancelled ? 'cancelled' : 'failed';
  return { ended, steps, ...(stopped === undefined ? {} : { why: stopped }), ...times };
}

/** What the commands' own checks said: nobody asks the servers beyond them. */
export function verdictOfCommands(verdicts: readonly Verdict[]): Verdict {
  return verdictOfAll(verdicts) ?? { kind: 'notRun' };
}
