import type { Checklist, ChecklistNode } from '../../checklist/model.ts';
import { nodesOf } from '../../checklist/walk.ts';

const saysWarmUp =
  /\b(?:pre-?)?warm(?:s|ed|ing)?(?:[- ]?up)?\b.*\bcache|\bcache\b.*\bwarm|\bwarm(?:s|ed|ing)?[- ]?up\b/i;

/**
 * Where a checklist says how its cache is warmed up: the first block with commands of an item or a stage that says so.
 * Undefined where none does.
 */
export function warmUpIn({ stages }: Checklist): ChecklistNode | undefined {
  for (const node of nodesOf(stages)) {
    if (node.kind === 'block' && saysWarmUp.test(node.summary)) return node;
    const words = node.kind === 'stage' ? node.title : node.kind === 'item' ? node.text : '';
    if (!saysWarmUp.test(words)) continue;
    const block = [...nodesOf(node.children)].find(({ kind }) => kind === 'block');
    if (block) return block;
  }
  return undefined;
}
