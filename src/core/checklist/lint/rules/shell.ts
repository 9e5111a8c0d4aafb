import type { LintRule } from '../types.ts';

export const shellSyntax: LintRule = {
  id: 'shell-syntax',
  severity: 'error',
  documentation: 'A command block that the shell cannot read; nothing of it would run.',
  *check({ places, parsedBlocks, meaning }) {
    for (const { node } of places) {
      if (node.kind !== 'block' || meaning.blocks.get(node.id)?.use !== 'run') continue;
      const error = parsedBlocks.get(node.id)?.error;
      if (error === undefined) continue;
      yield {
        message: error.message,
        range: { start: error.range.start, end: Math.max(error.range.end, error.range.start + 1) },
      };
    }
  },
};
