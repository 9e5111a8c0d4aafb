import { Tree } from '@lezer/common';
import type { Draft, DraftItem, Placed } from './draft.ts';
import { readFence, readIndented } from './fence.ts';
import { cleanLabel, slugOf } from './label.ts';
import { NODE } from './markdown.ts';

/** Where drafts are put: into `into`, relative to `origin`; what is no item of its own is a note of the item around. */
interface Target {
  readonly into: Placed[];
  readonly origin: number;
  readonly notes: string[] | undefined;
}

/** A box at the start of a list item's text, with something behind it on the same line. */
const BOX = /\[([ xX])\][ \t]+(?=\S)/y;

/** Visits the blocks directly below a node; the parser groups them in nodes without a type. */
export function eachBlock(tree: Tree, start: number, visit: (block: Tree, start: number) => void): void {
  for (let index = 0; index < tree.children.length; index++) {
    const child = tree.children[index];
    const childStart = start + (tree.positions[index] ?? 0);
    if (!(child instanceof Tree)) continue;
    if (child.type.isAnonymous) eachBlock(child, childStart, visit);
    else visit(child, childStart);
  }
}

/** The items and command blocks in a block of the document, relative to its start. */
export function extract(block: Tree, start: number, text: string): readonly Placed[] {
  const into: Placed[] = [];
  collect(block, start, text, { into, origin: start, notes: undefined });
  return into;
}

function collect(tree: Tree, start: number, text: string, target: Target): void {
  switch (tree.type.id) {
    case NODE.fencedCode:
      place(target, start, readFence(tree, start, text));
      break;
    case NODE.indentedCode:
      place(target, start, readIndented(tree, start, text));
      break;
    case NODE.blockquote:
      eachBlock(tree, start, (child, childStart) => collect(child, childStart, text, target));
      break;
    case NODE.bulletList:
    case NODE.orderedList:
      eachBlock(tree, start, (item, itemStart) => collectListItem(item, itemStart, tree.type.id, text, target));
      break;
    case NODE.paragraph:
      target.notes?.push(cleanLabel(text.slice(start, start + tree.length)));
      break;
    default:
  }
}

function place(target: Target, start: number, draft: Draft): void {
  target.into.push({ at: start - target.origin, draft });
}

function collectListItem(tree: Tree, treeStart: number, list: number, text: string, target: Target): void {
  const parts: { readonly tree: Tree; readonly start: number }[] = [];
  eachBlock(tree, treeStart, (part, start) => {
    if (part.type.id !== NODE.quoteMark) parts.push({ tree: part, start });
  });
  const [mark, first] = parts;
  if (mark?.tree.type.id !== NODE.listMark) return;
  const end = treeStart + tree.length;
  const box = first?.tree.type.id === NODE.paragraph ? readBox(text, first.start) : undefined;
  if (box === undefined && list === NODE.bulletList) {
    for (const part of parts.slice(1)) collect(part.tree, part.start, text, target);
    return;
  }
  place(target, mark.start, readItem(parts.slice(1), mark.start, end, box, text));
}

interface FoundBox {
  readonly offset: number;
  readonly checked: boolean;
  readonly end: number;
}

function readBox(text: string, start: number): FoundBox | undefined {
  BOX.lastIndex = start;
  const match = BOX.exec(text);
  return match === null ? undefined : { offset: start + 1, checked: match[1] !== ' ', end: start + match[0].length };
}

function readItem(
  parts: readonly { readonly tree: Tree; readonly start: number }[],
  start: number,
  end: number,
  box: FoundBox | undefined,
  text: string,
): DraftItem {
  const children: Placed[] = [];
  const notes: string[] = [];
  const [first] = parts;
  const hasLabel = first?.tree.type.id === NODE.paragraph;
  const label = hasLabel ? cleanLabel(text.slice(box?.end ?? first.start, first.start + first.tree.length)) : '';
  const target = { into: children, origin: start, notes };
  for (const part of hasLabel ? parts.slice(1) : parts) collect(part.tree, part.start, text, target);
  return {
    kind: 'item',
    form: box === undefined ? 'step' : 'task',
    slug: slugOf(label, 'item'),
    text: label,
    box: box === undefined ? undefined : { at: box.offset - start, checked: box.checked },
    length: end - start,
    children,
    notes,
  };
}
