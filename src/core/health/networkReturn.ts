import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';

export interface NetworkReturnOptions {
  readonly clock: Clock;
  /** The addresses this machine has at the moment, as one text. */
  readonly addresses: () => string;
  /** Servers that failed are worth asking at once. */
  readonly onReturn: () => void;
}

const lookEveryMs = 2_000;
/** The wall clock goes on while a machine sleeps, the monotonic one stands still. */
const sleptMs = 10_000;

/**
 * Notices that this machine has come back to a network: that its addresses have changed, or that it woke up. Looks only
 * while something fails, since nothing else waits for it.
 */
export class NetworkReturn implements Disposable {
  readonly #options: NetworkReturnOptions;
  #seen: { readonly addresses: string; readonly aheadMs: number } | undefined;
  #timer: Disposable | undefined;

  constructor(options: NetworkReturnOptions) {
    this.#options = options;
  }

  /** To be called whenever it may have changed whether something fails. */
  update(isFailing: boolean): void {
    if (!isFailing) this.dispose();
    else if (!this.#timer) {
      this.#seen = this.#look();
      this.#schedule();
    }
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = this.#options.clock.after(lookEveryMs, () => {
      const [before, now] = [this.#seen, this.#look()];
      this.#seen = now;
      this.#schedule();
      const slept = now.aheadMs - (before?.aheadMs ?? now.aheadMs) > sleptMs;
      if (slept || now.addresses !== before?.addresses) this.#options.onReturn();
    });
  }

  #look(): { readonly addresses: string; readonly aheadMs: number } {
    const { addresses, clock } = this.#options;
    return { addresses: addresses(), aheadMs: clock.wallMs() - clock.monotonicMs() };
  }
}
