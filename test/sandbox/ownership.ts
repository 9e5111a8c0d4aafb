/** What has been started, so that it can be stopped together, in the reverse order, also when a later start failed. */
export interface Ownership {
  /** Remembers a start from its beginning: one that is still under way when all is stopped is waited for. */
  readonly own: <T extends { stop(): Promise<unknown> }>(starting: Promise<T>) => Promise<T>;
  readonly stopAll: () => Promise<void>;
}

export function createOwnership(): Ownership {
  const starts: Promise<{ stop(): Promise<unknown> }>[] = [];
  return {
    own: (starting) => {
      starts.push(starting);
      return starting;
    },
    stopAll: async () => {
      // One that failed to start, or to stop, must not keep the others running.
      for (const starting of starts.splice(0).toReversed()) {
        await starting.then((started) => started.stop()).catch(() => {});
      }
    },
  };
}
