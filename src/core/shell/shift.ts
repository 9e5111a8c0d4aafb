import type { Redirection, ShellNode, Span, Word } from './types.ts';

/** The same tree with all its spans moved. */
export function shiftNode(node: ShellNode, by: number): ShellNode {
  const moved = {
    span: shift(node.span, by),
    words: node.words.map((word) => shiftWord(word, by)),
    redirections: node.redirections.map((redirection) => shiftRedirection(redirection, by)),
  };
  if (node.kind === 'compound') {
    return { ...node, ...moved, commands: node.commands.map((command) => shiftNode(command, by)) };
  }
  const assignments = node.assignments.map(({ name, value, span }) => ({
    name,
    value: shiftWord(value, by),
    span: shift(span, by),
  }));
  return { ...node, ...moved, assignments };
}

function shiftRedirection(redirection: Redirection, by: number): Redirection {
  const { target, body, span } = redirection;
  return { ...redirection, target: shiftWord(target, by), body: body && shiftWord(body, by), span: shift(span, by) };
}

function shiftWord(word: Word, by: number): Word {
  const parts = word.parts.map((part) =>
    part.kind === 'command'
      ? { ...part, span: shift(part.span, by), commands: part.commands.map((command) => shiftNode(command, by)) }
      : { ...part, span: shift(part.span, by) },
  );
  return { ...word, span: shift(word.span, by), parts };
}

function shift({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}
