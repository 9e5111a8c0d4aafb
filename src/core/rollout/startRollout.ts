import type { Checklist } from '../checklist/model.ts';
import type { Meaning } from '../checklist/meaning/types.ts';
import { nodesOf } from '../checklist/walk.ts';
import { slugOf } from '../checklist/label.ts';
import type { TextEdit } from '../environment/jsonInsert.ts';
import { applyEdits } from './applyEdits.ts';
import { setFrontMatter } from './frontMatter.ts';
import { frontMatterOf } from './rollout.ts';
import type { Rollout } from './rollout.ts';
import { findStatusLine, statusEdits } from './status.ts';

/** What a rollout is started from. */
export interface RolloutTemplate {
  readonly text: string;
  readonly checklist: Checklist;
  readonly meaning: Meaning;
}

/**
 * The copy of a template that a rollout is worked through in: bound to its environment by front matter, its status line
 * "In Progress", no box ticked. Nothing else differs from the template.
 */
export function rolloutText({ text, checklist, meaning }: RolloutTemplate, rollout: Rollout): string {
  const status = findStatusLine(meaning.status);
  const edits = [...clearedBoxes(checklist), ...(status === undefined ? [] : statusEdits(text, status, 'In Progress'))];
  const cleared = applyEdits(text, edits);
  return applyEdits(cleared, setFrontMatter(cleared, frontMatterOf(rollout)));
}

function clearedBoxes(checklist: Checklist): readonly TextEdit[] {
  return [...nodesOf(checklist.stages)].flatMap((node) =>
    node.kind === 'item' && node.box?.checked === true ? [{ offset: node.box.offset, length: 1, content: ' ' }] : [],
  );
}

/** `2025-11-20-staging-cache-checklist.md`: sorted by day, then environment. */
export function rolloutFileName({ checklist, environment, started }: Rollout): string {
  const name = checklist.slice(checklist.lastIndexOf('/') + 1).replace(/\.(?:md|markdown)$/i, '');
  return `${started.slice(0, 10)}-${slugOf(environment, 'environment')}-${name}.md`;
}
