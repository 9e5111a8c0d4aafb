import type { ChecklistNode } from './model.ts';

/**
 * The id of a node's row in the tree: unique among the rows of the document, and the same while somebody types in the
 * words of the node or of a heading above it. Good for this window only; what is stored is stored by `id`.
 */
export function rowIdOf({ id, rowId }: ChecklistNode): string {
  return rowId ?? id;
}
