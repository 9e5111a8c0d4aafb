import type { OutputDifference } from '../checklist/meaning/expectations/types.ts';
import type { Choice, HandOver, ManualStep, Step } from '../checklist/meaning/types.ts';
import type { Environment } from '../environment/environment.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { StepResult } from '../operations/operation.ts';
import type { Confirmation, Effect } from '../policy/confirmation.ts';
import type { Danger, Placeholder, PlaceholderValue } from '../shell/types.ts';
import type { Verdict } from '../verdict.ts';
import type { BlockEvent, BlockResult, ShellState, StatementToRun } from './model.ts';
import type { Unit } from './units.ts';

/** What a run works in; captured at its start, so that switching environments redirects nothing. */
export interface RunContext {
  readonly environment: Environment;
  /** For the evidence: machine, environment, server and its identity. */
  readonly where: string;
  readonly text: string;
  /** Of the commands, without secrets: to say where they reach. */
  readonly variables: Readonly<Record<string, string>>;
  /** Names of all variables that the environment gives to commands, secrets included. */
  readonly provided: ReadonlySet<string>;
  /** Wall clock, ms. */
  now(): number;
  stepsOf(unit: Extract<Unit, { readonly kind: 'block' | 'inline' }>): Promise<readonly Step[]>;
  /** Runs statements in one shell; knows directory, variables, secrets and time limit. */
  run(
    statements: readonly StatementToRun[],
    state: ShellState | undefined,
    onEvent: (event: BlockEvent) => void,
    signal: AbortSignal,
  ): Promise<BlockResult>;
}

export interface CommandToConfirm {
  /** Where it begins in the document: two may be the same. */
  readonly at: number;
  /** Exactly what will be run. */
  readonly code: string;
  readonly effect: Effect;
  readonly why: string;
  readonly reaches: readonly string[];
}

export interface ConfirmationRequest {
  readonly title: string;
  readonly environment: Environment;
  readonly confirmation: Exclude<Confirmation, 'none' | 'refused'>;
  readonly commands: readonly CommandToConfirm[];
}

/** A command that has been run, for a person to look at. */
export interface Ran {
  readonly title: string;
  readonly code: string;
  readonly verdict: Verdict;
  readonly difference: OutputDifference | undefined;
}

export type AfterFailure =
  { readonly kind: 'retry' } | { readonly kind: 'stop' } | { readonly kind: 'override'; readonly reason: string };

/** What becomes of the commands that were written down. */
export interface ChangeEntry {
  /** `at` as it was confirmed. The last of several tries counts. */
  ran(at: number, verdict: Verdict, durationMs: number | undefined): Promise<void>;
  /** `stopped`: why it ended before its end. */
  end(stopped: string | undefined): Promise<void>;
}

/** The person in front of a run, and what is shown to them. Undefined answers mean that they left: the run stops. */
export interface RunHost {
  choose(choice: Choice): Promise<string | undefined>;
  fill(placeholders: readonly Placeholder[]): Promise<ReadonlyMap<string, PlaceholderValue> | undefined>;
  /** The reason given, '' where none is asked for; undefined: not confirmed. */
  confirm(request: ConfirmationRequest): Promise<string | undefined>;
  /**
   * Takes the environment for this change and writes down what will be run, before any of it is; `reason` as it was
   * given. Throws OpsError `busy` when another operation is at work there, `file` when it cannot be written: then nothing
   * is run.
   */
  beginChange(title: string, commands: readonly CommandToConfirm[], reason: string | undefined): Promise<ChangeEntry>;
  isApproved(code: string): Promise<boolean>;
  /** A command that reads only, but hurts a busy server or takes very long; a cheaper way is named. */
  beforeCostly(code: string, costly: NonNullable<Danger['costly']>): Promise<'run' | 'skip' | 'stop'>;
  doByHand(step: ManualStep): Promise<'done' | 'skip' | 'stop'>;
  handOver(step: HandOver): Promise<void>;
  openInTerminal(title: string, code: string): Promise<void>;
  /** What a machine cannot judge. */
  judge(expected: string, ran: Ran): Promise<Verdict>;
  afterFailure(ran: Ran): Promise<AfterFailure>;
  /** These will now be run together; events name them by id. */
  begin(commands: readonly { readonly id: string; readonly title: string; readonly code: string }[]): void;
  show(event: BlockEvent): void;
  say(line: string): void;
  record(id: string, evidence: Evidence): void;
  /** Something that is not read-only was run. */
  noteChange(): void;
}

export interface RunSummary {
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly notRun: number;
  /** Why the run ended before its end. */
  readonly stopped: string | undefined;
  /** What was done or tried, in its order; of several tries the last. Titles are Markdown. */
  readonly steps: readonly StepResult[];
}
