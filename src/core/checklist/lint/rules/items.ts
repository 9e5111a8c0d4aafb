import type { Item } from '../../model.ts';
import type { LintDocument, LintPlace } from '../document.ts';
import type { Found, LintFix, LintRule } from '../types.ts';

export const duplicateItem: LintRule = {
  id: 'duplicate-item',
  severity: 'information',
  documentation: 'The same item twice in one list: one of them will be ticked without being done.',
  *check({ places, context: { text } }) {
    const seen = new Map<LintPlace['parent'], Map<string, Item>>();
    for (const { node, parent } of places) {
      if (node.kind !== 'item' || node.box === undefined || node.text === '') continue;
      // The same words above different commands are different things to do.
      if (node.children.length > 0) continue;
      const siblings = seen.get(parent) ?? new Map<string, Item>();
      seen.set(parent, siblings);
      const words = node.text
        .toLowerCase()
        .replace(/[\s.;,]+$/, '')
        .replace(/\s+/g, ' ');
      const first = siblings.get(words);
      if (first === undefined) siblings.set(words, node);
      else
        yield {
          message: `The same item stands in line ${first.range.line + 1} of this list.`,
          range: { start: node.range.start, end: node.range.end },
          fixes: removeLine(node, text),
        };
    }
  },
};

/** Takes the item's line out, where it is one line and nobody ticked it. */
function removeLine(item: Item, text: string): readonly LintFix[] {
  const { start, end } = item.range;
  if (item.box?.checked === true || /[\r\n]/.test(text.slice(start, end))) return [];
  const from = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1;
  const lineEnd = /^[^\r\n]*(?:\r\n|\n|\r)?/.exec(text.slice(end))?.[0].length ?? 0;
  return [{ title: 'Remove this item', edits: [{ offset: from, length: end + lineEnd - from, content: '' }] }];
}

export const unfilledPlaceholder: LintRule = {
  id: 'placeholder',
  severity: 'hint',
  documentation: 'Something to fill in that nobody has filled in yet: `<container>`, `your-api-key`, `YYYY-MM-DD`.',
  *check(document) {
    for (const { events } of document.places) {
      for (const { text, range } of events.filter((event) => event.kind === 'placeholder'))
        yield { message: `${text} is to be filled in; it is asked for when this runs.`, range };
    }
    yield* placeholdersInProse(document);
  },
};

const IN_PROSE = /<(?:[a-z][a-z\d]*(?:-[a-z\d]+)+|your [a-z ]+)>/gi;

/** `**Lead:** <your-name>`. Blocks and code spans are the commands' business. */
function* placeholdersInProse({ places, context: { text } }: LintDocument): Generator<Found, void> {
  const blocks = places.filter(({ node }) => node.kind === 'block').map(({ node }) => node.range);
  let next = 0;
  for (const { 0: written, index: start } of text.matchAll(IN_PROSE)) {
    while ((blocks[next]?.end ?? Infinity) <= start) next++;
    if ((blocks[next]?.start ?? Infinity) <= start || isCode(text, start) || text.includes(`</${written.slice(1)}`))
      continue;
    yield { message: `${written} is to be filled in.`, range: { start, end: start + written.length } };
  }
}

/** Whether a place is between backticks, as far as its line tells. */
function isCode(text: string, at: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', at) + 1, at);
  return line.split('`').length % 2 === 0;
}
