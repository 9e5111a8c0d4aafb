import type { Span } from './types.ts';

export interface FoundPlaceholder {
  readonly text: string;
  readonly name: string;
  readonly at: Span;
}

/**
 * What is to be filled in before code can run: `<container>`, `your-api-key`, `YYYY-MM-DD`, `/path/to/app`, `CHANGE_ME`.
 * Angle brackets are told from redirections by their text: letters right behind `<`, a letter or digit right before `>`.
 */
export function findPlaceholders(code: string): readonly FoundPlaceholder[] {
  const found: FoundPlaceholder[] = [];
  for (const match of code.matchAll(PLACEHOLDER)) {
    const text = match[0];
    if (match[1] !== undefined && isMarkup(match[1], code)) continue;
    if (isUsage(code, match.index)) continue;
    found.push({ text, name: nameOf(text), at: { start: match.index, end: match.index + text.length } });
  }
  return found;
}

/** The code with each placeholder replaced by a plain word of the same length, so that it parses and nothing moves. */
export function maskPlaceholders(code: string, placeholders: readonly FoundPlaceholder[]): string {
  let masked = '';
  let from = 0;
  for (const { at } of placeholders) {
    masked += code.slice(from, at.start) + 'P'.repeat(at.end - at.start);
    from = at.end;
  }
  return masked + code.slice(from);
}

const ANGLED = /(?<![<&\d])<([A-Za-z][\w-]*(?:[ |/][\w-]+)*(?:\.\.\.)?)>(?!\()/;
const DOTTED = /(?<![<&\d])<(?:[A-Za-z][\w-]*(?:\.[\w-]+)+)>(?=[\s"'`,;:)]|$)/;
const NAMED = /(?<![\w$.{/-])(?:your|my)[-_][a-z\d]+(?:[-_][a-z\d]+)*(?![\w(=-])/;
const SHOUTED = /(?<![\w$.{/-])(?:YOUR|MY)_[A-Z\d]+(?:_[A-Z\d]+)*(?![\w(=])/;
const DATE = /(?<![\w%+])YYYY-MM-DD(?![\w])/;
const PATH = /(?<![\w.])\/path\/to(?:\/[\w.-]+)*/;
const CHANGE = /(?<![\w$-])(?:change[-_]?me|CHANGE[-_]?ME|REPLACE[-_]?ME)(?![\w-])/;

const PLACEHOLDER = new RegExp(
  [ANGLED, DOTTED, NAMED, SHOUTED, DATE, PATH, CHANGE].map(({ source }) => source).join('|'),
  'g',
);

const TAGS = new Set(
  'a b i p u br hr li ol ul td th tr em h1 h2 h3 h4 div pre img svg body code form head html link main meta span style table title input strong script button'.split(
    ' ',
  ),
);

/** HTML and XML in a text: a known tag, or one that is closed later on. */
function isMarkup(name: string, code: string): boolean {
  return TAGS.has(name.toLowerCase()) || code.includes(`</${name}>`);
}

/** `echo "Usage: $0 <file>"` is what a script says, not a blank in it. */
function isUsage(code: string, at: number): boolean {
  return /\busage:/i.test(code.slice(code.lastIndexOf('\n', at) + 1, at));
}

function nameOf(text: string): string {
  if (text === 'YYYY-MM-DD') return text;
  const words = text.replace(/^<|>$/g, '').replace(/^\/path\/to\/?/, 'path to ');
  const name = words
    .replace(/^(?:your|my)[-_ ]/i, '')
    .replace(/[-_/ ]+/g, ' ')
    .trim();
  return name === name.toUpperCase() ? name.toLowerCase() : name;
}
