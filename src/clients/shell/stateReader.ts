import type { ShellState } from '../../core/run/model.ts';
import { parseSnapshots, stateBetween } from '../../core/run/shellState.ts';
import { PipeReader } from './pipe.ts';
import { openForBoth } from './runFolder.ts';

/** More than any shell has to tell that is not a mistake. */
const longestBytes = 64 * 1024 * 1024;

/** Takes what the shell tells about itself. It goes through memory only, since it may hold secrets. */
export class StateReader {
  readonly #reader: PipeReader;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(path: string) {
    this.#reader = new PipeReader(path, openForBoth(path), (chunk) => {
      this.#bytes += chunk.length;
      if (this.#bytes <= longestBytes) this.#chunks.push(chunk);
    });
  }

  drained(): Promise<void> {
    return this.#reader.drained();
  }

  /** The last state that was told completely; undefined if there is none. */
  read(): ShellState | undefined {
    if (this.#bytes > longestBytes) return undefined;
    const snapshots = parseSnapshots(Buffer.concat(this.#chunks).toString('latin1'));
    const baseline = snapshots.find(({ kind }) => kind === 'baseline');
    const state = snapshots.findLast(({ kind }) => kind === 'state');
    return baseline === undefined || state === undefined ? undefined : stateBetween(baseline, state);
  }

  destroy(): void {
    this.#chunks = [];
    this.#reader.destroy();
  }
}
