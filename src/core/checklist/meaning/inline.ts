import type { Range } from '../model.ts';
import { isCommand, treeOf, waitsFor } from './commandLike.ts';
import { readExpectation } from './expectations/read.ts';
import type { Expectation } from './expectations/types.ts';
import type { InlineCommand, LocatedExpectation } from './types.ts';

interface CodeSpan {
  readonly code: string;
  /** Between the backticks; offsets into the text. */
  readonly start: number;
  readonly end: number;
  /** With the backticks. */
  readonly outerStart: number;
  readonly outerEnd: number;
}

const CODE = /(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/gs;

/** The code spans of a stretch of Markdown. */
export function codeSpans(markdown: string): readonly CodeSpan[] {
  return Array.from(markdown.matchAll(CODE), (match) => {
    const [all, ticks = '', inner = ''] = match;
    const lead = inner.length - inner.trimStart().length;
    const start = match.index + ticks.length + lead;
    const code = inner.trim();
    return { code, start, end: start + code.length, outerStart: match.index, outerEnd: match.index + all.length };
  });
}

/** The commands in an item's Markdown, which stands at `at` in the document. */
export function readInlineCommands(markdown: string, at: Range): readonly InlineCommand[] {
  const commands = codeSpans(markdown).filter(({ code }) => isCommand(code));
  return commands.map((span, index) => {
    const before = markdown.slice(commands[index - 1]?.outerEnd ?? 0, span.outerStart);
    const after = markdown.slice(span.outerEnd, commands[index + 1]?.outerStart ?? markdown.length);
    const expectation = expectationAround(before, after, span.code);
    const tree = treeOf(span.code);
    const waits = tree && waitsFor(tree);
    return {
      code: span.code,
      range: {
        start: at.start + span.start,
        end: at.start + span.end,
        line: at.line + linesIn(markdown.slice(0, span.start)),
      },
      expectations: expectation === undefined ? [] : [located(expectation, at, markdown)],
      handOver: waits?.why,
    };
  });
}

function linesIn(text: string): number {
  return text.split(/\r\n|\n|\r/).length - 1;
}

function located(expectation: Expectation, at: Range, markdown: string): LocatedExpectation {
  return { expectation, range: { start: at.start, end: at.start + markdown.length, line: at.line } };
}

const VERB =
  /^\s*[,;:–—-]?\s*(?:→|->|=>|==?|(?:and\s+)?(?:it\s+)?(?:should\s+|must\s+)?(?:returns?|shows?|prints?|outputs?|says?|gives?|reports?|displays?|responds? with|answers? with|lists?|contains?|is|be|are|has)\b)\s*:?\s*(.+)$/is;

/** What is said behind the command, else what is said before it. */
function expectationAround(before: string, after: string, command: string): Expectation | undefined {
  const said = VERB.exec(after)?.[1]
    ?.split(/\.\s|;|\s\(|,\s/)[0]
    ?.trim();
  if (said !== undefined) {
    const expectation = readExpectation(said, { command });
    if (expectation !== undefined) return expectation;
  }
  return expectationBefore(before.replace(/[*_]{2}/g, '').replace(/[:\s]+$/, ''), command);
}

/** "No cache evictions: …grep evicted", "Logs show no errors: …logs" */
function expectationBefore(before: string, command: string): Expectation | undefined {
  const [, none, what] = /(?:^|[.,]\s+)(?:.*\b(?:shows?|has|have|contains?)\s+)?(no|zero)\s+(.+)$/i.exec(before) ?? [];
  if (none === undefined || what === undefined) return undefined;
  const searches = /\|\s*[efz]?grep\b/.test(command);
  if (searches && /\bevict/i.test(what) && /evict/i.test(command))
    return { kind: 'number', comparator: '=', value: 0, text: before };
  const words = /\b(errors?|warnings?|exceptions?|failures?)\b/i.exec(what)?.[1];
  if (words !== undefined && !searches)
    return { kind: 'without', words: [words.toLowerCase().replace(/s$/, '')], text: before };
  // What "no connection pool exhaustion" looks like in a log, only a person can tell.
  return { kind: 'human', text: before, command: undefined };
}
