import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import { HeadTail } from './headTail.ts';
import type { BlockEvent, Stream } from './model.ts';

const intervalMs = 50;
/** Of one stretch of output from one stream, in one interval: more than anyone reads. */
const shown = { head: 16_384, tail: 16_384 };

interface Stretch {
  readonly statementId: string;
  readonly stream: Stream;
  readonly text: HeadTail;
}

/** Hands output on for display, at most every 50 ms and never more than a screen can take; in the order it came. */
export class LiveOutput {
  readonly #clock: Clock;
  readonly #onEvent: (event: BlockEvent) => void;
  #stretches: Stretch[] = [];
  #timer: Disposable | undefined;

  constructor(clock: Clock, onEvent: (event: BlockEvent) => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  push(statementId: string, stream: Stream, text: string): void {
    const last = this.#stretches.at(-1);
    if (last?.statementId === statementId && last.stream === stream) last.text.push(text);
    else this.#begin(statementId, stream, text);
    this.#timer ??= this.#clock.after(intervalMs, () => this.flush());
  }

  /** Two streams taking turns must not grow the list without end: from the hundredth stretch on, each goes on in its own. */
  #begin(statementId: string, stream: Stream, text: string): void {
    let stretch =
      this.#stretches.length < 100
        ? undefined
        : this.#stretches.findLast((each) => each.statementId === statementId && each.stream === stream);
    if (stretch === undefined) {
      stretch = { statementId, stream, text: new HeadTail(shown) };
      this.#stretches.push(stretch);
    }
    stretch.text.push(text);
  }

  flush(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    const stretches = this.#stretches;
    this.#stretches = [];
    for (const { statementId, stream, text } of stretches) {
      const { head, tail, omittedCharacters } = text.read();
      this.#onEvent({ kind: 'output', statementId, stream, text: head, skippedCharacters: 0 });
      if (omittedCharacters > 0) {
        this.#onEvent({ kind: 'output', statementId, stream, text: tail, skippedCharacters: omittedCharacters });
      }
    }
  }
}
