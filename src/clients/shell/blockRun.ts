import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import { BlockRecord } from '../../core/run/blockRecord.ts';
import type { Intervention } from '../../core/run/blockRecord.ts';
import { parseControlMessage } from '../../core/run/controlMessages.ts';
import type { ControlMessage } from '../../core/run/controlMessages.ts';
import { LiveOutput } from '../../core/run/liveOutput.ts';
import type { BlockEvent, BlockResult, RunningProcess, Stream } from '../../core/run/model.ts';
import { names } from '../../core/run/script.ts';
import type { BashProcess } from './bashProcess.ts';
import { couldNotBegin } from './couldNotBegin.ts';
import { PipeReader } from './pipe.ts';
import { endTree, membersOf } from './processTree.ts';
import type { ProcessTree } from './processTree.ts';
import type { BlockRequest } from './request.ts';
import { openForBoth } from './runFolder.ts';
import type { RunFolder } from './runFolder.ts';
import { StateReader } from './stateReader.ts';
import { StatementPipes } from './statementPipes.ts';

/** How long output is waited for that a background process may still be about to write. */
const settleMs = 100;
/** Between asking a tree of processes to end, and making it. */
const graceMs = 2_000;
const keepCharacters = 1_000_000;
/** A timer beyond it fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/** One block while it runs. */
export class BlockRun {
  readonly #request: BlockRequest;
  readonly #folder: RunFolder;
  readonly #onEvent: (event: BlockEvent) => void;
  readonly #record: BlockRecord;
  readonly #live: LiveOutput;
  readonly #pipes: StatementPipes;
  #control: PipeReader | undefined;
  #state: StateReader | undefined;
  /** One after the other, so that their events come in order. */
  #finishing: Promise<void> = Promise.resolve();
  #line = '';
  #hasBegun = false;
  #isStateLost = false;

  constructor(request: BlockRequest, folder: RunFolder, onEvent: (event: BlockEvent) => void) {
    this.#request = request;
    this.#folder = folder;
    this.#onEvent = onEvent;
    this.#record = new BlockRecord(request.statements);
    this.#live = new LiveOutput(systemClock, onEvent);
    this.#pipes = new StatementPipes(folder, request.statements, this.#live, {
      secrets: request.secrets,
      keepCharacters: request.keepCharacters ?? keepCharacters,
    });
  }

  /** Until the shell has ended and all is read. */
  async follow(shell: BashProcess, marker: string, signal: AbortSignal): Promise<BlockResult> {
    const begin = performance.now();
    const tree = { pid: shell.pid, marker };
    const intervention = this.#watch(tree, signal);
    if (await shell.ready) await this.#open(tree);
    const exit = await shell.exited;
    const survivors = await intervention.finish();
    await Promise.all([this.#control?.drained(), this.#state?.drained()]);
    const running = this.#record.runningIndex;
    this.#record.shellEnded(exit, performance.now());
    const isOwnFault = exit.exitCode !== null && this.#record.end().kind === 'killed';
    if (!this.#hasBegun && isOwnFault) throw couldNotBegin(exit.complaint, this.#isStateLost);
    if (running !== undefined) this.#finishAfterOthers(running);
    await this.#finishing;
    await Promise.race([this.#pipes.allEnded(), wait(settleMs, undefined, { ref: false })]);
    this.#live.flush();
    return this.#result(performance.now() - begin, tree, survivors);
  }

  /** The shell waits for its pipes to be opened; where that fails, it must not wait for ever. */
  async #open(tree: ProcessTree): Promise<void> {
    try {
      this.#pipes.open();
      const control = this.#folder.file(names.control);
      this.#control = new PipeReader(control, openForBoth(control), (bytes) => this.#readControl(bytes));
      this.#state = new StateReader(this.#folder.file(names.state));
    } catch (cause) {
      await endTree(tree, 0);
      throw new OpsError('file', 'The pipes to the shell could not be opened; nothing was run.', {
        cause,
        next: 'Close what has many files open, or run fewer commands at a time.',
      });
    }
  }

  /** Ends the tree when the signal aborts or the time is up; `finish` waits for that if it has begun. */
  #watch(tree: ProcessTree, signal: AbortSignal): { finish(): Promise<readonly RunningProcess[]> } {
    let ending: Promise<readonly RunningProcess[]> = Promise.resolve([]);
    const stop = (intervention: Intervention): void => {
      detach();
      this.#record.intervene(intervention);
      this.#folder.withdrawPermit();
      ending = endTree(tree, graceMs);
    };
    const cancel = (): void => stop({ kind: 'cancelled' });
    const { timeLimitMs } = this.#request;
    const timer = setTimeout(() => stop({ kind: 'timedOut', timeLimitMs }), Math.min(timeLimitMs, longestTimerMs));
    const detach = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    };
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel);
    return {
      finish: () => {
        detach();
        return ending;
      },
    };
  }

  #readControl(bytes: Buffer): void {
    const lines = (this.#line + bytes.toString('latin1')).split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) {
      const message = parseControlMessage(line);
      if (message !== undefined) this.#receive(message);
    }
  }

  #receive(message: ControlMessage): void {
    this.#record.receive(message, performance.now());
    if (message.kind === 'stateLost') this.#isStateLost = true;
    else if (message.kind === 'started') this.#begin(message.number - 1);
    else if (message.kind === 'ended') this.#finishAfterOthers(message.number - 1);
  }

  #begin(index: number): void {
    const statement = this.#request.statements[index];
    if (statement === undefined) return;
    this.#hasBegun = true;
    this.#pipes.begin(index);
    this.#live.flush();
    this.#onEvent({ kind: 'started', statementId: statement.id });
  }

  #finishAfterOthers(index: number): void {
    const read = this.#pipes.drained(index).then(() => this.#settled(index));
    this.#finishing = this.#finish(index, Promise.all([this.#finishing, read]));
  }

  async #finish(index: number, isDue: Promise<unknown>): Promise<void> {
    await isDue;
    this.#live.flush();
    const result = this.#record.result(index, this.#read);
    this.#onEvent({ kind: 'finished', statementId: result.id, result });
  }

  #settled(index: number): Promise<void> {
    return Promise.race([this.#pipes.ended(index), wait(settleMs, undefined, { ref: false })]);
  }

  readonly #read = (index: number, stream: Stream) => this.#pipes.read(index, stream);

  async #result(durationMs: number, tree: ProcessTree, survivors: readonly RunningProcess[]): Promise<BlockResult> {
    const stillWriting = this.#pipes.stillWriting();
    this.#pipes.release();
    this.#live.flush();
    const saved = this.#state?.read();
    return {
      statements: this.#request.statements.map((_, index) => this.#record.result(index, this.#read)),
      end: this.#record.end(),
      durationMs,
      state: saved ?? this.#request.state,
      stateSaved: saved !== undefined,
      stillWriting,
      stillRunning: stillWriting.length > 0 ? await membersOf(tree) : survivors,
    };
  }

  release(): void {
    this.#pipes.release();
    this.#control?.destroy();
    this.#state?.destroy();
  }
}
