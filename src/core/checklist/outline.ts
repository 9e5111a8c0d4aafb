import type { Tree } from '@lezer/common';
import type { Placed } from './draft.ts';
import { cleanLabel, slugOf } from './label.ts';
import { NODE } from './markdown.ts';

export interface Heading {
  readonly title: string;
  readonly slug: string;
  readonly level: number;
}

/** A heading with what stands below it, before ids, lines and roles are known. Offsets are the document's. */
export interface StageDraft extends Heading {
  readonly start: number;
  readonly end: number;
  /** What the blocks below the heading hold, each group relative to its `start`. */
  readonly groups: readonly { readonly start: number; readonly placed: readonly Placed[] }[];
  readonly stages: readonly StageDraft[];
}

/** The heading a block is; undefined when it is none. */
export function readHeading(block: Tree, start: number, document: string): Heading | undefined {
  const { id } = block.type;
  const isAtx = id >= NODE.atxHeading1 && id <= NODE.atxHeading6;
  const isSetext = id === NODE.setextHeading1 || id === NODE.setextHeading2;
  if (!isAtx && !isSetext) return undefined;
  const text = document.slice(start, start + block.length);
  // What looks like an underlined link reference is a reference and a rule.
  if (isSetext && /^\[[^\]]+\]:/.test(text)) return undefined;
  const title = cleanLabel(isAtx ? text.replace(/^#+/, '').replace(/\s#+\s*$/, '') : text.replace(/\n[^\n]*$/, ''));
  const level = isAtx ? id - NODE.atxHeading1 + 1 : id - NODE.setextHeading1 + 1;
  return { title, slug: slugOf(title, 'stage'), level };
}

const OPENING: Heading = { title: 'Before the first heading', slug: '~', level: 0 };

type OpenStage = {
  -readonly [K in keyof StageDraft]: StageDraft[K] extends readonly (infer E)[] ? E[] : StageDraft[K];
};

/** Collects headings and contents in the order of the document and nests them by level. */
export class Outline {
  readonly #stages: OpenStage[] = [];
  readonly #open: OpenStage[] = [];
  readonly #start: number;

  /** `start` is where the Markdown begins. */
  constructor(start: number) {
    this.#start = start;
  }

  addHeading(heading: Heading, start: number): void {
    this.#closeFrom(heading.level, start);
    const stage = { ...heading, start, end: start, groups: [], stages: [] };
    (this.#open.at(-1)?.stages ?? this.#stages).push(stage);
    this.#open.push(stage);
  }

  addContent(placed: readonly Placed[], start: number): void {
    if (this.#open.length === 0) this.addHeading(OPENING, this.#start);
    this.#open.at(-1)?.groups.push({ start, placed });
  }

  close(end: number): readonly StageDraft[] {
    this.#closeFrom(0, end);
    return this.#stages;
  }

  #closeFrom(level: number, end: number): void {
    for (let last = this.#open.at(-1); last !== undefined; last = this.#open.at(-1)) {
      if (last.level !== 0 && last.level < level) return;
      last.end = end;
      this.#open.pop();
    }
  }
}

/** The first heading of level 1, else the first heading. */
export function titleOf(stages: readonly StageDraft[]): string {
  const headings = stages.filter(({ level }) => level > 0);
  return (headings.find(({ level }) => level === 1) ?? headings[0])?.title ?? '';
}
