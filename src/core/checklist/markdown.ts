import type { Input } from '@lezer/common';
import { parser } from '@lezer/markdown';

/**
 * The block structure of Markdown alone. Labels are cut from the text where they are needed, so inline parsing, which
 * costs most, is left out; boxes are recognised on our side; link references would make some paragraphs quadratic.
 */
export const blockParser = Object.assign(parser.configure({ remove: ['LinkReference'] }), { parseInline: () => [] });

function typeId(name: string): number {
  const type = blockParser.nodeSet.types.find((candidate) => candidate.name === name);
  if (type === undefined) throw new RangeError(`The Markdown parser knows no node "${name}".`);
  return type.id;
}

export const NODE = {
  blockquote: typeId('Blockquote'),
  bulletList: typeId('BulletList'),
  orderedList: typeId('OrderedList'),
  listItem: typeId('ListItem'),
  listMark: typeId('ListMark'),
  quoteMark: typeId('QuoteMark'),
  paragraph: typeId('Paragraph'),
  fencedCode: typeId('FencedCode'),
  indentedCode: typeId('CodeBlock'),
  codeMark: typeId('CodeMark'),
  atxHeading1: typeId('ATXHeading1'),
  atxHeading6: typeId('ATXHeading6'),
  setextHeading1: typeId('SetextHeading1'),
  setextHeading2: typeId('SetextHeading2'),
} as const;

/** More nesting than any person writes; deeper lines would only cost stack and time. */
const MARKUP_LIMIT = 250;
/** Long underlines of headings are no nesting. */
const ONLY_MARKUP = new RegExp(`^(?!-+\\s*$)[\\s>\\-+*.)\\d]{${MARKUP_LIMIT}}`);

/** Hands a text to the parser line by line. A line that opens with more markup than the limit counts as blank. */
export function linesOf(text: string): Input {
  return {
    length: text.length,
    lineChunks: true,
    chunk(from) {
      const end = text.indexOf('\n', from);
      if (end === from) return '\n';
      const line = end < 0 ? text.slice(from) : text.slice(from, end);
      return line.length > MARKUP_LIMIT && ONLY_MARKUP.test(line) ? ' '.repeat(line.length) : line;
    },
    read: (from, to) => text.slice(from, to),
  };
}
