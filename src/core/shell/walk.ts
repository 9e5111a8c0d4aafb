import type { Redirection, ShellNode, SimpleCommand, Word } from './types.ts';

/** Every simple command in a tree: also inside substitutions and here-documents. */
export function* simpleCommandsOf(nodes: readonly ShellNode[]): Generator<SimpleCommand, void> {
  for (const node of nodes) {
    if (node.kind === 'simple') yield node;
    for (const word of wordsOf(node)) yield* simpleCommandsOf(commandsIn(word));
    if (node.kind === 'compound') yield* simpleCommandsOf(node.commands);
  }
}

/** The words of a node itself: values, arguments, targets and bodies of redirections. */
export function wordsOf(node: ShellNode): readonly Word[] {
  const redirected = node.redirections.flatMap(wordsOfRedirection);
  const assigned = node.kind === 'simple' ? node.assignments.map(({ value }) => value) : [];
  return [...assigned, ...node.words, ...redirected];
}

function wordsOfRedirection({ target, body }: Redirection): readonly Word[] {
  return body === undefined ? [target] : [target, body];
}

/** The commands whose output becomes part of a word. */
export function commandsIn(word: Word): readonly ShellNode[] {
  return word.parts.flatMap((part) => (part.kind === 'command' ? part.commands : []));
}
