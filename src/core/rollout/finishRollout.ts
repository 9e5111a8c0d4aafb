import type { Meaning } from '../checklist/meaning/types.ts';
import type { TextEdit } from '../environment/jsonInsert.ts';
import { setFrontMatter } from './frontMatter.ts';
import type { RolloutOutcome } from './rollout.ts';
import { findStatusLine, statusEdits } from './status.ts';

/** Edits that close a rollout: `finished` and `outcome` in its front matter, and its status line. */
export function finishEdits(
  text: string,
  meaning: Meaning,
  outcome: RolloutOutcome,
  finished: string,
): readonly TextEdit[] {
  const status = findStatusLine(meaning.status);
  return [
    ...setFrontMatter(text, { outcome, finished }),
    ...(status === undefined ? [] : statusEdits(text, status, outcome)),
  ];
}
