/** A stretch of the document: UTF-16 offsets into its text, and the zero-based line it starts on. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/** The one character between the brackets of `[ ]` or `[x]`. */
export interface Box {
  readonly offset: number;
  readonly checked: boolean;
}

/** Rollback, troubleshooting and contact stages are shown but do not count towards progress. */
export type StageRole = 'work' | 'rollback' | 'troubleshooting' | 'contact';

/** A heading and what stands below it. Level 0 is what comes before the first heading. */
export interface Stage {
  readonly kind: 'stage';
  /** Stable across edits elsewhere in the document; unique in it. */
  readonly id: string;
  /** As a person should read it: inline Markdown removed, double-encoded text repaired. */
  readonly title: string;
  readonly level: number;
  readonly role: StageRole;
  readonly range: Range;
  readonly children: readonly ChecklistNode[];
}

/** Where an item comes from; only `task` and `commented` have a box. */
export type ItemForm =
  | 'task' // - [ ] text
  | 'commented' // # [ ] text, inside a fence
  | 'step' // 1. text
  | 'drawn'; // a line of a box-drawing tree inside a fence

export interface Item {
  readonly kind: 'item';
  readonly id: string;
  readonly text: string;
  readonly form: ItemForm;
  readonly box: Box | undefined;
  readonly range: Range;
  /** Nested items, and command blocks inside the list item. */
  readonly children: readonly ChecklistNode[];
}

/** A fenced (or indented) code block. */
export interface CommandBlock {
  readonly kind: 'block';
  readonly id: string;
  /** First word of the info string, lower case; '' when there is none. */
  readonly language: string;
  /** The first line that says something: what the tree shows. */
  readonly summary: string;
  /** The whole block with its fences. */
  readonly range: Range;
  /** The code inside, as offsets, so that the text can be cut out when needed. */
  readonly code: Range;
  /** Commented boxes and box-drawing lines inside the block. */
  readonly children: readonly Item[];
}

export type ChecklistNode = Stage | Item | CommandBlock;

/** What a Markdown document says. Pure data with source ranges. */
export interface Checklist {
  readonly title: string;
  readonly stages: readonly Stage[];
  readonly counts: { readonly boxes: number; readonly ticked: number; readonly blocks: number };
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}
