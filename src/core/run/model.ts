/** Shell text as bash is to read it, placeholders filled in; may span lines (here-documents, loops, functions). */
export interface StatementToRun {
  /** Unique in its block; events and results name it. */
  readonly id: string;
  readonly text: string;
}

export type Stream = 'stdout' | 'stderr';

/**
 * What one block leaves for the next of the same run: variables, functions, options, arguments and the directory. Made
 * by bash, opaque to everyone else. It can hold secrets (a variable computed from one): keep it in memory only.
 */
export interface ShellState {
  readonly directory: string;
  /** Bash text that restores the rest; each character is one byte. */
  readonly script: string;
}

/** What one statement wrote to one stream, secrets replaced; the middle of a long output is left out. */
export interface CapturedOutput {
  /** All of it, unless `omittedCharacters` says otherwise; then its beginning. */
  readonly head: string;
  /** Its end, where something is left out between; else ''. */
  readonly tail: string;
  readonly omittedCharacters: number;
  /** All that was written. */
  readonly bytes: number;
  /** Whether it holds NUL or is not UTF-8; what cannot be decoded shows as U+FFFD. */
  readonly binary: boolean;
}

export type StatementResult =
  | {
      readonly kind: 'finished';
      readonly id: string;
      /** As bash's `$?`: 128 + n when a signal n ended it. */
      readonly exitCode: number;
      readonly durationMs: number;
      readonly stdout: CapturedOutput;
      readonly stderr: CapturedOutput;
      /** It called `exit` or `exec`, or failed under `set -e`: what follows was not run. */
      readonly endedShell: boolean;
    }
  | {
      /** It was running when the block was cancelled, ran out of time, or its shell was killed. */
      readonly kind: 'interrupted';
      readonly id: string;
      readonly durationMs: number;
      readonly stdout: CapturedOutput;
      readonly stderr: CapturedOutput;
    }
  | { readonly kind: 'notRun'; readonly id: string };

export type BlockEnd =
  | { readonly kind: 'completed' }
  /** A statement failed and the request says to stop there. */
  | { readonly kind: 'stopped'; readonly statementId: string; readonly exitCode: number }
  /** A statement called `exit` or `exec`, or failed under `set -e`. */
  | { readonly kind: 'exited'; readonly statementId: string; readonly exitCode: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'timedOut'; readonly timeLimitMs: number }
  /** Someone else ended the shell; `statementId` is what was running. */
  | { readonly kind: 'killed'; readonly signal: string; readonly statementId: string | undefined };

/** A process by number and program name; never its arguments, which may hold secrets. */
export interface RunningProcess {
  readonly pid: number;
  readonly name: string;
}

/** A statement whose background process still holds its output open after the block. */
export interface StillWriting {
  readonly statementId: string;
  readonly streams: readonly Stream[];
}

export interface BlockResult {
  /** One for each statement of the request, in its order. */
  readonly statements: readonly StatementResult[];
  readonly end: BlockEnd;
  readonly durationMs: number;
  /** For the next block of the same run. */
  readonly state: ShellState | undefined;
  /** False when the shell ended without telling its state: `state` is then what the block began with. */
  readonly stateSaved: boolean;
  readonly stillWriting: readonly StillWriting[];
  /** What the block started and still runs, where something still writes or could not be ended. */
  readonly stillRunning: readonly RunningProcess[];
}

/**
 * For live display. `finished` comes when the statement's output is complete, or 100 ms after its end when a background
 * process keeps it open; the next statement may have started by then. What such a process writes later comes as further
 * `output` of its statement, and is in the block's result.
 */
export type BlockEvent =
  | { readonly kind: 'started'; readonly statementId: string }
  | {
      readonly kind: 'output';
      readonly statementId: string;
      readonly stream: Stream;
      readonly text: string;
      /** Characters left out of the display before `text`, because they came faster than anyone reads. */
      readonly skippedCharacters: number;
    }
  | { readonly kind: 'finished'; readonly statementId: string; readonly result: StatementResult };
