import { mapCode } from '../checklist/codeOf.ts';
import type { CommandBlock, Range } from '../checklist/model.ts';
import { lastAtMost } from '../lastAtMost.ts';
import { findPlaceholders, maskPlaceholders } from './placeholders.ts';
import type { FoundPlaceholder } from './placeholders.ts';
import { removePrompts } from './prompts.ts';
import type { Span } from './types.ts';

/** The code of a block, ready to be parsed. All spans are into `code`. */
export interface PreparedCode {
  /** Without prompts and outputs. */
  readonly code: string;
  /** The same with placeholders masked. */
  readonly masked: string;
  readonly placeholders: readonly FoundPlaceholder[];
  /** What was recorded below the prompts. */
  readonly outputs: readonly Span[];
  /** As recorded, for cutting out `outputs`. */
  readonly recorded: string;
  readonly rangeOf: (span: Span) => Range;
}

/** `text` is the document the block was read from. */
export function prepareCode(text: string, block: CommandBlock): PreparedCode {
  const { code: recorded, toDocument } = mapCode(text, block);
  const { code, outputs } = removePrompts(recorded);
  const placeholders = findPlaceholders(code);
  const firstLine = block.range.line + linesBetween(text, block.range.start, block.code.start);
  const lines = lineStarts(recorded);
  return {
    code,
    masked: maskPlaceholders(code, placeholders),
    placeholders,
    outputs,
    recorded,
    rangeOf: ({ start, end }) => ({
      start: toDocument(start),
      // The end belongs to its last character: behind it may be a line end that the code does not have.
      end: end > start ? toDocument(end - 1) + 1 : toDocument(start),
      line: firstLine + lastAtMost(lines, start),
    }),
  };
}

function linesBetween(text: string, start: number, end: number): number {
  return text.slice(start, end).split(/\r\n|\n|\r/).length - 1;
}

function lineStarts(code: string): readonly number[] {
  const starts = [0];
  for (let at = code.indexOf('\n'); at >= 0; at = code.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
