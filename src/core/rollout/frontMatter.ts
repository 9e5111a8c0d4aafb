import type { TextEdit } from '../environment/jsonInsert.ts';

/** Front matter as far as it is `key: value` on one line; values without their quotes. */
export interface FrontMatter {
  readonly values: ReadonlyMap<string, string>;
  /** Where the document begins behind a byte order mark and front matter. */
  readonly end: number;
}

const OPENING = /^\uFEFF?---[ \t]*(\r\n|\n|\r)/;
const CLOSING = /^(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|$)/m;
const ENTRY = /^([A-Za-z_][\w-]*):[ \t]*(.*?)[ \t]*$/;

/** Reads the front matter of a document; undefined where it has none. */
export function readFrontMatter(text: string): FrontMatter | undefined {
  const lines = linesOf(text);
  if (lines === undefined) return undefined;
  const values = new Map<string, string>();
  for (const { line } of lines.entries) {
    const match = ENTRY.exec(line);
    if (match !== null) values.set(match[1] ?? '', unquote(match[2] ?? ''));
  }
  return { values, end: lines.end };
}

/**
 * Edits that set keys: a key that is there keeps its place, others are added at the end. Front matter is made where
 * there is none. Everything else stays as it is, line ends too.
 */
export function setFrontMatter(text: string, values: Readonly<Record<string, string>>): readonly TextEdit[] {
  const lineEnd = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const lines = linesOf(text);
  if (lines === undefined) {
    const content = ['---', ...Object.entries(values).map(entry), '---', '', ''].join(lineEnd);
    return [{ offset: text.startsWith('\uFEFF') ? 1 : 0, length: 0, content }];
  }
  const edits: TextEdit[] = [];
  const added: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    const index = lines.entries.findIndex(({ line }) => ENTRY.exec(line)?.[1] === key);
    const known = lines.entries[index];
    if (known === undefined) added.push(entry([key, value]) + lineEnd);
    else {
      const last = lastOf(lines.entries, index);
      edits.push({ offset: known.at, length: last.at + last.line.length - known.at, content: entry([key, value]) });
    }
  }
  if (added.length > 0) edits.push({ offset: lines.closing, length: 0, content: added.join('') });
  return edits;
}

/** The last line of a key's value, which may go on below it: a list, a map, a text of several lines. */
function lastOf(entries: Lines['entries'], index: number): Lines['entries'][number] {
  let last = index;
  while (/^(?:[ \t]|-(?:\s|$))/.test(entries[last + 1]?.line ?? '')) last++;
  return entries[last] ?? { at: 0, line: '' };
}

interface Lines {
  readonly entries: readonly { readonly at: number; readonly line: string }[];
  /** Where the closing line begins, and where it ends. */
  readonly closing: number;
  readonly end: number;
}

function linesOf(text: string): Lines | undefined {
  const start = OPENING.exec(text)?.[0].length;
  if (start === undefined) return undefined;
  const closing = CLOSING.exec(text.slice(start));
  if (closing === null) return undefined;
  const body = text.slice(start, start + closing.index);
  const entries = [...body.matchAll(/[^\r\n]+/g)].map(({ 0: line, index }) => ({ at: start + index, line }));
  const at = start + closing.index;
  return { entries, closing: at, end: at + closing[0].length };
}

function entry([key, value]: readonly [key: string, value: string]): string {
  return `${key}: ${quote(value)}`;
}

/** Plain where YAML reads it as the same text, else in double quotes, whose escapes are JSON's. */
function quote(value: string): string {
  const isPlain =
    /^[A-Za-z/](?:[\w ./@+()-]*[\w)])?$/.test(value) && !/^(?:true|false|yes|no|on|off|null)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

function unquote(value: string): string {
  if (value.startsWith("'") && value.endsWith("'") && value.length > 1) return value.slice(1, -1).replaceAll("''", "'");
  if (!value.startsWith('"')) return value.replace(/\s+#.*$/, '');
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : value;
  } catch {
    return value;
  }
}
