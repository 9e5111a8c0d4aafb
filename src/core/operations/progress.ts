import { formatBytes, formatCount, formatDuration } from '../format.ts';

/** How far something is. */
export interface Progress {
  readonly done: number;
  /** Undefined where nobody knows how much there is. */
  readonly total?: number;
  /** What is counted, in the plural: `keys`, `points`, `files`; `bytes` are shown as KB, MB. */
  readonly unit: string;
  /** What is being done just now, in a few words: `redis-2:6379`, `waiting for the pods`. */
  readonly now?: string;
}

/** How long a rate looks back: long enough to be steady, short enough to follow a change. */
const windowMs = 5_000;

/** Turns amounts done into a rate and the time that remains. */
export class Pace {
  #samples: { readonly atMs: number; readonly done: number }[] = [];

  /** `12,000 of 600,000 keys, 148,000/s, 4 s left`. `nowMs` is monotonic. */
  words(progress: Progress, nowMs: number): string {
    const { done, total, unit, now } = progress;
    const amount = amountWords(progress);
    // Begun again, after a retry or for the next server.
    if (done < (this.#samples.at(-1)?.done ?? 0)) this.#samples = [];
    this.#samples.push({ atMs: nowMs, done });
    while (this.#samples.length > 2 && (this.#samples[0]?.atMs ?? nowMs) < nowMs - windowMs) this.#samples.shift();
    const first = this.#samples[0];
    const tookMs = nowMs - (first?.atMs ?? nowMs);
    const perSecond = tookMs > 0 ? ((done - (first?.done ?? done)) * 1000) / tookMs : 0;
    const rate = perSecond > 0 ? `${unit === 'bytes' ? formatBytes(perSecond) : formatCount(perSecond)}/s` : '';
    const left =
      perSecond > 0 && total !== undefined && total > done
        ? `${formatDuration(((total - done) / perSecond) * 1000)} left`
        : '';
    return [now ?? '', amount, rate, left].filter((part) => part !== '').join(', ');
  }
}

/** `12,000 of 600,000 keys`, `1.5 MB`. */
export function amountWords({ done, total, unit }: Progress): string {
  const figure = unit === 'bytes' ? formatBytes : formatCount;
  const of = total === undefined ? '' : ` of ${figure(total)}`;
  return `${figure(done)}${of}${unit === 'bytes' ? '' : ` ${unit}`}`;
}
