/** How a JSON text is laid out. */
export interface JsonLayout {
  /** One step inwards. */
  readonly indent: string;
  readonly lineEnd: string;
}

/** The layout of the text, read from its first indented property and first line end; four spaces, as the editor's own. */
export function layoutOf(text: string): JsonLayout {
  return {
    indent: /^([ \t]+)["/]/m.exec(text)?.[1] ?? '    ',
    lineEnd: /\r\n|\n/.exec(text)?.[0] ?? '\n',
  };
}

/** The value as JSON that begins in a line of the given indentation. */
export function writeJson(value: unknown, layout: JsonLayout, indentation: string): string {
  return JSON.stringify(value, undefined, layout.indent).replaceAll('\n', `${layout.lineEnd}${indentation}`);
}

/** The white space that the line of `offset` begins with. */
export function indentationAt(text: string, offset: number): string {
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? '';
}
