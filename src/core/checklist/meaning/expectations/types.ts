/** What the output of a command should be. `text` is always what the document says, for showing. */
export type Expectation =
  /** Each of `lines` occurs in the output; letter case and spacing do not matter, `...` stands for anything. */
  | { readonly kind: 'text'; readonly lines: readonly string[]; readonly text: string }
  /** `pattern` holds `...` as a key or element for "and more" and `<…>` strings for "anything"; `anywhere`: in the output or in any part of it. */
  | { readonly kind: 'json'; readonly pattern: JsonPattern; readonly anywhere: boolean; readonly text: string }
  /** The output is of that kind and mentions each of `mentions`. */
  | {
      readonly kind: 'format';
      readonly format: 'json' | 'metrics';
      readonly mentions: readonly string[];
      readonly text: string;
    }
  | { readonly kind: 'empty'; readonly text: string }
  | { readonly kind: 'nonEmpty'; readonly text: string }
  /** Exit code 0, whatever comes out. */
  | { readonly kind: 'success'; readonly text: string }
  /** Every line but headings contains `part`. */
  | { readonly kind: 'everyLine'; readonly part: string; readonly text: string }
  /** No line contains any of `words`. */
  | { readonly kind: 'without'; readonly words: readonly string[]; readonly text: string }
  | { readonly kind: 'httpStatus'; readonly status: number; readonly text: string }
  /** Every number in the output, or the only one, compares so. */
  | { readonly kind: 'number'; readonly comparator: NumberComparator; readonly value: number; readonly text: string }
  /** So many things named `what` are listed. */
  | {
      readonly kind: 'count';
      readonly comparator: NumberComparator;
      readonly value: number;
      readonly what: string;
      readonly text: string;
    }
  /** Against the run before: `faster` by the time it took, else by the number in the output. `byRatio` 0.2 is 20 %. */
  | {
      readonly kind: 'relative';
      readonly quantity: 'duration' | 'output';
      readonly direction: 'less' | 'more';
      readonly byRatio: number | undefined;
      readonly text: string;
    }
  /** Against the output of the run before: what happened to the field. */
  | {
      readonly kind: 'change';
      readonly field: string;
      readonly change: 'fromTo' | 'updated' | 'same';
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly text: string;
    }
  /** A person has to judge; `command` is one that helps with it. */
  | { readonly kind: 'human'; readonly text: string; readonly command: string | undefined };

export type NumberComparator = '<' | '<=' | '>' | '>=' | '=';

export type JsonPattern =
  | { readonly kind: 'any' }
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  /** A time, an age or another value that differs from run to run: only its type is compared. */
  | { readonly kind: 'like'; readonly type: 'string' | 'number' }
  | { readonly kind: 'array'; readonly elements: readonly JsonPattern[]; readonly more: boolean }
  | {
      readonly kind: 'object';
      readonly fields: readonly { readonly key: string; readonly pattern: JsonPattern }[];
      readonly more: boolean;
    };

/** What a run of a command brought, as far as it was kept. */
export interface CommandOutput {
  /** Undefined when it was ended by a signal or did not start. */
  readonly exitCode: number | undefined;
  readonly stdout: string | Uint8Array;
  readonly stderr: string | Uint8Array;
  readonly durationMs: number;
  /** The command, where known: an empty `grep` ends with 1. */
  readonly command?: string;
}

/** Lines of what was expected and what came, for showing side by side. */
export interface OutputDifference {
  readonly lines: readonly DifferenceLine[];
  /** Whether the output was too long to be looked at as a whole. */
  readonly shortened: boolean;
}

export type DifferenceLine =
  | { readonly kind: 'same'; readonly text: string }
  | { readonly kind: 'missing'; readonly text: string } // expected, and not there
  | { readonly kind: 'unexpected'; readonly text: string } // there, and not expected
  | { readonly kind: 'other'; readonly text: string }; // there, and of no concern
