import { explain, OpsError } from '../errors.ts';
import type { SourceState } from './model.ts';

/** Reads the parts of a page: of one that fails, the reason is kept, and the others are shown. */
export class PartReads {
  readonly #failed = new Map<string, Set<string>>();
  readonly #isFatal: (error: OpsError) => boolean;

  /** `isFatal`: of errors that are not of one part alone, which it rejects with. */
  constructor(isFatal: (error: OpsError) => boolean) {
    this.#isFatal = isFatal;
  }

  async orElse<T>(what: string, reading: Promise<T>, fallback: T): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof OpsError) || this.#isFatal(error)) throw error;
      const why = explain(error);
      this.#failed.set(why, (this.#failed.get(why) ?? new Set()).add(what));
      return fallback;
    }
  }

  /** Why this could not be read; undefined where it was. */
  whyNot(what: string): string | undefined {
    return [...this.#failed].find(([, all]) => all.has(what))?.[0];
  }

  get troubles(): readonly SourceState[] {
    return [...this.#failed].map(([why, what]) => {
      return { name: 'Prometheus', state: 'partial', message: `${[...what].join(', ')} not read: ${why}` };
    });
  }
}
