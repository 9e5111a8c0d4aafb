import type { Clock } from '../clock.ts';
import type { Disposable } from '../disposable.ts';
import { explain } from '../errors.ts';
import type { Environment } from '../environment/environment.ts';
import type { Effective } from './surroundings.ts';

/** A flag as it was last read. */
export interface FlagReading {
  readonly name: string;
  /** Undefined where the settings do not say where it is kept. */
  readonly where: string | undefined;
  readonly desired: Desired;
  readonly effective: Effective;
}

export type Desired =
  { readonly kind: 'known'; readonly value: string | undefined } | { readonly kind: 'unknown'; readonly why: string };

export interface FlagReport {
  readonly readings: readonly FlagReading[];
  /** Wall clock, ms since 1970. */
  readonly readAtMs: number;
}

export interface FlagBoardOptions {
  /** `asked`: a person wants it now, so that commands of the settings may be run for it. */
  readonly read: (environment: Environment, asked: boolean, signal: AbortSignal) => Promise<readonly FlagReading[]>;
  readonly clock: Clock;
  readonly onRead: (environment: Environment) => void;
}

/** What is looked at by starting a program is read less often. */
const fresh = { file: 10_000, program: 30_000 } as const;
const readWithinMs = 30_000;

/** The flags of all environments as last read. Nothing is read but what somebody looks at. */
export class FlagBoard implements Disposable {
  readonly #options: FlagBoardOptions;
  readonly #reports = new WeakMap<Environment, FlagReport>();
  readonly #reading = new Map<Environment, Promise<FlagReport>>();
  readonly #stopping = new AbortController();

  constructor(options: FlagBoardOptions) {
    this.#options = options;
  }

  /** Undefined: not read yet. */
  reportOf(environment: Environment): FlagReport | undefined {
    return this.#reports.get(environment);
  }

  /** Somebody looks at them: reads them where what is known is too old. */
  want(environment: Environment): void {
    const { kind } = environment.settings.target ?? {};
    const limitMs = kind === undefined || kind === 'envFile' ? fresh.file : fresh.program;
    const report = this.#reports.get(environment);
    if (report && this.#options.clock.wallMs() - report.readAtMs < limitMs) return;
    if (!this.#reading.has(environment)) void this.#start(environment, false);
  }

  /** Reads them now. Never rejects: what cannot be read says so. */
  refresh(environment: Environment): Promise<FlagReport> {
    return this.#start(environment, true);
  }

  dispose(): void {
    this.#stopping.abort();
  }

  #start(environment: Environment, asked: boolean): Promise<FlagReport> {
    const reading = this.#read(environment, asked).finally(() => {
      if (this.#reading.get(environment) === reading) this.#reading.delete(environment);
    });
    this.#reading.set(environment, reading);
    return reading;
  }

  async #read(environment: Environment, asked: boolean): Promise<FlagReport> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(readWithinMs)]);
    const readings = await this.#options.read(environment, asked, signal).catch((error: unknown) => {
      const why = explain(error);
      return Object.keys(environment.settings.flags ?? {}).map((name) => unreadable(name, why));
    });
    const report = { readings, readAtMs: this.#options.clock.wallMs() };
    this.#reports.set(environment, report);
    this.#options.onRead(environment);
    return report;
  }
}

/** A flag of which nothing is known. */
export function unreadable(name: string, why: string, where?: string): FlagReading {
  return { name, where, desired: { kind: 'unknown', why }, effective: { kind: 'unknown', why } };
}
