import type { ServiceIdentity } from '../operations/identity.ts';

/** Where one flag is kept. */
export interface FlagStore {
  /** `.env`, `deployment/crew-app in prod/crew`, `Redis key feature:cache`. */
  readonly where: string;
  /** Whether setting it makes the application start anew by itself, as a changed workload does. */
  readonly rollsOut: boolean;
  /** Who keeps it, where that is more than a file here. Throws OpsError. */
  readonly identify?: (signal: AbortSignal) => Promise<ServiceIdentity>;
  /** Looks whether a change would work, without making one. */
  inspect(signal: AbortSignal): Promise<Inspection>;
  /** The desired value; undefined: not set there. Throws OpsError where it cannot be read. */
  read(signal: AbortSignal): Promise<string | undefined>;
  /** Sets it where it still is as expected; throws OpsError `conflict`, and changes nothing, where it is not. */
  write(change: FlagChange, signal: AbortSignal): Promise<void>;
  /** What `write` amounts to when done by hand; for the plan. */
  commands(value: string | undefined): readonly string[];
}

export interface FlagChange {
  /** What was shown. */
  readonly expected: string | undefined;
  /** Undefined takes the flag out. */
  readonly value: string | undefined;
}

/** What is known of a place before anything is changed there. */
export interface Inspection {
  /** A missing program, context, right: a change would fail. Whole sentences. */
  readonly obstacles: readonly string[];
  /** Whole sentences. */
  readonly warnings: readonly string[];
  /** Of the deployment, to go back to: a Kubernetes revision. */
  readonly revision?: string;
}

/** The application as it is deployed: how it is started anew, and what its processes were started with. */
export interface Deployment {
  readonly where: string;
  /** Where it runs. Throws OpsError where that cannot be asked. */
  readonly identify?: (signal: AbortSignal) => Promise<ServiceIdentity>;
  inspect(signal: AbortSignal): Promise<Inspection>;
  /** `begun`: a flag was changed in a way that has started it anew already, so that it only has to be waited for. */
  restartCommands(begun: boolean): readonly string[];
  /** Resolves when it runs again; throws OpsError where it does not, in time. */
  restart(begun: boolean, context: RestartContext): Promise<void>;
  /** What the running processes were started with; undefined: the variable is not set. Throws OpsError. */
  readonly effective?: (name: string, signal: AbortSignal) => Promise<string | undefined>;
  /** Goes back to a revision that was recorded before, and waits until it runs. */
  readonly undoTo?: RevisionUndo;
}

export interface RevisionUndo {
  commands(revision: string): readonly string[];
  run(revision: string, context: RestartContext): Promise<void>;
  /** The youngest last. */
  revisions(signal: AbortSignal): Promise<readonly string[]>;
}

export interface RestartContext {
  readonly signal: AbortSignal;
  /** What it is doing, in a few words. */
  readonly onProgress: (words: string) => void;
}

/** Five minutes, unless the target's settings say otherwise. */
export const settleMs = 5 * 60_000;

export const fine: Inspection = { obstacles: [], warnings: [] };

/** `0`, `“”`, `not set`. */
export function valueWords(value: string | undefined): string {
  if (value === undefined) return 'not set';
  return value === '' ? 'empty' : value;
}
