import type { Meaning } from '../meaning/types.ts';
import type { Checklist } from '../model.ts';
import type { ParsedBlock } from '../../shell/types.ts';
import { readPlaces } from './document.ts';
import { lintRules } from './rules.ts';
import type { LintContext, LintFinding } from './types.ts';

/**
 * What is wrong, dangerous or missing in a checklist, in the order of the document. `parsedBlocks` are those blocks that
 * were parsed so far, by id: only the syntax errors need them. Pure, and never throws.
 */
export function lintChecklist(
  checklist: Checklist,
  meaning: Meaning,
  parsedBlocks: ReadonlyMap<string, Pick<ParsedBlock, 'error'>>,
  context: LintContext,
): readonly LintFinding[] {
  const slices = lintInSlices(checklist, meaning, parsedBlocks, context);
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
  }
}

/** The same in steps of well under a millisecond each, for a caller with other things to do. */
export function* lintInSlices(
  checklist: Checklist,
  meaning: Meaning,
  parsedBlocks: ReadonlyMap<string, Pick<ParsedBlock, 'error'>>,
  context: LintContext,
): Generator<undefined, readonly LintFinding[]> {
  const places = yield* readPlaces(checklist, meaning, context.text);
  const document = { checklist, meaning, parsedBlocks, context, places };
  const findings: LintFinding[] = [];
  for (const rule of lintRules) {
    const severity = context.severities[rule.id] ?? rule.severity;
    if (severity === 'off') continue;
    for (const { message, range, fixes = [] } of rule.check(document))
      findings.push({ rule: rule.id, severity, message, range, fixes });
    yield;
  }
  return findings.toSorted((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}
