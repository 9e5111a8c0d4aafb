import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import type { AlertRule } from './rule.ts';

/** Something to be told of a rule. */
export interface Notice {
  readonly kind: 'fired' | 'recovered' | 'reminded';
  readonly rule: AlertRule;
  /** What was read: `412 ms`; in the base unit where it is a number. */
  readonly words: string;
  readonly value: number | undefined;
  /** Since when the condition holds; of a recovery, since when the episode lasted. */
  readonly sinceWallMs: number;
}

/** At most one message an environment in this time; what comes meanwhile is summed up in the next. */
export const noticePauseMs = 60_000;

/** Lets through what is to be told of one environment: the first at once, more of them together. */
export class Notices implements Disposable {
  readonly #clock: Clock;
  readonly #tell: (notices: readonly Notice[]) => void;
  #waiting: Notice[] = [];
  #pause: Disposable | undefined;

  constructor(clock: Clock, tell: (notices: readonly Notice[]) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** What comes with one read is told together. */
  add(notices: readonly Notice[]): void {
    for (const notice of notices) {
      const before = this.#waiting.find(({ rule }) => rule.id === notice.rule.id);
      this.#waiting = this.#waiting.filter((one) => one !== before);
      // What came and went before anybody was told is in the history.
      if (!before || before.kind === 'reminded') this.#waiting.push(notice);
    }
    if (!this.#pause) this.#flush();
  }

  dispose(): void {
    this.#pause?.dispose();
    this.#waiting = [];
  }

  #flush(): void {
    this.#pause = undefined;
    if (this.#waiting.length === 0) return;
    const told = this.#waiting;
    this.#waiting = [];
    this.#pause = this.#clock.after(noticePauseMs, () => this.#flush());
    this.#tell(told);
  }
}
