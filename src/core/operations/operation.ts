import type { Clock } from '../clock.ts';
import type { Environment } from '../environment/environment.ts';
import type { Verdict } from '../verdict.ts';
import type { ServiceIdentity } from './identity.ts';
import type { Json, OperationKind } from './kind.ts';
import type { Plan, PlanDraft } from './plan.ts';
import type { Progress } from './progress.ts';

/**
 * A change to an environment. One object is one wish ("flush cache:search:* in staging"); it is made with everything it
 * needs and asks nobody: whatever a person has to say is asked before it is made, or is a step's failure (see `step`).
 * The runner calls `identify`, `plan`, `identify` again, `recheck`, `run`, `verify` in this order, and `close` at the
 * end, whatever happened. All of them throw OpsError; `cancelled` where the signal was aborted.
 *
 * `Detail` is what `plan` found out and `run` relies on; it travels in the plan.
 */
export interface Operation<Detail = unknown> {
  readonly kind: OperationKind;
  /** The wish as an order, without the environment: `Flush cache:search:*`, `Set CACHE_ENABLED to off`. */
  readonly title: string;
  readonly environment: Environment;
  /**
   * The wish as data, without secrets: kept in the journal, so that the same operation can be made again after the
   * editor was killed in the middle, and planned anew to see what is left to do.
   */
  readonly request: Json;

  /** Who answers at each service this operation touches. Reads only; throws when one of them cannot be asked. */
  identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]>;

  /**
   * Finds out what would be done. Reads only. When the signal is aborted it either throws `cancelled`, which ends
   * everything, or returns a plan with what it knows by then, estimates named as such (a count that takes long).
   */
  plan(context: PlanContext): Promise<PlanDraft<Detail>>;

  /**
   * What differs from the plan now, besides the identities, as whole sentences: a file that somebody else changed, a
   * flag with another value. Asked under the lock, just before the run. Without it nothing else is compared.
   */
  recheck?(plan: Plan<Detail>, signal: AbortSignal): Promise<readonly string[]>;

  /**
   * Does what the plan says and nothing else. Every change is made inside `context.step`, in batches between which
   * `step.signal` is looked at. Throws at the first failure that nobody wants to go on after.
   */
  run(plan: Plan<Detail>, context: RunContext): Promise<void>;

  /**
   * Asks the servers what is so now; always called, after success, failure and cancellation, with a signal of its own.
   * Reads only. When it throws, the verdict is inconclusive with that reason.
   */
  verify(plan: Plan<Detail>, report: RunReport, signal: AbortSignal): Promise<Verification>;

  /** Gives back connections and processes. */
  close?(): void;
}

export interface PlanContext {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** As taken just before. */
  readonly identities: readonly ServiceIdentity[];
  /** Shown while it is planned. May be called as often as one likes. */
  readonly report: (progress: Progress) => void;
}

/** What a run has at hand. It knows no dialog and no journal: both follow from `step`. */
export interface RunContext {
  readonly clock: Clock;
  /** Aborted when the person cancels. */
  readonly signal: AbortSignal;
  /**
   * Does one step of the plan, named by its id, and gives what `work` gives. The runner shows its progress, takes its
   * time and writes its result into the journal.
   *
   * When `work` throws, the step failed (or was cancelled) and `step` throws the same, unless `options.offers` names
   * what can be done about it: then the person is asked. `retry` calls `work` again; `skip` (with a reason) gives
   * undefined; `undo` undoes, newest first, every step done so far that has an `undo`, then throws. A step that the plan
   * says to skip gives undefined at once.
   */
  step<T>(id: string, work: (step: StepContext) => Promise<T>, options?: StepOptions): Promise<T | undefined>;
}

export interface StepContext {
  /** Look at it between batches: `signal.throwIfAborted()` counts as cancelled. */
  readonly signal: AbortSignal;
  /** May be called as often as one likes; the last one is the step's result. */
  readonly report: (progress: Progress) => void;
  /** A sentence for the result and the journal: `3 keys could not be removed: WRONGTYPE.` No secrets. */
  readonly note: (sentence: string) => void;
}

export interface StepOptions {
  /** What makes sense when it fails; nothing: the run ends. */
  readonly offers?: readonly StepOffer[];
  /** Takes back what `work` did. Called at most once, and only when `work` has succeeded. */
  readonly undo?: (signal: AbortSignal) => Promise<void>;
}

export type StepOffer = 'retry' | 'skip' | 'undo';

export type StepState = 'notRun' | 'done' | 'failed' | 'cancelled' | 'skipped' | 'undone';

/** How a step went. */
export interface StepResult {
  readonly id: string;
  readonly title: string;
  readonly state: StepState;
  /** What it had done when it ended, whatever its state. */
  readonly progress?: Progress;
  readonly durationMs?: number;
  /** Why it failed, was skipped, or could not be undone. */
  readonly why?: string;
  readonly notes?: readonly string[];
}

/** How the run itself ended; what is so now, `verify` says. */
export type RunEnd = 'completed' | 'failed' | 'cancelled' | 'undone';

export interface RunReport {
  readonly ended: RunEnd;
  /** One for each step of the plan, in its order. */
  readonly steps: readonly StepResult[];
  /** What it failed with, as a person reads it. */
  readonly why?: string;
  /** Wall clock, ms since 1970, of the first change at the earliest. */
  readonly startedAtMs: number;
  /** On the monotonic clock, without verifying. */
  readonly durationMs: number;
}

/** What the servers showed afterwards. */
export interface Verification {
  /** Whether what the plan promised is so now; `inconclusive` when it could not be read. */
  readonly verdict: Verdict;
  /** What is done, what is not, what else was seen; whole sentences: `612,034 keys are gone.` */
  readonly findings: readonly string[];
}

/** What came of it. */
export type Outcome =
  | { readonly kind: 'nothingToDo'; readonly plan: Plan; readonly why: string }
  | {
      readonly kind: 'ran';
      readonly plan: Plan;
      readonly report: RunReport;
      readonly verification: Verification;
      /** Why, where it was asked for. */
      readonly reason?: string;
      /** Id of its journal entry. */
      readonly entry: string;
      /** Why what happened could not be written into the journal, although its beginning was. */
      readonly journalProblem?: string;
    };
