import { OpsError } from '../errors.ts';
import type { Item } from './model.ts';
import { openDocument } from './parse.ts';
import { nodesOf } from './walk.ts';

export interface TickRequest {
  /** The document's name, for messages. */
  readonly name: string;
  /** The document as it is now. */
  readonly text: string;
  /** The text the item was shown from. */
  readonly shownText: string;
  readonly item: Item;
  readonly checked: boolean;
}

/** Replace `length` characters at `offset` by `character`. */
export interface TickEdit {
  readonly offset: number;
  readonly length: 1;
  readonly character: 'x' | ' ';
}

/**
 * The edit that sets one box: exactly the character between its brackets. Undefined when the box already is as wanted.
 * A line that has moved is followed by its id. Throws OpsError `conflict` when the line is not what was shown, or when
 * it can no longer be told from others like it; nothing has been changed then.
 */
export function planTick({ name, text, shownText, item, checked }: TickRequest): TickEdit | undefined {
  if (item.box === undefined) throw new OpsError('conflict', `"${item.text}" in ${name} has no box to tick.`);
  const box = text === shownText ? item.box : findAgain(item, shownText, text)?.box;
  if (box === undefined) throw lineChanged(name, text, shownText, item);
  if (box.checked === checked) return undefined;
  return { offset: box.offset, length: 1, character: checked ? 'x' : ' ' };
}

/** The item in the text as it is now: there must be as many lines like it as before, and it is the same of them. */
function findAgain(item: Item, shownText: string, text: string): Item | undefined {
  const before = itemsLike(item, shownText, shownText);
  const now = itemsLike(item, shownText, text);
  const index = before.findIndex(({ id }) => id === item.id);
  return before.length === now.length ? now[index] : undefined;
}

/** Items of the same path, duplicates included, on a line that differs from the shown one in the tick at most. */
function itemsLike(item: Item, shownText: string, text: string): Item[] {
  const path = withoutOrdinals(item.id);
  const line = lineWithoutTick(shownText, item);
  const result: Item[] = [];
  for (const node of nodesOf(openDocument(text).checklist.stages)) {
    if (node.kind !== 'item' || node.box === undefined || withoutOrdinals(node.id) !== path) continue;
    if (lineWithoutTick(text, node) === line) result.push(node);
  }
  return result;
}

function withoutOrdinals(id: string): string {
  return id.replace(/~\d+/g, '');
}

function lineWithoutTick(text: string, { box, range }: Item): string {
  const offset = box?.offset ?? range.start;
  const { start, end } = lineAt(text, offset);
  return `${text.slice(start, offset)} ${text.slice(offset + 1, end)}`;
}

function lineAt(text: string, offset: number): { readonly start: number; readonly end: number } {
  const start = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const length = text.slice(offset).search(/[\r\n]/);
  return { start, end: length < 0 ? text.length : offset + length };
}

const QUOTED_LENGTH = 80;

function lineChanged(name: string, text: string, shownText: string, item: Item): OpsError {
  const { start, end } = lineAt(shownText, item.box?.offset ?? item.range.start);
  const expected = quoted(shownText.slice(start, end));
  const found = text.split(/\r\n|\n|\r/)[item.range.line];
  const now = found === undefined ? 'the document ends before it' : `it reads ${quoted(found)}`;
  const message =
    found !== undefined && quoted(found) === expected
      ? `Line ${item.range.line + 1} of ${name} was not ticked: it cannot be told from other lines that read ${expected}.`
      : `Line ${item.range.line + 1} of ${name} was not ticked: it read ${expected} when it was shown, and now ${now}.`;
  return new OpsError('conflict', message, {
    next: 'Nothing was changed. Find the line in the refreshed tree and tick it there.',
  });
}

function quoted(line: string): string {
  const text = line.trim();
  return `"${text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text}"`;
}
