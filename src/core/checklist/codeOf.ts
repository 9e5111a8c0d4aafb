import { lastAtMost } from '../lastAtMost.ts';
import type { CommandBlock } from './model.ts';

/** The code of a block, and where in the document each of its characters stands. */
export interface MappedCode {
  /** Without fences, and without the indentation and quote marks around it; lines are joined with `\n`. */
  readonly code: string;
  /** The document's offset of an offset into `code`. */
  readonly toDocument: (offset: number) => number;
}

/**
 * The code of a block as its author meant it: without fences, and without the indentation and quote marks of the list
 * or quote it stands in. `text` is the document the block was read from. Lines are joined with `\n`.
 */
export function codeOf(text: string, block: CommandBlock): string {
  return mapCode(text, block).code;
}

/** The same with the way back into the document. */
export function mapCode(text: string, block: CommandBlock): MappedCode {
  const { range, code } = block;
  const raw = text.slice(code.start, code.end).split(/(\r\n|\n|\r)/);
  const opening = text.slice(lineStart(text, range.start), range.start);
  const columns = columnsOf(opening);
  const first = code.start === range.start ? 1 : 0; // an indented block starts behind its indentation
  const lines: string[] = [];
  const starts: number[] = []; // in the code
  const origins: number[] = []; // in the document
  let at = code.start;
  let length = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const line = raw[index] ?? '';
    const kept = index / 2 < first ? line : dropColumns(line, columns);
    starts.push(length);
    origins.push(at + line.length - kept.length);
    lines.push(kept);
    length += kept.length + 1;
    at += line.length + (raw[index + 1]?.length ?? 0);
  }
  if (lines.at(-1) === '') lines.pop();
  return { code: lines.join('\n'), toDocument: (offset) => toDocument(offset, starts, origins) };
}

function toDocument(offset: number, starts: readonly number[], origins: readonly number[]): number {
  const line = lastAtMost(starts, offset);
  return (origins[line] ?? 0) + offset - (starts[line] ?? 0);
}

function lineStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && !/[\r\n]/.test(text.charAt(start - 1))) start--;
  return start;
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
