import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import type { Environment } from '../environment/environment.ts';
import type { OperationConfirmation } from '../policy/confirmation.ts';
import type { ServiceIdentity } from './identity.ts';
import type { RunReport, StepOffer, StepResult, Verification } from './operation.ts';
import type { LastBackup, Plan } from './plan.ts';

/** What the runner needs of the world; ui and clients implement it. */
export interface OperationPorts {
  readonly clock: Clock;
  readonly ask: OperationAsk;
  readonly journal: OperationJournal;
  readonly locks: OperationLocks;
  /**
   * The youngest backup of the servers that were identified, or of the environment's where no store is among them; a
   * tested one before an untested one. Undefined: none is known.
   */
  lastBackup(environment: Environment, identities: readonly ServiceIdentity[]): Promise<LastBackup | undefined>;
  /** Tells others that something begins or has ended. Whatever it throws is not the operation's failure. */
  announce(event: OperationEvent): Promise<void>;
}

export type OperationEvent =
  | { readonly kind: 'begun'; readonly plan: Plan }
  | { readonly kind: 'ended'; readonly plan: Plan; readonly report: RunReport; readonly verification: Verification };

/** The person. Only the runner talks to it. */
export interface OperationAsk {
  /** Shows the plan as the policy demands and asks; undefined: not confirmed. */
  confirm(
    plan: Plan,
    confirmation: OperationConfirmation,
    signal: AbortSignal,
  ): Promise<ConfirmationAnswer | undefined>;
  /** The world is not as planned; `differences` are sentences. True: plan again. False: leave it. */
  planAgain(plan: Plan, differences: readonly string[]): Promise<boolean>;
  /** A step failed, and something can be done about it. Undefined is `stop`. */
  afterFailure(
    plan: Plan,
    step: StepResult,
    offers: readonly StepOffer[],
    taken: readonly StepResult[],
  ): Promise<FailureAnswer | undefined>;
  /** Shows that `work` is going on, under a Cancel that aborts the signal. */
  during<T>(title: string, work: (signal: AbortSignal, say: (words: string) => void) => Promise<T>): Promise<T>;
}

export interface ConfirmationAnswer {
  /** What was typed, where the policy wants the environment's name. The runner compares it. */
  readonly typed?: string;
  /** Why, where the policy wants a reason. */
  readonly reason?: string;
}

export type FailureAnswer =
  | { readonly kind: 'retry' }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'undo' }
  | { readonly kind: 'stop' };

/** Where it is written down what is done. Secrets are removed below this interface. */
export interface OperationJournal {
  /** On disk, for good, when it resolves. Throws OpsError `file` when it cannot be written: then nothing is changed. */
  begin(plan: Plan, reason: string | undefined): Promise<OpenEntry>;
}

export interface OpenEntry {
  readonly id: string;
  /** A step has ended. On disk when it resolves. */
  step(result: StepResult): Promise<void>;
  end(report: RunReport, verification: Verification): Promise<void>;
}

/** One operation at a time per environment and on the same servers, in all windows of this machine. */
export interface OperationLocks {
  /** Throws OpsError `busy`, which says who holds it since when. Never waits. */
  acquire(environment: Environment, what: string): Promise<Disposable>;
  /** Throws as `acquire` does, and takes nothing. */
  ensureFree(environment: Environment): Promise<void>;
}
