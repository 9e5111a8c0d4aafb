import { createScanner } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { indentationAt, layoutOf, writeJson } from './jsonLayout.ts';
import { propertiesOf } from './settingsText.ts';

/** Replace `length` UTF-16 units at `offset` by `content`. The edits of one call do not overlap. */
export interface TextEdit {
  readonly offset: number;
  readonly length: number;
  readonly content: string;
}

/**
 * Edits that add a property at the end of an object. A comment at the end of the last property's line stays with it
 * (jsonc-parser's own `modify` hands it to the new one); where the last property has a comma after it, so has the new one.
 */
export function insertProperty(text: string, object: Node, key: string, value: unknown): readonly TextEdit[] {
  const layout = layoutOf(text);
  const last = propertiesOf(object).at(-1);
  const outer = indentationAt(text, object.offset);
  const property = (indent: string) => `${JSON.stringify(key)}: ${writeJson(value, layout, indent)}`;
  const brace = object.offset + object.length - 1;
  const startsLine = last !== undefined && /[\r\n]/.test(text.slice(object.offset, last.offset));
  const indent = startsLine ? indentationAt(text, last.offset) : outer + layout.indent;
  const line = `${layout.lineEnd}${indent}${property(indent)}`;
  const close = `${layout.lineEnd}${outer}`;
  if (last === undefined) return [beforeBrace(text, object.offset + 1, brace, `${line}${close}`)];

  const end = last.offset + last.length;
  const comma = commaAfter(text, end);
  if (!startsLine && isScalar(value)) return [{ offset: end, length: 0, content: `, ${property(outer)}` }];
  const trailing = comma === undefined ? '' : ',';
  const lineEnd = endOfLine(text, comma === undefined ? end : comma + 1, brace);
  const place =
    lineEnd === brace
      ? beforeBrace(text, comma === undefined ? end : comma + 1, brace, `${line}${trailing}${close}`)
      : { offset: lineEnd, length: 0, content: `${line}${trailing}` };
  if (comma !== undefined) return [place];
  if (place.offset === end) return [{ ...place, content: `,${place.content}` }];
  return [{ offset: end, length: 0, content: ',' }, place];
}

/** Puts the content in the place of the white space before the brace. */
function beforeBrace(text: string, start: number, brace: number, content: string): TextEdit {
  const offset = start + text.slice(start, brace).trimEnd().length;
  return { offset, length: brace - offset, content };
}

function commaAfter(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  return text[scanner.getTokenOffset()] === ',' ? scanner.getTokenOffset() : undefined;
}

/** Past what stands behind the property on its line, comments included; the brace when it is on that line too. */
function endOfLine(text: string, offset: number, brace: number): number {
  const behind = /^(?:[ \t]|\/\*[^\r\n]*?\*\/)*(?:\/\/[^\r\n]*)?/.exec(text.slice(offset, brace))?.[0] ?? '';
  const end = offset + behind.length;
  return end >= brace ? brace : offset + behind.trimEnd().length;
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
