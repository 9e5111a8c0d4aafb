import type { TextEdit } from '../../environment/jsonInsert.ts';
import type { Environment } from '../../environment/environment.ts';
import type { Span } from '../../shell/types.ts';
import type { LintDocument } from './document.ts';

/** How a finding is shown. A hint is a faint mark in the text, and not listed anywhere. */
export type LintSeverity = 'error' | 'warning' | 'information' | 'hint';

/** Something in a checklist that is wrong, dangerous, or missing. Offsets are the document's. */
export interface LintFinding {
  readonly rule: string;
  readonly severity: LintSeverity;
  /** What is wrong and what to do about it: whole sentences. */
  readonly message: string;
  readonly range: Span;
  /** Edits that are certainly right; the first is the one to offer first. Often none. */
  readonly fixes: readonly LintFix[];
}

export interface LintFix {
  /** Says what the edit does: "Use --scan". */
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** What a rule reports; id and severity are the rule's. */
export interface Found {
  readonly message: string;
  readonly range: Span;
  readonly fixes?: readonly LintFix[];
}

export interface LintRule {
  /** Its name in `cacheOps.lint.rules`, and the code of its diagnostics. */
  readonly id: string;
  /** Unless the settings say otherwise. */
  readonly severity: LintSeverity;
  /** One sentence for the settings: what is found, and why it matters. */
  readonly documentation: string;
  check(document: LintDocument): Iterable<Found>;
}

/** What the rules know beyond the document. */
export interface LintContext {
  /** The document as it was read. */
  readonly text: string;
  readonly environments: readonly Environment[];
  /** By rule; a rule that is not named has its own severity. */
  readonly severities: Readonly<Record<string, LintSeverity | 'off'>>;
}
