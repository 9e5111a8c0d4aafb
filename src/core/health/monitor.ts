import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import { Poller } from '../poller.ts';
import { failureOf, reportFailure } from './failure.ts';
import type { ServiceReport } from './reading.ts';

/** What the tree needs of a watched service, whichever it is. */
export interface Monitor extends Disposable {
  /** Undefined until the first read has ended. */
  readonly report: ServiceReport | undefined;
  /** Polls until the returned object is disposed. */
  use(): Disposable;
  refresh(): Promise<void>;
  /** Connects anew at the next read: secrets or rights may have changed. */
  reopen(): void;
  /** Reads at once if the last read failed and somebody uses it: what was in the way may be gone. */
  retry(): void;
}

/** One service that is read as a whole. */
export interface ServiceProbe {
  /**
   * Reads and judges. `fresh`: also what is otherwise read less often. Throws OpsError when the service as a whole could
   * not be read; never hangs longer than its own time limit.
   */
  read(signal: AbortSignal, fresh: boolean): Promise<ServiceReport>;
  /** Ends connections and forgets what was read; the next read starts anew. */
  close(): void;
  /** Calls back when the place to read has changed, so that it is read at once: a failover. */
  onMoved?(listener: () => void): void;
}

export interface ServiceMonitorOptions {
  readonly openProbe: () => ServiceProbe;
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Called after every read, good or bad. */
  readonly onRead: () => void;
}

/** Long enough for a look at another view; then nobody is thought to come back soon. */
export const unusedMs = 60_000;

/** Keeps what one service of one environment last showed, as long as somebody uses it. */
export class ServiceMonitor implements Monitor {
  readonly #options: ServiceMonitorOptions;
  readonly #poller: Poller;
  readonly #probe: ServiceProbe;
  #report: ServiceReport | undefined;
  #lastGood: ServiceReport | undefined;
  #fresh = true;
  #users = 0;
  #leaving: Disposable | undefined;
  #disposed = false;

  constructor(options: ServiceMonitorOptions) {
    this.#options = options;
    this.#probe = options.openProbe();
    this.#poller = new Poller({
      intervalMs: options.intervalMs,
      clock: options.clock,
      poll: (signal) => this.#read(signal),
    });
    this.#probe.onMoved?.(() => this.#poller.restart());
  }

  get report(): ServiceReport | undefined {
    return this.#report;
  }

  use(): Disposable {
    this.#users += 1;
    const polling = this.#poller.use();
    let used = true;
    return {
      dispose: () => {
        if (!used) return;
        used = false;
        this.#users -= 1;
        polling.dispose();
        this.#leave();
      },
    };
  }

  async refresh(): Promise<void> {
    this.#fresh = true;
    await this.#poller.refresh();
    this.#leave();
  }

  reopen(): void {
    this.#probe.close();
    this.#fresh = true;
    this.#poller.restart();
  }

  retry(): void {
    this.#poller.retry();
  }

  dispose(): void {
    this.#disposed = true;
    this.#leaving?.dispose();
    this.#poller.dispose();
    this.#probe.close();
  }

  /** Connections, and what was started for them, are not kept for nobody. */
  #leave(): void {
    this.#leaving?.dispose();
    if (this.#users > 0 || this.#disposed) return;
    this.#leaving = this.#options.clock.after(unusedMs, () => {
      if (this.#users === 0) this.#probe.close();
    });
  }

  async #read(signal: AbortSignal): Promise<boolean> {
    const fresh = this.#fresh;
    this.#fresh = false;
    try {
      this.#report = this.#lastGood = await this.#probe.read(signal, fresh);
    } catch (error) {
      if (signal.aborted) {
        this.#fresh ||= fresh;
        return true;
      }
      // What was read less often may have changed with whatever broke.
      this.#fresh = true;
      this.#report = reportFailure(failureOf(error), this.#lastGood);
    }
    if (signal.aborted) return true;
    this.#options.onRead();
    return this.#report.failure === undefined;
  }
}
