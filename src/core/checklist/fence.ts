import type { Tree } from '@lezer/common';
import { findCommented } from './commented.ts';
import { detach } from './detach.ts';
import type { DraftBlock, DraftItem, Placed } from './draft.ts';
import { findDrawn } from './drawn.ts';
import { repairText } from './encoding.ts';
import { slugOf } from './label.ts';
import { NODE } from './markdown.ts';

/** Reads a fenced block; `start` and the tree's length say where it stands in `text`. */
export function readFence(tree: Tree, start: number, text: string): DraftBlock {
  const end = start + tree.length;
  const codeStart = Math.min(lineEnd(text, start) + 1, end);
  const last = tree.topNode.lastChild;
  const isClosed = last !== null && last.type.id === NODE.codeMark && last.from > 0;
  const codeEnd = isClosed ? Math.max(codeStart, text.lastIndexOf('\n', end - 1) + 1) : end;
  const info = detach(/^[`~]+\s*(\S*)/.exec(text.slice(start, codeStart))?.[1] ?? '');
  const length = isClosed ? text.slice(start, end).trimEnd().length : tree.length;
  return draftBlock('fenced', languageOf(info), text.slice(codeStart, codeEnd), codeStart - start, length);
}

/** Reads an indented block. */
export function readIndented(tree: Tree, start: number, text: string): DraftBlock {
  return draftBlock('indented', '', text.slice(start, start + tree.length), 0, tree.length);
}

/** ```` ```{.bash title="x"} ```` and ```` ```bash,ignore ```` are both `bash`. */
function languageOf(info: string): string {
  return (/^\{?\.?([^\s,{}:]*)/.exec(info)?.[1] ?? '').toLowerCase();
}

function draftBlock(
  form: DraftBlock['form'],
  language: string,
  code: string,
  codeAt: number,
  length: number,
): DraftBlock {
  const summary = summaryOf(code);
  return {
    kind: 'block',
    form,
    language,
    summary,
    slug: slugOf(summary.replace(/\[[ xX]\]/, ''), 'block'), // ticking a box leaves the id as it is
    length,
    codeAt,
    codeLength: code.length,
    children: itemsIn(code, codeAt),
  };
}

function itemsIn(code: string, codeAt: number): readonly Placed<DraftItem>[] {
  const found = [...findCommented(code), ...findDrawn(code)];
  return found.map(({ at, draft }) => ({ at: at + codeAt, draft })).toSorted((a, b) => a.at - b.at);
}

const SUMMARY_LIMIT = 500;
const SAYS_SOMETHING = /^(?!#!)(?=.*[\p{L}\p{N}])/u;

function summaryOf(code: string): string {
  for (let at = 0; at < code.length;) {
    const end = lineEnd(code, at);
    const line = code
      .slice(at, Math.min(end, at + SUMMARY_LIMIT))
      .replace(/^[\s>]+/, '')
      .trimEnd();
    if (SAYS_SOMETHING.test(line)) return repairText(detach(line));
    at = end + 1;
  }
  return '';
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
