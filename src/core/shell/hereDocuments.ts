import type { Scanner } from './scanner.ts';
import type { Redirection, Span, Word } from './types.ts';
import type { WordReader } from './wordReader.ts';

/** A here-document whose body has not begun yet; it replaces itself in `into` once it is read. */
export interface PendingHereDocument {
  readonly redirection: Redirection;
  readonly into: Redirection[];
  readonly index: number;
}

/** Reads the bodies that begin here, one after the other. Returns from where each is announced to where it ends. */
export function readHereDocuments(
  scanner: Scanner,
  words: WordReader,
  pending: readonly PendingHereDocument[],
): readonly Span[] {
  return pending.map(({ redirection, into, index }) => {
    const { operator, target } = redirection;
    const delimiter = scanner.code.slice(target.span.start, target.span.end).replace(/\\(.)|['"]/g, '$1');
    const isPlain = target.parts.every((part) => part.kind === 'text' && part.quote === 'none');
    const isExpanded = isPlain && !scanner.code.slice(target.span.start, target.span.end).includes('\\');
    const end = findEnd(scanner, delimiter, operator === '<<-');
    const body = isExpanded ? words.expanded(end.bodyEnd) : literalBody(scanner, end.bodyEnd);
    scanner.at = end.end;
    into[index] = { ...redirection, body };
    return { start: redirection.span.start, end: end.end };
  });
}

function literalBody(scanner: Scanner, end: number): Word {
  const span = { start: scanner.at, end };
  const text = scanner.code.slice(span.start, end);
  return { span, literal: text, parts: [{ kind: 'text', text, span, quote: 'literalHereDocument' }] };
}

/** Where the body and where its delimiter end; the rest of the code where the delimiter is missing. */
function findEnd(scanner: Scanner, delimiter: string, stripsTabs: boolean): { bodyEnd: number; end: number } {
  const { code } = scanner;
  for (let start = scanner.at; start < code.length;) {
    const newline = code.indexOf('\n', start);
    const lineEnd = newline < 0 ? code.length : newline;
    const line = code.slice(start, lineEnd).replace(/\r$/, '');
    if ((stripsTabs ? line.replace(/^\t+/, '') : line) === delimiter) return { bodyEnd: start, end: lineEnd };
    start = lineEnd + 1;
  }
  return { bodyEnd: code.length, end: code.length };
}
