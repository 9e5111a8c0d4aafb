import type { CommandBlock } from './model.ts';

/**
 * The code of a block as its author meant it: without fences, and without the indentation and quote marks of the list
 * or quote it stands in. `text` is the document the block was read from. Lines are joined with `\n`.
 */
export function codeOf(text: string, block: CommandBlock): string {
  const { range, code } = block;
  const lines = text.slice(code.start, code.end).split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  const opening = text.slice(lineStart(text, range.start), range.start);
  const columns = columnsOf(opening);
  const first = code.start === range.start ? 1 : 0; // an indented block starts behind its indentation
  return lines.map((line, index) => (index < first ? line : dropColumns(line, columns))).join('\n');
}

function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

function columnsOf(prefix: string): number {
  let column = 0;
  for (const character of prefix) column = nextColumn(column, character);
  return column;
}

function nextColumn(column: number, character: string): number {
  return character === '\t' ? column + 4 - (column % 4) : column + 1;
}

function dropColumns(line: string, columns: number): string {
  let column = 0;
  let index = 0;
  while (column < columns && /[ \t>]/.test(line[index] ?? '')) column = nextColumn(column, line[index++] ?? '');
  return line.slice(index);
}
