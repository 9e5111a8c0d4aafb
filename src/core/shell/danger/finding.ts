import type { Danger, Word } from '../types.ts';

/** What one command does. */
export type Finding = Danger;

/** Judges a program by its arguments; `nested` judges what it runs in turn. */
export type Rule = (call: Call) => Finding;

export interface Call {
  /** Without its folder: `redis-cli`. */
  readonly program: string;
  readonly arguments: readonly Argument[];
  /** Judges a command given as words: `sudo …`, `xargs …`. */
  readonly nested: (words: readonly Argument[]) => Finding;
  /** Judges a command given as code: `bash -c '…'`. */
  readonly nestedCode: (code: string) => Finding;
}

export interface Argument {
  /** Undefined where only running would tell: `$NAME`, a placeholder. */
  readonly text: string | undefined;
  readonly word: Word | undefined;
}

export function readOnly(why: string, more: Partial<Finding> = {}): Finding {
  return { class: 'readOnly', why, ...more };
}

export function changing(why: string, more: Partial<Finding> = {}): Finding {
  return { class: 'changing', why, ...more };
}

export function destructive(why: string, more: Partial<Finding> = {}): Finding {
  return { class: 'destructive', why, ...more };
}

export function unknown(why: string, more: Partial<Finding> = {}): Finding {
  return { class: 'unknown', why, ...more };
}

const ORDER: Readonly<Record<Finding['class'], number>> = { readOnly: 0, changing: 1, unknown: 2, destructive: 3 };

/** The worst of several findings, with what is worth knowing of the others. */
export function worst(findings: readonly Finding[]): Finding {
  const [first, ...others] = findings;
  if (first === undefined) return readOnly('It only sets variables of the shell.');
  return others.reduce((result, finding) => {
    const [more, less] = ORDER[finding.class] > ORDER[result.class] ? [finding, result] : [result, finding];
    const costly = finding.costly ?? result.costly;
    return { ...less, ...more, ...(costly === undefined ? {} : { costly }) };
  }, first);
}

/** Words separated by blanks, as tables are written here. */
export function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
