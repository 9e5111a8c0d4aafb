import { prepareCode } from '../../shell/prepare.ts';
import { findPlaceholders, maskPlaceholders } from '../../shell/placeholders.ts';
import { readShell } from '../../shell/read.ts';
import type { ReadStatement } from '../../shell/read.ts';
import type { ShellNode, SimpleCommand, Span, Word } from '../../shell/types.ts';
import { simpleCommandsOf } from '../../shell/walk.ts';
import type { ItemMeaning } from '../meaning/types.ts';
import type { CommandBlock, Item } from '../model.ts';
import { commandsInComment } from './commented.ts';

/** What happens in a document, in its order. All spans are the document's. */
export type LintEvent = LintStatement | LintCommand | LintRemark | LintPlaceholder;

/** A whole statement of a block or of a command in an item's text; its commands follow. */
export interface LintStatement {
  readonly kind: 'statement';
  readonly tree: ShellNode;
  readonly range: Span;
}

/** A simple command: in a block, in an item's text, or in a comment as an alternative. */
export interface LintCommand {
  readonly kind: 'command';
  /** The program and its arguments. */
  readonly words: readonly LintWord[];
  /** Files that its output is written to. */
  readonly targets: readonly LintWord[];
  readonly range: Span;
  /** The comment it stands in, or the lines of comment right above it; ''. */
  readonly remark: string;
}

export interface LintWord {
  /** Without quotes; variables as written: `http://$HOST/health`. */
  readonly text: string;
  /** As written. */
  readonly raw: string;
  readonly range: Span;
}

/** Words for a person: a comment, or the text of an item. */
export interface LintRemark {
  readonly kind: 'remark';
  readonly text: string;
  readonly range: Span;
}

/** Something to fill in before a command can run: `<container>`. */
export interface LintPlaceholder {
  readonly kind: 'placeholder';
  readonly text: string;
  readonly range: Span;
}

/** A piece of code that was made ready to be read, and the way back into the document. */
interface Code {
  readonly code: string;
  readonly masked: string;
  readonly spanOf: (range: Span) => Span;
}

export function eventsOfBlock(block: CommandBlock, text: string): readonly LintEvent[] {
  const prepared = prepareCode(text, block);
  const code: Code = { ...prepared, spanOf: (range) => prepared.rangeOf(range) };
  const reading = readAll(code.masked);
  // In a comment they stand for what comes out, not for what goes in.
  const placeholders = prepared.placeholders.filter(
    ({ at }) => !reading.comments.some(({ start, end }) => start <= at.start && at.end <= end),
  );
  const found = placeholders.map(({ text: written, at }) => placeholder(written, code.spanOf(at)));
  return [...eventsIn(code, reading), ...found].toSorted(byPlace);
}

export function eventsOfItem(item: Item, meaning: ItemMeaning | undefined, text: string): readonly LintEvent[] {
  const remark: LintEvent[] = item.text === '' ? [] : [{ kind: 'remark', text: item.text, range: item.range }];
  const inline = (meaning?.commands ?? []).flatMap(({ range }) => {
    const code = plainCode(text.slice(range.start, range.end), range.start);
    const found = findPlaceholders(code.code).map((one) => placeholder(one.text, code.spanOf(one.at)));
    const reading = readAll(code.masked);
    return [...statementsOf(code, reading), ...commandsOf(code, reading, () => item.text), ...found];
  });
  return [...remark, ...inline];
}

function placeholder(text: string, { start, end }: Span): LintPlaceholder {
  return { kind: 'placeholder', text, range: { start, end } };
}

/** Code that stands in the document as it is, from `origin` on. */
function plainCode(code: string, origin: number): Code {
  return {
    code,
    masked: maskPlaceholders(code, findPlaceholders(code)),
    spanOf: ({ start, end }) => ({ start: start + origin, end: end + origin }),
  };
}

function eventsIn(code: Code, reading: Reading): readonly LintEvent[] {
  const above = remarksByNextLine(code.code, reading.comments);
  const remarks = reading.comments.flatMap((comment): LintEvent[] => {
    const text = code.code.slice(comment.start, comment.end);
    const range = span(code.spanOf(comment));
    const context = `${above.get(lineStart(code.code, comment.start)) ?? ''} ${remarkOf(text)}`.trim();
    const alternatives = commandsInComment(text).flatMap(({ start, end }) =>
      commandsIn(plainCode(text.slice(start, end), range.start + start), context),
    );
    return [{ kind: 'remark', text: remarkOf(text), range }, ...alternatives];
  });
  const commands = commandsOf(code, reading, ({ start }) => above.get(lineStart(code.code, start)) ?? '');
  return [...remarks, ...statementsOf(code, reading), ...commands];
}

function commandsIn(code: Code, remark: string): readonly LintCommand[] {
  return commandsOf(code, readAll(code.masked), () => remark);
}

function statementsOf({ spanOf }: Code, { statements }: Reading): readonly LintStatement[] {
  return statements.map(({ tree, span: at }) => ({ kind: 'statement', tree, range: span(spanOf(at)) }));
}

/** The simple commands of a piece of code; `remarkAt` tells what is said about each. */
function commandsOf(
  { code, spanOf }: Code,
  { statements }: Reading,
  remarkAt: (command: Span) => string,
): readonly LintCommand[] {
  return [...simpleCommandsOf(statements.map(({ tree }) => tree))].map((command) => ({
    kind: 'command',
    words: command.words.map((word) => wordOf(word, code, spanOf)),
    targets: targetsOf(command).map((word) => wordOf(word, code, spanOf)),
    range: span(spanOf(command.span)),
    remark: remarkAt(command.span),
  }));
}

function remarkOf(comment: string): string {
  return comment.replace(/^#+/, '').trim();
}

/** The lines of comment that stand right above a line, by where that line starts. */
function remarksByNextLine(code: string, comments: readonly Span[]): ReadonlyMap<number, string> {
  const remarks = new Map<number, string>();
  for (const { start, end } of comments) {
    const line = lineStart(code, start);
    if (code.slice(line, start).trim() !== '') continue;
    const before = remarks.get(line);
    const own = remarkOf(code.slice(start, end));
    remarks.set(end + 1, before === undefined ? own : `${before} ${own}`);
  }
  return remarks;
}

function lineStart(code: string, at: number): number {
  return at === 0 ? 0 : code.lastIndexOf('\n', at - 1) + 1;
}

function targetsOf({ redirections }: SimpleCommand): readonly Word[] {
  return redirections.filter(({ operator }) => operator.includes('>')).map(({ target }) => target);
}

interface Reading {
  readonly statements: readonly ReadStatement[];
  readonly comments: readonly Span[];
}

/** So many broken lines are passed over in one piece of code. */
const MOST_ATTEMPTS = 20;

/** Reads on in the next line where the reader had to give up, for one broken line not to hide the others. */
function readAll(code: string): Reading {
  const statements: ReadStatement[] = [];
  const comments: Span[] = [];
  let rest = code;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const reading = readShell(rest);
    statements.push(...reading.statements);
    comments.push(...reading.comments);
    const read = Math.max(reading.error?.at ?? 0, reading.statements.at(-1)?.span.end ?? 0);
    const end = reading.error === undefined ? -1 : rest.indexOf('\n', read);
    if (end < 0) break;
    // Blank in place of what was read: offsets stay what they are.
    rest = rest.slice(0, end).replace(/[^\n]/g, ' ') + rest.slice(end);
  }
  return { statements, comments };
}

function wordOf(word: Word, code: string, spanOf: Code['spanOf']): LintWord {
  const raw = code.slice(word.span.start, word.span.end);
  const text = word.parts.map((part) => {
    // A masked placeholder is as long as what it stands for.
    const written = code.slice(part.span.start, part.span.end);
    return part.kind === 'text' && part.text.length !== written.length ? part.text : written;
  });
  return { text: text.join(''), raw, range: span(spanOf(word.span)) };
}

function span({ start, end }: Span): Span {
  return { start, end };
}

function byPlace(a: LintEvent, b: LintEvent): number {
  return a.range.start - b.range.start || b.range.end - a.range.end;
}
