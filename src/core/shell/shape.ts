import { readShell } from './read.ts';
import type { ShellNode, Word } from './types.ts';

/** Whether code is one statement of the same structure: as many commands, words and redirections, in the same places. */
export function hasShapeOf(code: string, tree: ShellNode): boolean {
  const { statements, error } = readShell(code);
  const [only] = statements;
  if (error !== undefined || only === undefined || statements.length > 1 || only.span.end < code.trimEnd().length)
    return false;
  return shapeOf(only.tree) === shapeOf(tree);
}

function shapeOf(node: ShellNode): string {
  const redirections = node.redirections.map(
    ({ operator, target, body }) => `${operator}${wordShape(target)}${body === undefined ? '' : wordShape(body)}`,
  );
  const words = node.words.map(wordShape);
  if (node.kind === 'simple') {
    const assignments = node.assignments.map(({ name, value }) => `${name}=${wordShape(value)}`);
    return `(${[...assignments, ...words, ...redirections].join(' ')})`;
  }
  return `${node.form}{${[...words, ...node.commands.map(shapeOf), ...redirections].join(' ')}}`;
}

/** What a word runs; its text may differ. */
function wordShape({ parts }: Word): string {
  return `w${parts.map((part) => (part.kind === 'command' ? part.commands.map(shapeOf).join('') : '')).join('')}`;
}
