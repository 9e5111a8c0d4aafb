import type { Range } from '../model.ts';
import { normalize } from './criteria/draft.ts';
import type { RowPiece } from './pieces.ts';
import type { Blank } from './types.ts';

/** Underscores that stand alone, or right before a unit: not those of `__init__`. */
const BLANK = /(?<![\p{L}\p{N}_])_{2,}(?:(?![\p{L}\p{N}_])|(?=(?:ms|s|MB|GB|KB|x|min|hours?)(?![\p{L}\p{N}_])))/gu;
const UNIT = /^\s*(%|ms|s|MB|GB|KB|hours?|min|x|queries per request)(?![\p{L}\p{N}])/iu;

/** No form has longer lines. */
const LINE_LIMIT = 2000;

/** The blanks of a stretch of lines, such as a form in a block. `start` is where the text stands in the document. */
export function blanksInForm(text: string, start: number, line: number): readonly Blank[] {
  const blanks: Blank[] = [];
  const unified = text.replaceAll('\r\n', ' \n').replaceAll('\r', '\n'); // as long as before
  let group: string | undefined;
  let at = start;
  unified.split('\n').forEach((raw, index) => {
    const heading = /^[ \t>]*(?:#+\s*|[-*]\s+)?(?:\*\*)?([^:_]+?):?(?:\*\*)?:?\s*$/.exec(raw)?.[1];
    if (!raw.includes('__') && heading !== undefined && !/^[ \t]*[-*]\s/.test(raw)) group = heading.trim();
    blanks.push(...blanksInLine(raw, at, line + index, group));
    at += raw.length + 1;
  });
  return blanks;
}

export function hasBlank(text: string): boolean {
  return text.includes('__') && text.search(BLANK) >= 0;
}

function blanksInLine(raw: string, start: number, line: number, group: string | undefined): readonly Blank[] {
  if (!raw.includes('__') || raw.length > LINE_LIMIT) return [];
  let from = 0;
  return Array.from(raw.matchAll(BLANK), (match) => {
    const before = raw.slice(from, match.index);
    const end = match.index + match[0].length;
    from = end;
    const range = { start: start + match.index, end: start + end, line };
    return { range, label: labelOf(before, raw), group, unit: UNIT.exec(raw.slice(end))?.[1] };
  });
}

/** What stands before the underscores: "p50", of `(improvement: ___%)` "p50 improvement". */
function labelOf(before: string, line: string): string {
  const own = normalize(before.replace(/[*_`#>]+/g, ' ').replace(/^.*[,;]/, '')).replace(/[:=\s(]+$/, '');
  const [, inner] = /\(\s*([^():]+):?\s*$/.exec(before) ?? [];
  const first =
    normalize(line.replace(/[*`#>-]+/g, ' '))
      .split(':')[0]
      ?.trim() ?? '';
  return inner === undefined ? own : `${first} ${inner.trim()}`;
}

/** The blanks of a table's row: named by its first cell, grouped by the title of the column. */
export function blanksInRow({ header, cells }: RowPiece, text: string): readonly Blank[] {
  const [first] = cells;
  return cells.flatMap((cell, column) => {
    const raw = text.slice(cell.range.start, cell.range.end);
    return blanksInLine(raw, cell.range.start, cell.range.line, header[column]).map((blank) => ({
      ...blank,
      label: first === undefined || column === 0 ? blank.label : first.text,
    }));
  });
}

/** The blanks of a paragraph or bullet. */
export function blanksInText(text: string, range: Range): readonly Blank[] {
  return blanksInForm(text.slice(range.start, range.end), range.start, range.line);
}
