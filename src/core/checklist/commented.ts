import { detach } from './detach.ts';
import type { DraftItem, Placed } from './draft.ts';
import { repairText } from './encoding.ts';
import { slugOf } from './label.ts';

const BOX = /\[[ xX]\]/;
const COMMENTED = /^[ \t>]*((?:#+|\/\/+)[ \t]*(?:[-*+][ \t]+)?\[)([ xX])\][ \t]+(\S.*)$/gm;

const TEXT_LIMIT = 2000;

/** The commented boxes in a piece of code: `# [ ] text` and `// [x] text`, each on a line of its own. */
export function findCommented(code: string): Placed<DraftItem>[] {
  if (!BOX.test(code)) return [];
  return Array.from(code.matchAll(COMMENTED), (match) => {
    const [line, opening = '', mark = '', rest = ''] = match;
    const text = repairText(detach(rest.slice(0, TEXT_LIMIT).trim()));
    const indent = line.indexOf(opening);
    return {
      at: match.index + indent,
      draft: {
        kind: 'item',
        form: 'commented',
        slug: slugOf(text, 'item'),
        text,
        box: { at: opening.length, checked: mark !== ' ' },
        length: line.trimEnd().length - indent,
        children: [],
        notes: [],
      },
    };
  });
}
