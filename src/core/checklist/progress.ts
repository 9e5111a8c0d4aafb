import type { Checklist, ChecklistNode, Progress, StageRole } from './model.ts';

/**
 * Boxes ticked of boxes there, in a node and below it. Steps and drawn lines have no box. A rollback, troubleshooting
 * or contact stage knows its own progress, but adds nothing to that of what it is in.
 */
export function progressOf(node: ChecklistNode | Checklist): Progress {
  return node.progress;
}

/** Whether the boxes of a node count towards what it is in, which has the role `around`. */
export function countsInto(node: ChecklistNode, around: StageRole): boolean {
  return node.kind !== 'stage' || node.role === 'work' || node.role === around;
}

export function sumOf(nodes: readonly ChecklistNode[], own: Progress = NONE): Progress {
  let { done, total } = own;
  for (const { progress } of nodes) {
    done += progress.done;
    total += progress.total;
  }
  return total === 0 ? NONE : { done, total };
}

const NONE: Progress = { done: 0, total: 0 };
