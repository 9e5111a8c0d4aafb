import type { ChecklistNode } from './model.ts';

/** All nodes and what is below them, in the order of the document. */
export function* nodesOf(nodes: readonly ChecklistNode[]): Generator<ChecklistNode, void> {
  const waiting = nodes.toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    for (let index = node.children.length - 1; index >= 0; index--) {
      const child = node.children[index];
      if (child !== undefined) waiting.push(child);
    }
  }
}
