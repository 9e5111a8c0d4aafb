import * as z from 'zod/mini';

/** What the editor shows about a setting: hover, completion, and the words of a squiggle. */
export interface Hint {
  /** Markdown. */
  readonly description: string;
  readonly examples?: readonly unknown[];
  /** Said when the pattern does not match. */
  readonly patternErrorMessage?: string;
  /** One text for each value of an enumeration, in its order. */
  readonly enumDescriptions?: readonly string[];
  readonly defaultSnippets?: readonly Snippet[];
}

/** A ready-made value that completion offers; `$1`, `${2:text}` are the places to fill in. */
export interface Snippet {
  readonly label: string;
  readonly description: string;
  readonly body: unknown;
}

/** The hints of the settings schema, kept beside it so that hover, completion and validation cannot drift apart. */
export const hints = z.registry<Hint>();
