import { Tree } from '@lezer/common';
import type { Draft, DraftItem, Placed } from './draft.ts';
import { readFence, readIndented } from './fence.ts';
import { cleanLabel, slugOf } from './label.ts';
import { NODE } from './markdown.ts';
import { readHeading } from './outline.ts';
import type { Heading } from './outline.ts';

/** What a block says: it is a heading, or holds items and command blocks, placed relative to its start. */
export interface Reading {
  readonly heading?: Heading;
  readonly placed: readonly Placed[];
  /** Text of the block that is no item of its own: it belongs to the item around it, if there is one. */
  readonly notes: readonly string[] | undefined;
  /** Items of long lists in it, which were read on their own. */
  readonly parts: readonly (readonly [Tree, Reading])[];
}

/** What was read from the blocks of one version. (A weak map over all versions makes every garbage collection slow.) */
export type Readings = ReadonlyMap<Tree, Reading>;

/** Where drafts are put, relative to `origin`. */
interface Target {
  readonly origin: number;
  readonly placed: Placed[];
  readonly notes: string[] | undefined;
  readonly parts: (readonly [Tree, Reading])[];
}

interface Part {
  readonly tree: Tree;
  readonly start: number;
}

/** Items of lists this long are remembered one by one, for an edit to one to leave the others alone. */
const LONG_LIST = 4096;

/** A box at the start of a list item's text, with something behind it on the same line. */
const BOX = /^\[([ xX])\][ \t]+(?=\S)/;

/** The blocks directly below a node, one by one. */
export function* blocksOf(tree: Tree, start: number): Generator<readonly [block: Tree, start: number], void> {
  for (let index = 0; index < tree.children.length; index++) {
    const child = tree.children[index];
    const childStart = start + (tree.positions[index] ?? 0);
    if (!(child instanceof Tree)) continue;
    if (child.type.isAnonymous) yield* blocksOf(child, childStart);
    else yield [child, childStart];
  }
}

/** Visits the blocks directly below a node; the parser groups them in nodes without a type. */
function eachBlock(tree: Tree, start: number, visit: (block: Tree, start: number) => void): void {
  for (let index = 0; index < tree.children.length; index++) {
    const child = tree.children[index];
    const childStart = start + (tree.positions[index] ?? 0);
    if (!(child instanceof Tree)) continue;
    if (child.type.isAnonymous) eachBlock(child, childStart, visit);
    else visit(child, childStart);
  }
}

/** Reads the blocks of one version of a document; what the parser kept from the version before is not read again. */
export class BlockReader {
  readonly #text: string;
  readonly #before: Readings;
  readonly #readings = new Map<Tree, Reading>();

  constructor(text: string, before: Readings) {
    this.#text = text;
    this.#before = before;
  }

  /** All that was read, for the next version. */
  get readings(): Readings {
    return this.#readings;
  }

  *readInSteps(block: Tree, start: number): Generator<undefined, Reading> {
    yield;
    const known = this.#recall(block);
    if (known !== undefined) return known;
    if (isList(block) && block.length >= LONG_LIST) yield* this.#readItems(block, start);
    return this.#remember(block, this.#readBlock(block, start));
  }

  /** The items of a long list, ahead of the list itself. */
  *#readItems(list: Tree, listStart: number): Generator<undefined, void> {
    const isOrdered = list.type.id === NODE.orderedList;
    for (const [item, start] of blocksOf(list, listStart)) {
      yield;
      if (this.#recall(item) === undefined)
        this.#remember(item, this.#readListItem(item, start, isOrdered, targetAt(listStart, undefined)));
    }
  }

  #readBlock(block: Tree, start: number): Reading {
    const target = targetAt(start, undefined);
    const heading = readHeading(block, start, this.#text);
    if (heading !== undefined) return { ...target, heading };
    this.#collect(block, start, target);
    return target;
  }

  #recall(block: Tree): Reading | undefined {
    const read = this.#readings.get(block);
    if (read !== undefined) return read;
    const reading = this.#before.get(block);
    if (reading !== undefined) this.#remember(block, reading);
    return reading;
  }

  #remember(block: Tree, reading: Reading): Reading {
    this.#readings.set(block, reading);
    for (const [part, partReading] of reading.parts) this.#remember(part, partReading);
    return reading;
  }

  #collect(tree: Tree, start: number, target: Target): void {
    switch (tree.type.id) {
      case NODE.fencedCode:
        place(target, start, readFence(tree, start, this.#text));
        break;
      case NODE.indentedCode:
        place(target, start, readIndented(tree, start, this.#text));
        break;
      case NODE.blockquote:
        eachBlock(tree, start, (child, childStart) => this.#collect(child, childStart, target));
        break;
      case NODE.bulletList:
      case NODE.orderedList:
        this.#collectList(tree, start, target);
        break;
      case NODE.paragraph:
        target.notes?.push(cleanLabel(this.#text.slice(start, start + tree.length)));
        break;
      default:
    }
  }

  #collectList(list: Tree, listStart: number, target: Target): void {
    const isOrdered = list.type.id === NODE.orderedList;
    eachBlock(list, listStart, (item, start) => {
      if (list.length < LONG_LIST) return this.#collectListItem(item, start, isOrdered, target);
      const reading = this.#recall(item) ?? this.#readListItem(item, start, isOrdered, target);
      target.parts.push([item, reading]);
      for (const { at, draft } of reading.placed) place(target, start + at, draft);
      for (const note of reading.notes ?? []) target.notes?.push(note);
    });
  }

  #readListItem(item: Tree, start: number, isOrdered: boolean, around: Target): Reading {
    const target = targetAt(start, around.notes && []);
    this.#collectListItem(item, start, isOrdered, target);
    return target;
  }

  #collectListItem(tree: Tree, treeStart: number, isOrdered: boolean, target: Target): void {
    const parts: Part[] = [];
    eachBlock(tree, treeStart, (part, start) => {
      if (part.type.id !== NODE.quoteMark) parts.push({ tree: part, start });
    });
    const [mark] = parts;
    if (mark?.tree.type.id !== NODE.listMark) return;
    const item = this.#readItem(parts, mark.start, treeStart + tree.length, isOrdered, target.parts);
    if (item === undefined) this.#collectParts(parts, 1, target);
    else place(target, mark.start, item);
  }

  #collectParts(parts: readonly Part[], from: number, target: Target): void {
    for (let index = from; index < parts.length; index++) {
      const part = parts[index];
      if (part !== undefined) this.#collect(part.tree, part.start, target);
    }
  }

  /** A list item with a box or a number; other bullets are no items. Its mark is the first of `parts`. */
  #readItem(
    parts: readonly Part[],
    start: number,
    end: number,
    isOrdered: boolean,
    remembered: Target['parts'],
  ): DraftItem | undefined {
    const [, first] = parts;
    const hasText = first?.tree.type.id === NODE.paragraph;
    const raw = hasText ? this.#text.slice(first.start, first.start + first.tree.length) : '';
    const box = BOX.exec(raw);
    if (box === null && !isOrdered) return undefined;
    const text = cleanLabel(raw.slice(box?.[0].length ?? 0));
    const notes: string[] = [];
    const target = { origin: start, placed: [], notes, parts: remembered };
    this.#collectParts(parts, hasText ? 2 : 1, target);
    return {
      kind: 'item',
      form: box === null ? 'step' : 'task',
      slug: slugOf(text, 'item'),
      text,
      box: box === null ? undefined : { at: (first?.start ?? start) + 1 - start, checked: box[1] !== ' ' },
      length: this.#contentEnd(start, end, target.placed) - start,
      children: target.placed,
      notes,
    };
  }

  /** Blank lines and a return at the end belong to no item, unless they belong to what is in it. */
  #contentEnd(start: number, end: number, children: readonly Placed[]): number {
    const last = children.at(-1);
    const least = last === undefined ? start : start + last.at + last.draft.length;
    let contentEnd = end;
    while (contentEnd > least && /\s/.test(this.#text.charAt(contentEnd - 1))) contentEnd--;
    return contentEnd;
  }
}

function isList({ type }: Tree): boolean {
  return type.id === NODE.bulletList || type.id === NODE.orderedList;
}

function targetAt(origin: number, notes: string[] | undefined): Target {
  return { origin, placed: [], notes, parts: [] };
}

function place(target: Target, start: number, draft: Draft): void {
  target.placed.push({ at: start - target.origin, draft });
}
