import type { RunContext, StepContext, StepOffer } from './operation.ts';
import type { PlanStep } from './plan.ts';

/** One step of an operation that is put together of steps: what the plan says of it, and how it is done. */
export interface Piece {
  readonly step: PlanStep;
  /** What makes sense when it fails. */
  readonly offers: readonly StepOffer[];
  readonly work: (step: StepContext) => Promise<void>;
  readonly undo?: (signal: AbortSignal) => Promise<void>;
}

/** Does them in order. */
export async function runPieces(pieces: readonly Piece[], context: RunContext): Promise<void> {
  for (const { step, offers, work, undo } of pieces)
    await context.step(step.id, work, { offers, ...(undo === undefined ? {} : { undo }) });
}
