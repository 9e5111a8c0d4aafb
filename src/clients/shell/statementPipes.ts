import { closeSync } from 'node:fs';
import { OutputCapture } from '../../core/run/captureOutput.ts';
import type { LiveOutput } from '../../core/run/liveOutput.ts';
import type { CapturedOutput, StillWriting, StatementToRun, Stream } from '../../core/run/model.ts';
import { names } from '../../core/run/script.ts';
import { PipeReader } from './pipe.ts';
import type { RunFolder } from './runFolder.ts';
import { openForReading } from './runFolder.ts';

const streams: readonly Stream[] = ['stdout', 'stderr'];

interface Tap {
  readonly reader: PipeReader;
  readonly capture: OutputCapture;
}

/** What the statements of a block write, each through a pair of pipes of its own. */
export class StatementPipes {
  readonly #folder: RunFolder;
  readonly #statements: readonly StatementToRun[];
  readonly #live: LiveOutput;
  readonly #options: { readonly secrets: readonly string[]; readonly keepCharacters: number };
  readonly #descriptors = new Map<string, number>();
  readonly #taps = new Map<string, Tap>();

  constructor(
    folder: RunFolder,
    statements: readonly StatementToRun[],
    live: LiveOutput,
    options: { readonly secrets: readonly string[]; readonly keepCharacters: number },
  ) {
    this.#folder = folder;
    this.#statements = statements;
    this.#live = live;
    this.#options = options;
  }

  /** All at once, so that the shell never waits for us at the beginning of a statement. */
  open(): void {
    for (let index = 0; index < this.#statements.length; index++)
      for (const stream of streams) {
        const name = nameOf(index, stream);
        this.#descriptors.set(name, openForReading(this.#folder.file(name)));
      }
  }

  /** Begins to read; the shell has them open by now. */
  begin(index: number): void {
    for (const stream of streams) this.#tap(index, stream);
  }

  #tap(index: number, stream: Stream): void {
    const name = nameOf(index, stream);
    const descriptor = this.#descriptors.get(name);
    const statement = this.#statements[index];
    if (descriptor === undefined || statement === undefined) return;
    this.#descriptors.delete(name);
    const capture = new OutputCapture({
      ...this.#options,
      onText: (text) => this.#live.push(statement.id, stream, text),
    });
    const reader = new PipeReader(this.#folder.file(name), descriptor, (bytes) => capture.push(bytes));
    void reader.ended.then(() => capture.end());
    this.#taps.set(name, { reader, capture });
  }

  /** Resolves when all that the statement wrote until now has been read. */
  async drained(index: number): Promise<void> {
    await Promise.all(this.#tapsOf(index).map(({ reader }) => reader.drained()));
  }

  /** Resolves when nobody can write to it any more. */
  async ended(index: number): Promise<void> {
    await Promise.all(this.#tapsOf(index).map(({ reader }) => reader.ended));
  }

  async allEnded(): Promise<void> {
    await Promise.all([...this.#taps.values()].map(({ reader }) => reader.ended));
  }

  read(index: number, stream: Stream): CapturedOutput | undefined {
    return this.#taps.get(nameOf(index, stream))?.capture.read();
  }

  stillWriting(): readonly StillWriting[] {
    return this.#statements.flatMap(({ id }, index) => {
      const open = streams.filter((stream) => this.#taps.get(nameOf(index, stream))?.reader.isEnded === false);
      return open.length === 0 ? [] : [{ statementId: id, streams: open }];
    });
  }

  /** Lets go of everything; what still writes can go on doing so. */
  release(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
    for (const { reader, capture } of this.#taps.values())
      if (!reader.isEnded) {
        reader.detach();
        capture.end();
      }
  }

  #tapsOf(index: number): readonly Tap[] {
    return streams.map((stream) => this.#taps.get(nameOf(index, stream))).filter((tap) => tap !== undefined);
  }
}

function nameOf(index: number, stream: Stream): string {
  return names.pipe(index + 1, stream);
}
