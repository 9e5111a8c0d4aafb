import type { RunReport, StepResult, Verification } from '../operations/operation.ts';
import type { Plan } from '../operations/plan.ts';
import type { BegunLine, EndedLine, JournalLine } from './lines.ts';

/** Who does it, and with what. */
export type Author = Pick<BegunLine, 'machine' | 'process' | 'person'>;

/** `nowMs` is the wall clock. */
export interface Begin {
  readonly id: string;
  readonly nowMs: number;
  readonly author: Author;
  readonly plan: Plan;
  readonly reason: string | undefined;
}

/** The line to be on disk before anything is changed. */
export function begunLine({ id, nowMs, author, plan, reason }: Begin): BegunLine {
  const { environment, lastBackup, sections } = plan;
  return {
    type: 'begun',
    id,
    at: new Date(nowMs).toISOString(),
    kind: plan.kind,
    title: plan.title,
    environment: { id: environment.id, name: environment.name, tier: environment.tier },
    ...author,
    ...(reason === undefined ? {} : { reason }),
    identities: plan.identities.map((one) => ({ ...one, marks: { ...one.marks } })),
    plan: {
      effect: plan.effect,
      summary: plan.summary,
      targets: [...plan.targets],
      irreversible: [...plan.irreversible],
      undo: plan.undo,
      warnings: [...plan.warnings],
      steps: plan.steps.map((one) => ({ ...one, commands: [...one.commands] })),
      ...(sections === undefined ? {} : { sections: sections.map((one) => ({ ...one, lines: [...one.lines] })) }),
      ...(lastBackup === undefined ? {} : { lastBackup }),
    },
    request: plan.request,
  };
}

export function stepLine(id: string, nowMs: number, { notes, ...step }: StepResult): JournalLine {
  const noted = notes === undefined ? step : { ...step, notes: [...notes] };
  return { type: 'step', id, at: new Date(nowMs).toISOString(), step: noted };
}

export function endedLine(
  id: string,
  nowMs: number,
  { ended, why, steps, durationMs }: RunReport,
  { verdict, findings }: Verification,
): EndedLine {
  return {
    type: 'ended',
    id,
    at: new Date(nowMs).toISOString(),
    ended,
    ...(why === undefined ? {} : { why }),
    verdict,
    findings: [...findings],
    steps: steps.map(({ notes, ...step }) => (notes === undefined ? step : { ...step, notes: [...notes] })),
    durationMs: Math.round(durationMs),
  };
}
