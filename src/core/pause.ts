import type { Clock } from './clock.ts';
import { OpsError } from './errors.ts';

/** Waits; throws OpsError `cancelled` as soon as the signal aborts. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      timer.dispose();
      reject(new OpsError('cancelled', 'Cancelled.'));
    };
    const timer = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
