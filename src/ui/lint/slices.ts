import { setTimeout as pause } from 'node:timers/promises';

/** So long may the extension host be busy at a time, for nobody to notice. */
const sliceMs = 8;

/**
 * Carries a generator through in short stretches, with the host free for others in between. Undefined when `isStale`
 * said so on the way.
 */
export async function runInSlices<T>(steps: Generator<undefined, T>, isStale: () => boolean): Promise<T | undefined> {
  for (;;) {
    const start = performance.now();
    while (performance.now() - start < sliceMs) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
    await pause(1);
    if (isStale()) return undefined;
  }
}
