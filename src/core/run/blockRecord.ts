import { noOutput } from './captureOutput.ts';
import type { ControlMessage } from './controlMessages.ts';
import type { BlockEnd, CapturedOutput, StatementResult, StatementToRun, Stream } from './model.ts';

/** How the shell's process ended. */
export interface ShellExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** Why we ended it ourselves, if we did. */
export type Intervention = { readonly kind: 'cancelled' } | { readonly kind: 'timedOut'; readonly timeLimitMs: number };

type Progress =
  | { readonly kind: 'notRun' }
  | { readonly kind: 'running'; readonly atUs: number | undefined; readonly atMs: number }
  | { readonly kind: 'ended'; readonly exitCode: number; readonly durationMs: number; readonly endedShell: boolean }
  | { readonly kind: 'interrupted'; readonly durationMs: number };

export type ReadOutput = (index: number, stream: Stream) => CapturedOutput | undefined;

/** What is known of a block while it runs: who began and ended when, and why it stopped. Indices count from 0. */
export class BlockRecord {
  readonly #statements: readonly StatementToRun[];
  readonly #progress: Progress[];
  #isDone = false;
  #exiting: Extract<ControlMessage, { kind: 'exiting' }> | undefined;
  #shell: ShellExit | undefined;
  #intervention: Intervention | undefined;

  constructor(statements: readonly StatementToRun[]) {
    this.#statements = statements;
    this.#progress = statements.map(() => ({ kind: 'notRun' }));
  }

  /** `atMs` is when the message was read, on a clock that never jumps: what counts where bash has no clock. */
  receive(message: ControlMessage, atMs: number): void {
    if (message.kind === 'started') {
      this.#set(message.number, { kind: 'running', atUs: message.atUs, atMs });
    } else if (message.kind === 'ended') {
      const durationMs = this.#durationOf(message.number - 1, message.atUs, atMs);
      this.#set(message.number, { kind: 'ended', exitCode: message.exitCode, durationMs, endedShell: false });
    } else if (message.kind === 'exiting') this.#exiting = message;
    else if (message.kind === 'done') this.#isDone = true;
  }

  intervene(intervention: Intervention): void {
    this.#intervention ??= intervention;
  }

  /** The shell is gone and all its messages are received: what was running has ended, one way or the other. */
  shellEnded(exit: ShellExit, atMs: number): void {
    this.#shell = exit;
    const index = this.runningIndex;
    if (index === undefined) return;
    const durationMs = this.#durationOf(index, this.#exiting?.atUs, atMs);
    const isOwnExit = exit.exitCode !== null && this.#intervention === undefined;
    const exitCode = this.#exiting?.exitCode ?? exit.exitCode ?? 0;
    this.#set(
      index + 1,
      isOwnExit ? { kind: 'ended', exitCode, durationMs, endedShell: true } : { kind: 'interrupted', durationMs },
    );
  }

  get runningIndex(): number | undefined {
    const index = this.#progress.findIndex(({ kind }) => kind === 'running');
    return index === -1 ? undefined : index;
  }

  result(index: number, read: ReadOutput): StatementResult {
    const id = this.#statements[index]?.id ?? '';
    const progress = this.#progress[index];
    if (progress === undefined || progress.kind === 'notRun' || progress.kind === 'running')
      return { kind: 'notRun', id };
    const stdout = read(index, 'stdout') ?? noOutput;
    const stderr = read(index, 'stderr') ?? noOutput;
    if (progress.kind === 'interrupted')
      return { kind: 'interrupted', id, durationMs: progress.durationMs, stdout, stderr };
    const { exitCode, durationMs, endedShell } = progress;
    return { kind: 'finished', id, exitCode, durationMs, stdout, stderr, endedShell };
  }

  end(): BlockEnd {
    const last = this.#progress.findLastIndex(({ kind }) => kind !== 'notRun');
    const progress = this.#progress[last];
    const statementId = this.#statements[last]?.id;
    if (this.#isDone) {
      if (last === this.#statements.length - 1 || progress?.kind !== 'ended') return { kind: 'completed' };
      return { kind: 'stopped', statementId: statementId ?? '', exitCode: progress.exitCode };
    }
    if (this.#intervention !== undefined) return this.#intervention;
    if (progress?.kind === 'ended' && progress.endedShell)
      return { kind: 'exited', statementId: statementId ?? '', exitCode: progress.exitCode };
    return { kind: 'killed', signal: this.#shell?.signal ?? 'unknown', statementId };
  }

  #durationOf(index: number, atUs: number | undefined, atMs: number): number {
    const begun = this.#progress[index];
    if (begun?.kind !== 'running') return 0;
    const byBash = begun.atUs === undefined || atUs === undefined ? undefined : (atUs - begun.atUs) / 1000;
    // Bash's is the wall clock, which may be set back meanwhile.
    return byBash !== undefined && byBash >= 0 ? byBash : atMs - begun.atMs;
  }

  #set(number: number, progress: Progress): void {
    if (number >= 1 && number <= this.#progress.length) this.#progress[number - 1] = progress;
  }
}
