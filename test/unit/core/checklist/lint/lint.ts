import assert from 'node:assert/strict';
import { readEnvironments } from '../../../../../src/core/environment/read.ts';
import { lintChecklist } from '../../../../../src/core/checklist/lint/lintChecklist.ts';
import type { LintContext, LintFinding } from '../../../../../src/core/checklist/lint/types.ts';
import { understand } from '../../../../../src/core/checklist/meaning/understand.ts';
import { openDocument } from '../../../../../src/core/checklist/parse.ts';

export interface LintOptions {
  readonly environments?: Readonly<Record<string, unknown>>;
  readonly severities?: LintContext['severities'];
}

/** The findings for a document, without those of rules a test is not about. */
export function lint(text: string, { environments = {}, severities = {} }: LintOptions = {}): readonly LintFinding[] {
  const { checklist } = openDocument(text);
  const read = readEnvironments(environments, undefined);
  assert.deepEqual(
    read.problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  return lintChecklist(checklist, understand(checklist, text), new Map(), {
    text,
    environments: read.environments,
    severities,
  });
}

/** What a rule marks in a document: the marked text of each finding. */
export function marks(rule: string, text: string, options?: LintOptions): readonly string[] {
  const found = lint(text, options).filter((finding) => finding.rule === rule);
  return found.map(({ range }) => text.slice(range.start, range.end));
}

/** The document after one fix of the only finding of a rule. */
export function fixed(rule: string, text: string, options?: LintOptions, which = 0): string {
  const [finding, ...others] = lint(text, options).filter((one) => one.rule === rule);
  assert.equal(others.length, 0, 'one finding');
  const fix = finding?.fixes[which];
  assert.ok(fix, 'a fix is offered');
  return fix.edits
    .toSorted((a, b) => b.offset - a.offset)
    .reduce(
      (before, { offset, length, content }) => before.slice(0, offset) + content + before.slice(offset + length),
      text,
    );
}

/** A checklist around a piece of shell code. */
export function withCommands(code: string, heading = 'Rollback'): string {
  return `# Plan\n\n## ${heading}\n\n- [ ] Done\n\n\`\`\`bash\n${code}\n\`\`\`\n`;
}
