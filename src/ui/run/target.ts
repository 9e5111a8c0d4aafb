import type { ChecklistNode } from '../../core/checklist/model.ts';
import type { ChecklistDocument } from '../checklists/document.ts';

/** What is to be run or verified: a document, a node with all below it, or one command of a node. */
export interface RunTarget {
  readonly document: ChecklistDocument;
  readonly node: ChecklistNode | undefined;
  /** Where the one command begins in the document. */
  readonly commandAt?: number | undefined;
}

export function titleOf({ document, node }: RunTarget): string {
  if (!node) return document.checklist?.title ?? '';
  if (node.kind === 'stage') return node.title;
  return node.kind === 'item' ? node.text : node.summary;
}
