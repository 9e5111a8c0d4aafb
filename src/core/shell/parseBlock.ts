import type { CommandBlock } from '../checklist/model.ts';
import { prepareCode } from './prepare.ts';
import type { PreparedCode } from './prepare.ts';
import { readShell } from './read.ts';
import type { ReadStatement, ShellReading } from './read.ts';
import { shiftNode } from './shift.ts';
import type { ParsedBlock, Placeholder, ShellComment, ShellOutline, ShellParser, Span, Statement } from './types.ts';
import { variablesOf } from './variables.ts';

/**
 * Splits a shell block into statements. The parser says where they are; what it and our own reading do not agree on has
 * no `tree`. Placeholders are masked for both. `text` is the document the block was read from. A syntax error is part of
 * the answer; the statements before it are there.
 */
export async function parseBlock(text: string, block: CommandBlock, parser: ShellParser): Promise<ParsedBlock> {
  const prepared = prepareCode(text, block);
  const outline = await parser(prepared.masked);
  return assembleBlock(prepared, outline, readShell(prepared.masked));
}

/** The same for a command that stands in a text: offsets are those of `code`. */
export async function parseCommand(code: string, parser: ShellParser): Promise<ParsedBlock> {
  const range = { start: 0, end: code.length, line: 0 };
  const block: CommandBlock = {
    kind: 'block',
    id: '',
    form: 'fenced',
    language: 'sh',
    summary: '',
    range,
    code: range,
    children: [],
    progress: { done: 0, total: 0 },
  };
  return parseBlock(code, block, parser);
}

function assembleBlock(prepared: PreparedCode, outline: ShellOutline, reading: ShellReading): ParsedBlock {
  const { error } = outline;
  const statements =
    error === undefined
      ? outline.statements.map((span, index) => joined(span, outline.statements[index + 1], reading))
      : reading.statements.filter(({ span }) => span.end <= error.offset);
  const at = error && {
    start: Math.min(error.offset, prepared.code.length),
    end: Math.min(error.offset + 1, prepared.code.length),
  };
  return {
    statements: statements.map(({ span, tree }) => statementOf(prepared, span, tree)),
    comments: reading.comments.map((span) => commentOf(prepared, span)),
    error: error &&
      at && { message: `The shell cannot read this block: ${error.message}.`, range: prepared.rangeOf(at) },
  };
}

/**
 * What both say of a statement. The parser ends a statement before the body of a here-document in a pipe; ours goes on
 * to its end. It counts a `;` in; ours does not.
 */
function joined(
  span: Span,
  next: Span | undefined,
  { statements }: ShellReading,
): Partial<ReadStatement> & { span: Span } {
  const own = statements.find((statement) => statement.span.start === span.start);
  const limit = next?.start ?? Infinity;
  if (own === undefined || own.span.end < span.end - 1 || own.span.end > limit) return { span };
  return own;
}

function statementOf(prepared: PreparedCode, span: Span, tree: Statement['tree']): Statement {
  const code = prepared.code.slice(span.start, span.end);
  const own = tree && shiftNode(tree, -span.start);
  const { reads, assigns } = variablesOf(own);
  return {
    code,
    range: prepared.rangeOf(span),
    placeholders: placeholdersIn(prepared, span),
    variables: reads,
    assigns,
    tree: own,
  };
}

function placeholdersIn({ placeholders, rangeOf }: PreparedCode, span: Span): readonly Placeholder[] {
  return placeholders
    .filter(({ at }) => at.start >= span.start && at.end <= span.end)
    .map(({ text, name, at }) => ({
      text,
      name,
      at: { start: at.start - span.start, end: at.end - span.start },
      range: rangeOf(at),
    }));
}

function commentOf({ code, rangeOf }: PreparedCode, span: Span): ShellComment {
  const lineStart = code.lastIndexOf('\n', span.start - 1) + 1;
  return {
    text: code.slice(span.start, span.end).replace(/^#+/, '').trim(),
    range: rangeOf(span),
    trailing: code.slice(lineStart, span.start).trim() !== '',
  };
}
