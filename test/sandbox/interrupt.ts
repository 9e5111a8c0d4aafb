/** One Ctrl-C reaches us several times: from the terminal, from npm and from bootstrap.mjs. */
const SAME_PRESS_MS = 400;

/**
 * Calls `first` when we are asked to stop for the first time, and ends this process at once, with everything it
 * started, when we are asked again.
 */
export function onInterrupt(first: () => void): void {
  let firstAt: number | undefined;
  const interrupted = () => {
    const now = Date.now();
    if (firstAt === undefined) {
      firstAt = now;
      first();
    } else if (now - firstAt > SAME_PRESS_MS) {
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
}
