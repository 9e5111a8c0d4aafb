import type { Json } from '../kind.ts';
import type { ServiceIdentity } from '../identity.ts';
import type { PlanContext, RunContext, RunReport, Verification } from '../operation.ts';
import type { PlanDraft } from '../plan.ts';

/** One store that a flush reaches. A namespace has two: its keys and its points. */
export interface FlushPart {
  identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]>;
  plan(context: PlanContext): Promise<PlannedPart>;
  close(): void;
}

/** What one part would do, and how. */
export interface PlannedPart {
  readonly draft: Omit<PlanDraft<Json>, 'effect' | 'undo' | 'detail' | 'nothingToDo'>;
  /** Nothing is there to be removed. */
  readonly isEmpty: boolean;
  run(context: RunContext): Promise<void>;
  verify(report: RunReport, signal: AbortSignal): Promise<Verification>;
}
