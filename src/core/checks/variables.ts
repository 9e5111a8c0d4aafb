import type { ExpectedVariable, VariableSection } from '../checklist/meaning/types.ts';
import type { Tier } from '../environment/environment.ts';
import { saysSecret } from '../environment/secretFields.ts';
import { findPlaceholders } from '../shell/placeholders.ts';

/** Values that were found at one place: a file, a process, a service. */
export interface VariablePlace {
  /** For a person: "deploy/.env", "service web". */
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

/**
 * `same`: as the document says. `set`: there, and the document names no value to compare with. `default`: not set, and
 * the document has a default for that. `placeholder`: what is there was never filled in.
 */
export type VariableState = 'same' | 'set' | 'default' | 'missing' | 'different' | 'placeholder';

export interface VariableResult {
  readonly name: string;
  readonly state: VariableState;
  /** Zero-based line of the document. */
  readonly line: number;
  readonly note: string | undefined;
  /** Whether its values are kept out of everything; `values` is undefined then. */
  readonly secret: boolean;
  readonly values: { readonly expected: string; readonly actual: string | undefined } | undefined;
}

export interface VariableReport {
  readonly place: string;
  readonly sections: readonly { readonly title: string; readonly results: readonly VariableResult[] }[];
}

/**
 * Compares what a document lists with what is set. `tier` picks the value that a remark gives for a tier. Values of
 * secrets are compared and never handed on.
 */
export function compareVariables(
  sections: readonly VariableSection[],
  place: VariablePlace,
  tier: Tier | undefined,
): VariableReport {
  return {
    place: place.name,
    sections: sections.map(({ title, variables }) => ({
      title,
      results: variables.map((variable) => compareVariable(variable, place.values.get(variable.name), tier)),
    })),
  };
}

function compareVariable(
  variable: ExpectedVariable,
  actual: string | undefined,
  tier: Tier | undefined,
): VariableResult {
  const { name, note, range, placeholder, value, tierValues } = variable;
  const ofTier = tier === undefined ? undefined : tierValues[tier];
  const expected = ofTier ?? value;
  const secret = variable.secret || saysSecret('variable', name) || holdsLogin(expected) || holdsLogin(actual ?? '');
  const open = ofTier === undefined && (placeholder !== undefined || value === '');
  return {
    name,
    state: stateOf(actual, open ? undefined : expected, variable.isDefault),
    line: range.line,
    note,
    secret,
    values: secret ? undefined : { expected: open ? (placeholder ?? '') : expected, actual },
  };
}

function stateOf(actual: string | undefined, expected: string | undefined, isDefault: boolean): VariableState {
  if (actual === undefined) return isDefault ? 'default' : 'missing';
  if (actual === expected) return 'same';
  if (actual.trim() === '') return isDefault ? 'default' : 'missing';
  if (isPlaceholder(actual)) return 'placeholder';
  // What only stands in for a value that is not set says nothing about one that is.
  return expected === undefined || isDefault ? 'set' : 'different';
}

const NEVER_FILLED_IN =
  /^(?:change[-_ ]?(?:me|it)!?|replace[-_ ]?me|to[-_ ]?do|tbd|fix[-_ ]?me|x{3,}|\*{3,}|\.{3}|\[.*\]|<.*>|\{\{.*\}\})$/i;

function isPlaceholder(value: string): boolean {
  const text = value.trim();
  return NEVER_FILLED_IN.test(text) || findPlaceholders(text).some((found) => found.text === text);
}

/** An address with a user or password in it. */
function holdsLogin(value: string): boolean {
  return /^[a-z][\w+.-]*:\/\/[^/?#\s]*@/i.test(value) || /[?&](?:api[_-]?key|token|password|secret)=/i.test(value);
}

/** How many of each state, in words: "12 set, 1 missing, 1 different". Nothing at all is said so. */
export function summarizeVariables(reports: readonly VariableReport[]): string {
  const states = reports.flatMap(({ sections }) =>
    sections.flatMap(({ results }) => results.map(({ state }) => state)),
  );
  const words: readonly (readonly [string, readonly VariableState[]])[] = [
    ['set', ['same', 'set']],
    ['left to their default', ['default']],
    ['missing', ['missing']],
    ['different', ['different']],
    ['never filled in', ['placeholder']],
  ];
  const said = words.flatMap(([word, members]) => {
    const count = states.filter((state) => members.includes(state)).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return said.length === 0 ? 'no variable' : said.join(', ');
}
