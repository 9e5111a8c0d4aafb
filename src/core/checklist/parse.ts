import { TreeFragment } from '@lezer/common';
import type { Tree } from '@lezer/common';
import { assemble } from './assemble.ts';
import { bodyChanges } from './changes.ts';
import type { TextChange } from './changes.ts';
import { differenceOf } from './difference.ts';
import { BlockReader, eachBlock } from './extract.ts';
import type { Readings } from './extract.ts';
import { blockParser, linesOf } from './markdown.ts';
import type { Checklist } from './model.ts';
import { Outline, titleOf } from './outline.ts';
import { readSource } from './source.ts';
import type { Source } from './source.ts';

/** Reads a Markdown document. Never throws: whatever the text, it has some structure. */
export function openDocument(text: string): ParsedDocument {
  return ParsedDocument.parse(text, readSource(text), [], new Map());
}

/** A parsed document. Immutable; `update` gives the next one and re-uses all that has not changed. */
export class ParsedDocument {
  readonly text: string;
  readonly checklist: Checklist;
  readonly #source: Source;
  readonly #fragments: readonly TreeFragment[];
  readonly #readings: Readings;

  private constructor(text: string, source: Source, tree: Tree, readings: Readings) {
    this.text = text;
    this.#source = source;
    this.#fragments = TreeFragment.addTree(tree);
    const reader = new BlockReader(source.text, readings);
    this.checklist = build(source, tree, reader);
    this.#readings = reader.readings;
  }

  /**
   * The document after an edit. `changes` are stretches of the old text, in any order, not overlapping, each replaced
   * by `insertLength` characters; without them the texts are compared. Where they do not lead from the old length to
   * the new one, the new text is read from scratch.
   */
  update(newText: string, changes: readonly TextChange[] = [differenceOf(this.text, newText)]): ParsedDocument {
    const source = readSource(newText);
    const changed = bodyChanges(this.#source, source, changes);
    if (changed === undefined) return ParsedDocument.parse(newText, source, [], new Map());
    const fragments = TreeFragment.applyChanges(this.#fragments, changed);
    return ParsedDocument.parse(newText, source, fragments, this.#readings);
  }

  /** For `openDocument` and `update`. */
  static parse(text: string, source: Source, fragments: readonly TreeFragment[], readings: Readings): ParsedDocument {
    const parse = blockParser.startParse(linesOf(source.text.slice(source.base)), fragments);
    for (;;) {
      const tree = parse.advance();
      if (tree !== null) return new ParsedDocument(text, source, tree, readings);
    }
  }
}

function build({ text, base }: Source, tree: Tree, reader: BlockReader): Checklist {
  const outline = new Outline(base);
  eachBlock(tree, base, (block, start) => {
    const { heading, placed } = reader.read(block, start);
    if (heading !== undefined) outline.addHeading(heading, start);
    else if (placed.length > 0) outline.addContent(placed, start);
  });
  const stages = outline.close(text.length);
  return assemble(text, titleOf(stages), stages);
}
