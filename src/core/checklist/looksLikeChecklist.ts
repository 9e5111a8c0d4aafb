import type { Checklist } from './model.ts';
import { nodesOf } from './walk.ts';

/**
 * Whether a document found by a pattern is one to work through, and not an ordinary page: it has boxes, or numbered
 * steps (or drawn requirements) together with command blocks.
 */
export function looksLikeChecklist(checklist: Checklist): boolean {
  const { boxes, commented, blocks } = checklist.counts;
  if (boxes + commented > 0) return true;
  if (blocks === 0) return false;
  for (const node of nodesOf(checklist.stages)) if (node.kind === 'item') return true;
  return false;
}
