import { repairText } from '../encoding.ts';
import { cleanLabel } from '../label.ts';
import type { Checklist, ChecklistNode, CommandBlock, Item, Range, Stage } from '../model.ts';
import { nodesOf } from '../walk.ts';

/** The document as a sequence of what a person reads one after the other. */
export type Piece = StagePiece | BlockPiece | TextPiece | RowPiece;

interface Placed {
  readonly stage: Stage;
  /** The innermost list item around it. */
  readonly item: Item | undefined;
}

export interface StagePiece extends Placed {
  readonly kind: 'stage';
}

export interface BlockPiece extends Placed {
  readonly kind: 'block';
  readonly block: CommandBlock;
}

export interface TextPiece extends Placed {
  readonly kind: 'text';
  readonly form: 'item' | 'bullet' | 'paragraph';
  /** Markdown, double encoding repaired, without list mark and box, on one line. */
  readonly raw: string;
  /** As a person reads it. */
  readonly text: string;
  readonly range: Range;
  /** Of the first line behind mark and box. Only there do offsets into `raw` fit: where nothing was repaired. */
  readonly start: number;
}

export interface RowPiece extends Placed {
  readonly kind: 'row';
  readonly header: readonly string[];
  readonly cells: readonly Cell[];
  readonly range: Range;
}

export interface Cell {
  readonly text: string;
  /** Without the blanks around it; of an empty cell, all of it. */
  readonly range: Range;
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly number: number;
}

const MARK = /^[ \t>]*(?:[-*+•]|\d{1,9}[.)])[ \t]+/;
const BOX = /^\[[ xX]\][ \t]+/;
const SEPARATOR = /^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const RULE = /^[ \t>]*(?:[-*_][ \t]*){3,}$/;

/**
 * Reads the document's text around what the checklist already holds of it. What stands before its first stage belongs to
 * no node, and is left out.
 */
export function* readPiecesInSteps(checklist: Checklist, text: string): Generator<undefined, readonly Piece[]> {
  const lines: Line[] = [];
  for (const line of linesOf(text)) {
    lines.push(line);
    yield;
  }
  return yield* new PieceReader(checklist, lines).read();
}

class PieceReader {
  readonly #checklist: Checklist;
  readonly #lines: readonly Line[];
  readonly #stages = new Map<number, Stage>();
  readonly #items = new Map<number, Item>();
  readonly #blocks = new Map<number, CommandBlock>();
  readonly #pieces: Piece[] = [];
  readonly #around: Item[] = [];
  #stage: Stage | undefined;
  #at = 0;

  constructor(checklist: Checklist, lines: readonly Line[]) {
    this.#checklist = checklist;
    this.#lines = lines;
    this.#at = checklist.stages[0]?.range.line ?? lines.length;
  }

  #place(node: ChecklistNode): void {
    if (node.kind === 'stage') this.#stages.set(node.range.line, node);
    else if (node.kind === 'block') this.#blocks.set(node.range.line, node);
    else if (node.form === 'task' || node.form === 'step') this.#items.set(node.range.line, node);
  }

  *read(): Generator<undefined, readonly Piece[]> {
    for (const node of nodesOf(this.#checklist.stages)) {
      this.#place(node);
      yield;
    }
    while (this.#at < this.#lines.length) {
      this.#next();
      yield;
    }
    return this.#pieces;
  }

  #next(): void {
    const line = this.#lines[this.#at];
    if (line === undefined) return;
    const stage = this.#stages.get(line.number);
    if (stage !== undefined) this.#open(stage);
    const item = this.#items.get(line.number);
    const block = this.#blocks.get(line.number);
    if (item !== undefined) this.#enter(item);
    if (block !== undefined) return this.#block(block);
    if (stage !== undefined && stage.level > 0) return this.#skip(stage);
    if (item !== undefined) return this.#item(item);
    if (line.text.trim() === '' || RULE.test(line.text)) this.#at++;
    else if (line.text.trimStart().startsWith('<!--')) this.#comment();
    else if (SEPARATOR.test(this.#lines[this.#at + 1]?.text ?? '') && line.text.includes('|')) this.#table();
    else this.#text(MARK.test(line.text) ? 'bullet' : 'paragraph', line.start);
  }

  #open(stage: Stage): void {
    this.#stage = stage;
    this.#around.length = 0;
    if (stage.level > 0) this.#pieces.push({ kind: 'stage', stage, item: undefined });
  }

  /** The heading's own lines: a second one where it is underlined. */
  #skip(stage: Stage): void {
    this.#at++;
    const under = this.#lines[this.#at];
    const isAtx = /^\s{0,3}#/.test(this.#lines[this.#at - 1]?.text ?? '');
    if (!isAtx && under !== undefined && under.start < stage.range.end && /^\s*(?:=+|-+)\s*$/.test(under.text))
      this.#at++;
  }

  #enter(item: Item): void {
    this.#leave(item.range.start);
    this.#around.push(item);
  }

  #leave(offset: number): void {
    while ((this.#around.at(-1)?.range.end ?? Infinity) <= offset) this.#around.pop();
  }

  #placed(offset: number): Placed | undefined {
    this.#leave(offset);
    return this.#stage && { stage: this.#stage, item: this.#around.at(-1) };
  }

  #block(block: CommandBlock): void {
    const placed = this.#placed(block.range.start);
    if (placed) this.#pieces.push({ kind: 'block', block, ...placed });
    this.#at++;
    while ((this.#lines[this.#at]?.start ?? Infinity) < block.range.end) this.#at++;
  }

  #item(item: Item): void {
    this.#text('item', item.range.start);
  }

  #comment(): void {
    while (this.#at < this.#lines.length && !this.#lines[this.#at++]?.text.includes('-->'));
  }

  #text(form: TextPiece['form'], start: number): void {
    const first = this.#lines[this.#at++];
    const placed = this.#placed(start);
    if (first === undefined || placed === undefined) return;
    const body = first.text.slice(start - first.start);
    const mark = form === 'paragraph' ? (/^[ \t>]*/.exec(body)?.[0] ?? '') : (MARK.exec(body)?.[0] ?? '');
    const box = form === 'paragraph' ? '' : (BOX.exec(body.slice(mark.length))?.[0] ?? '');
    const parts = [body.slice(mark.length + box.length)];
    let last = first;
    for (let next = this.#continued(last); next !== undefined; next = this.#continued(last)) {
      parts.push(next.text.replace(/^[ \t>]+/, ''));
      last = next;
      this.#at++;
    }
    const raw = repairText(parts.join(' ').trimEnd());
    const range = { start, end: last.start + last.text.trimEnd().length, line: first.number };
    const textStart = start + mark.length + box.length;
    this.#pieces.push({ kind: 'text', form, raw, text: cleanLabel(raw), range, start: textStart, ...placed });
  }

  /** The next line, where it goes on with the paragraph that `last` is part of. */
  #continued(last: Line): Line | undefined {
    const next = this.#lines[this.#at];
    if (next === undefined || next.text.trim() === '' || /(?: {2}|\\)$/.test(last.text)) return undefined;
    if (this.#stages.has(next.number) || this.#items.has(next.number) || this.#blocks.has(next.number))
      return undefined;
    if (MARK.test(next.text) || RULE.test(next.text) || /^[ \t>]*(?:\*\*|\||<!--)/.test(next.text)) return undefined;
    return next;
  }

  #table(): void {
    const header = this.#lines[this.#at];
    if (header === undefined) return;
    const titles = cellsOf(header).map(({ text }) => text);
    for (this.#at += 2; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at];
      if (line === undefined || !line.text.includes('|') || this.#stages.has(line.number)) return;
      const placed = this.#placed(line.start);
      const range = { start: line.start, end: line.start + line.text.trimEnd().length, line: line.number };
      if (placed) this.#pieces.push({ kind: 'row', header: titles, cells: cellsOf(line), range, ...placed });
    }
  }
}

function* linesOf(text: string): Generator<Line, void> {
  let start = 0;
  let number = 0;
  for (const { 0: end, index } of text.matchAll(/\r\n|\n|\r/g)) {
    yield { text: text.slice(start, index), start, number: number++ };
    start = index + end.length;
  }
  yield { text: text.slice(start), start, number };
}

function cellsOf({ text, start, number }: Line): readonly Cell[] {
  const cells: Cell[] = [];
  const from = /^[ \t>]*\|?/.exec(text)?.[0].length ?? 0;
  const end = text.trimEnd().endsWith('|') ? text.trimEnd().length - 1 : text.length;
  for (let at = from; at < end || cells.length === 0;) {
    const bar = /(?<!\\)\|/.exec(text.slice(at, end));
    const to = bar === null ? end : at + bar.index;
    const raw = text.slice(at, to);
    const lead = raw.trim() === '' ? 0 : raw.length - raw.trimStart().length;
    const length = raw.trim() === '' ? raw.length : raw.trim().length;
    const range = { start: start + at + lead, end: start + at + lead + length, line: number };
    cells.push({ text: cleanLabel(raw.trim()), range });
    at = to + 1;
  }
  return cells;
}
