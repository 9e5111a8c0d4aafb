import type { Environment } from '../environment/environment.ts';
import type { ServiceIdentity } from './identity.ts';
import type { Json, OperationKind } from './kind.ts';

/**
 * What an operation would do, made by reading only. It is shown, confirmed, kept in the journal and then carried out as
 * it stands. All texts are for people, in whole sentences where they are sentences, without Markdown (the renderer
 * escapes them) and without secrets: a command shows `$REDISCLI_AUTH`, never the password.
 */
export interface PlanDraft<Detail> {
  /** The worst it does to the outside. `destructive`: something is lost that nothing here brings back. */
  readonly effect: 'changing' | 'destructive';
  /**
   * One line with the figures, which stands alone in a dialog: `612,034 keys that match cache:search:* on 3 primaries`.
   */
  readonly summary: string;
  /** What exactly is touched, and how much of it. Nothing that is not listed here may be changed. */
  readonly targets: readonly PlanTarget[];
  /** What cannot be brought back, one sentence each; empty when all of it can be undone. */
  readonly irreversible: readonly string[];
  /** How to get back, as a sentence: `Set the flag to 1 again.`, `Restore the backup of 14:03.` */
  readonly undo: string;
  /** What the person should know before saying yes: missing safety, load to be expected, other people's keys. */
  readonly warnings: readonly string[];
  /**
   * What makes it impossible, known beforehand: a right, a program, disk space. With one of these the plan can be shown
   * (dry run) but not carried out.
   */
  readonly obstacles?: readonly string[];
  /** Set when the world is as wanted already, as a sentence: the runner says so, and neither asks nor changes. */
  readonly nothingToDo?: string;
  /** In the order they will be done. `run` names each by its id. */
  readonly steps: readonly PlanStep[];
  /** What else belongs into the plan: a sample of keys, the expiry of what will go, a diff. */
  readonly sections?: readonly PlanSection[];
  /** What `run` and `verify` need to know; nobody else looks into it. Not kept in the journal. */
  readonly detail: Detail;
}

export interface PlanTarget {
  /** `Redis redis-1:6379, db 0`, `Qdrant collection cache_similarity`, `deployment/crew-app`. */
  readonly what: string;
  /** Undefined where there is nothing to count. */
  readonly count?: {
    readonly value: number;
    /** In the plural: `keys`, `points`, `bytes`. */
    readonly unit: string;
    /** False for an estimate; it is then called one wherever it is shown. */
    readonly exact: boolean;
  };
  /** Which of it: the pattern, the filter, the old and the new value. */
  readonly detail?: string;
}

export interface PlanStep {
  /** Unique in the plan: `redis`, `restart`. */
  readonly id: string;
  /** What is done, as an order: `Unlink the matching keys of redis-1:6379`. */
  readonly title: string;
  /** What it amounts to when done by hand, a command per line. Shown and kept, never executed as text. */
  readonly commands: readonly string[];
  /** Why it is left out this time, as the person said; the runner then does not do it. */
  readonly skip?: string;
}

export interface PlanSection {
  readonly title: string;
  readonly lines: readonly string[];
  /** `code`: exactly as it stands, in fixed width, such as keys or a diff; `table`: cells separated by tabs, the first line is the head. */
  readonly as?: 'text' | 'code' | 'table';
}

/** The youngest backup of the servers that a plan is for. */
export interface LastBackup {
  /** Wall clock, ms since 1970. */
  readonly takenAtMs: number;
  /** Wall clock, ms since 1970, of its last successful test; undefined: it was never restored anywhere. */
  readonly testedAtMs?: number;
  /** What it holds, in a few words: `Redis export, 2 Qdrant snapshots`. */
  readonly what: string;
  /** Where it was taken: `redis-1:6379, qdrant:6333`. */
  readonly from: string;
  /**
   * Whether that is what answers now. `same`: it says so itself, by run id. `place`: only the settings do, since it was
   * restarted, failed over or replaced since then, or tells no id. `elsewhere`: no backup of these servers is known, and
   * this is the youngest of others that had the environment's name.
   */
  readonly source: 'same' | 'place' | 'elsewhere';
}

/** A plan as it is shown and carried out: what the operation says, and what the runner adds to all of them. */
export interface Plan<Detail = unknown> extends PlanDraft<Detail> {
  readonly kind: OperationKind;
  readonly title: string;
  readonly environment: Environment;
  /** The operation's own: the wish as data. */
  readonly request: Json;
  /** Taken before the operation looked at anything else. */
  readonly identities: readonly ServiceIdentity[];
  /** Undefined: none is known. */
  readonly lastBackup: LastBackup | undefined;
  /** Wall clock, ms since 1970. */
  readonly plannedAtMs: number;
  readonly plannedMonotonicMs: number;
}
