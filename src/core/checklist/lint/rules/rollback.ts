import { nodesOf } from '../../walk.ts';
import type { LintCommand } from '../events.ts';
import type { Found, LintRule } from '../types.ts';
import { commandsWithPlaces } from './places.ts';

/** Ways to say it other than with a heading: a paragraph's opening words, or a link to another document. */
const SAID_OTHERWISE =
  /^[ \t>]*\*\*[^*\n]*\broll(?:ing)?[ -]?backs?\b[^*\n]*\*\*|\[[^\]\n]*\broll(?:ing)?[ -]?backs?\b[^\]\n]*\]\([^#)\s]/im;

export const rollbackMissing: LintRule = {
  id: 'rollback-missing',
  severity: 'warning',
  documentation: 'A checklist says how to go back: a section on rolling back, or a link to one.',
  *check({ checklist, context: { text } }) {
    const stages = [...nodesOf(checklist.stages)].filter((node) => node.kind === 'stage');
    if (stages.some(({ role }) => role === 'rollback') || SAID_OTHERWISE.test(text)) return;
    const first = stages.find(({ level }) => level > 0) ?? stages[0];
    if (first === undefined) return;
    const end = /[\r\n]|$/.exec(text.slice(first.range.start))?.index ?? 0;
    yield {
      message: 'Nothing here says how to go back. Add a section "Rollback" with the steps, before they are needed.',
      range: { start: first.range.start, end: first.range.start + end },
    };
  },
};

export const gitResetAsRollback: LintRule = {
  id: 'git-reset-as-rollback',
  severity: 'warning',
  documentation:
    'Rolling back with `git reset --hard` throws away uncommitted work and needs a forced push; `git revert` undoes the commits and keeps the history.',
  *check(document) {
    for (const { command, place } of commandsWithPlaces(document)) {
      const found = hardReset(command);
      const isRollback = place.stage.role === 'rollback' || /\broll(?:ing)?[ -]?back|\brevert/i.test(command.remark);
      if (found !== undefined && isRollback) yield found;
    }
  },
};

function hardReset({ words }: LintCommand): Found | undefined {
  const at = words.findIndex(({ text }) => text === 'git');
  const reset = words.findIndex(({ text }, index) => at >= 0 && index > at && text === 'reset');
  const hard = words.find(({ text }, index) => reset > 0 && index > reset && text === '--hard');
  const [git] = words.slice(at);
  if (git === undefined || hard === undefined) return undefined;
  return {
    message:
      '`git reset --hard` throws away uncommitted work, and a branch that was pushed then needs a forced push. Undo the commits with `git revert`, or deploy the tag from a checkout of its own.',
    range: { start: git.range.start, end: hard.range.end },
  };
}
