import { setImmediate as nextTurn } from 'node:timers/promises';

/** So long may the extension host be busy at a time, for nobody to notice. */
const sliceMs = 8;

interface Job {
  /** Whether it is over, one way or the other. */
  advance(): boolean;
}

/** Does long work in short stretches, what was asked for last first, with the host free for others in between. */
export class Background {
  readonly #jobs: Job[] = [];
  #isWorking = false;

  /** What the steps return; undefined when `isStale` said so on the way. Rejects with what a step throws. */
  run<T>(steps: Generator<undefined, T>, isStale: () => boolean): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const advance = (): boolean => {
        try {
          if (isStale()) {
            resolve(undefined);
            return true;
          }
          const result = runFor(sliceMs, steps);
          if (result) resolve(result.value);
          return result !== undefined;
        } catch (error) {
          reject(error);
          return true;
        }
      };
      this.#jobs.push({ advance });
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let job = this.#jobs.at(-1); job; job = this.#jobs.at(-1)) {
      await nextTurn();
      job = this.#jobs.at(-1) ?? job;
      if (job.advance()) this.#jobs.splice(this.#jobs.indexOf(job), 1);
    }
    this.#isWorking = false;
  }
}

/** Takes steps for about that long; what they return when that was enough. */
export function runFor<T>(budgetMs: number, steps: Generator<undefined, T>): { readonly value: T } | undefined {
  const start = performance.now();
  do {
    const { done, value } = steps.next();
    if (done === true) return { value };
  } while (performance.now() - start < budgetMs);
  return undefined;
}
