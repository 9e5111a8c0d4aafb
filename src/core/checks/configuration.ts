import type { Range } from '../checklist/model.ts';
import type { Verdict } from '../verdict.ts';

/** What a document expects of a configuration file. Paths lead inwards with dots: `cache.similarity_threshold`. */
export type ConfigurationExpectation = {
  /** The file it is about, where the document names one. */
  readonly file: string | undefined;
  /** The words it was read from. */
  readonly text: string;
  readonly range: Range;
} & ConfigurationLimit;

export type ConfigurationLimit =
  /** The key is there, whatever it holds. */
  | { readonly kind: 'present'; readonly path: string }
  | { readonly kind: 'value'; readonly path: string; readonly value: Scalar }
  | {
      readonly kind: 'between';
      readonly path: string;
      readonly low: Bound | undefined;
      readonly high: Bound | undefined;
    }
  /** Each key of that name, wherever it stands. */
  | { readonly kind: 'every'; readonly path: string; readonly value: Scalar };

export type Scalar = string | number | boolean;

export interface Bound {
  readonly value: number;
  /** Whether the bound itself is allowed. */
  readonly inclusive: boolean;
}

/** One key of a configuration file. */
export interface ConfigurationEntry {
  readonly path: readonly string[];
  /** Undefined where it holds more keys, or cannot be read. */
  readonly value: Scalar | null | undefined;
  /** Zero-based. */
  readonly line: number;
}

export interface ConfigurationResult {
  readonly expectation: ConfigurationExpectation;
  readonly verdict: Verdict;
  /** Zero-based lines of the file that it was judged by. */
  readonly lines: readonly number[];
}
