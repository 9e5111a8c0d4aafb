import { TreeFragment } from '@lezer/common';
import type { Tree } from '@lezer/common';
import { assemble } from './assemble.ts';
import { bodyChanges } from './changes.ts';
import type { TextChange } from './changes.ts';
import { differenceOf } from './difference.ts';
import { keepNames } from './draftNames.ts';
import type { KeptNames, NamedDrafts } from './draftNames.ts';
import { BlockReader, blocksOf } from './extract.ts';
import type { Readings } from './extract.ts';
import { blockParser, linesOf } from './markdown.ts';
import type { Checklist } from './model.ts';
import { Outline } from './outline.ts';
import type { StageDraft } from './outline.ts';
import { readSource } from './source.ts';
import type { Source } from './source.ts';

/** Reads a Markdown document. Never throws: whatever the text, it has some structure. */
export function openDocument(text: string): ParsedDocument {
  return finish(openInSteps(text));
}

/** The same in steps, none of them long, for a document that is large. */
export function openInSteps(text: string): Generator<undefined, ParsedDocument> {
  return ParsedDocument.parse(text, readSource(text), []);
}

interface Parsed {
  readonly text: string;
  readonly source: Source;
  readonly tree: Tree;
  readonly checklist: Checklist;
  readonly readings: Readings;
  readonly drafts: NamedDrafts;
}

/** A parsed document. Immutable; `update` gives the next one and re-uses all that has not changed. */
export class ParsedDocument {
  readonly text: string;
  readonly checklist: Checklist;
  readonly #source: Source;
  readonly #fragments: readonly TreeFragment[];
  readonly #readings: Readings;
  readonly #drafts: NamedDrafts;

  private constructor({ text, source, tree, checklist, readings, drafts }: Parsed) {
    this.text = text;
    this.#source = source;
    this.#fragments = TreeFragment.addTree(tree);
    this.checklist = checklist;
    this.#readings = readings;
    this.#drafts = drafts;
  }

  /**
   * The document after an edit. `changes` are stretches of the old text, in any order, not overlapping, each replaced
   * by `insertLength` characters; without them the texts are compared. Where they do not lead from the old length to
   * the new one, the new text is read from scratch.
   */
  update(newText: string, changes?: readonly TextChange[]): ParsedDocument {
    return finish(this.updateInSteps(newText, changes));
  }

  /** The same in steps, none of them long. */
  updateInSteps(
    newText: string,
    changes: readonly TextChange[] = [differenceOf(this.text, newText)],
  ): Generator<undefined, ParsedDocument> {
    const source = readSource(newText);
    const changed = bodyChanges(this.#source, source, changes);
    if (changed === undefined) return ParsedDocument.parse(newText, source, [], this);
    const fragments = TreeFragment.applyChanges(this.#fragments, changed);
    return ParsedDocument.parse(newText, source, fragments, this);
  }

  /** For `openDocument` and `update`. */
  static *parse(
    text: string,
    source: Source,
    fragments: readonly TreeFragment[],
    before?: ParsedDocument,
  ): Generator<undefined, ParsedDocument> {
    const parse = blockParser.startParse(linesOf(source.text.slice(source.base)), fragments);
    let tree = parse.advance();
    for (; tree === null; tree = parse.advance()) yield;
    const reader = new BlockReader(source.text, before === undefined ? new Map() : before.#readings);
    const stages = yield* outline(source, tree, reader);
    const names: KeptNames = before === undefined ? new Map() : yield* keepNames(before.#drafts, stages);
    const drafts = { stages, names };
    const checklist = yield* assemble(source.text, drafts);
    return new ParsedDocument({ text, source, tree, checklist, readings: reader.readings, drafts });
  }
}

function* outline(
  { text, base }: Source,
  tree: Tree,
  reader: BlockReader,
): Generator<undefined, readonly StageDraft[]> {
  const collected = new Outline(base);
  for (const [block, start] of blocksOf(tree, base)) {
    const { heading, placed } = yield* reader.readInSteps(block, start);
    if (heading !== undefined) collected.addHeading(heading, start);
    else if (placed.length > 0) collected.addContent(placed, start);
  }
  return collected.close(text.length);
}

function finish<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
