import type { ShellState, StatementToRun } from '../../core/run/model.ts';

/** What `runBlock` needs to know. */
export interface BlockRequest {
  readonly statements: readonly StatementToRun[];
  /** Absolute path: where the run's first block begins. Later ones begin where the one before ended. */
  readonly cwd: string;
  /**
   * Variables besides those of our own process, secrets among them. They go to the shell through its process
   * environment: never on a command line, never in a file.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** Values that become `•••` in everything that is shown or kept. */
  readonly secrets: readonly string[];
  /** `state` of the result of the run's block before; undefined for its first. */
  readonly state: ShellState | undefined;
  /** For the whole block. */
  readonly timeLimitMs: number;
  /** Whether a statement with another exit code than 0 is the last. */
  readonly stopOnFailure: boolean;
  /** Path of bash; undefined looks in PATH. */
  readonly bash: string | undefined;
  /** Characters kept of each statement's output on each stream, half from its beginning and half from its end. */
  readonly keepCharacters?: number;
}
