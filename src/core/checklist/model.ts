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

/** Boxes ticked, of how many. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Rollback, troubleshooting and contact stages are shown but do not count towards progress. */
export type StageRole = 'work' | 'rollback' | 'troubleshooting' | 'contact';

/** A heading and what stands below it. Level 0 is what comes before the first heading. */
export interface Stage {
  readonly kind: 'stage';
  /** Made of its words and those around it: stable across edits elsewhere in the document; unique in it. */
  readonly id: string;
  /** Only where its row keeps another id than that, since its words or those around it were edited: see `rowIdOf`. */
  readonly rowId?: string | undefined;
  /** As a person should read it: inline Markdown removed, double-encoded text repaired. */
  readonly title: string;
  readonly level: number;
  /** What the heading says, or else what the stage around it is. */
  readonly role: StageRole;
  /** From the heading to the next heading of the same or a higher level, or the end of the document. */
  readonly range: Range;
  readonly children: readonly ChecklistNode[];
  /** Its own boxes, whatever its role; without those of stages below it that do not count. */
  readonly progress: Progress;
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
  readonly rowId?: string | undefined;
  /** As a person should read it; '' where the item holds no text of its own. */
  readonly text: string;
  readonly form: ItemForm;
  readonly box: Box | undefined;
  /** From its marker to the end of what belongs to it. */
  readonly range: Range;
  /** Nested items, and command blocks inside the list item. */
  readonly children: readonly ChecklistNode[];
  /** What else it says: further paragraphs, and bullets below it that are not items themselves. */
  readonly notes: readonly string[];
  /** Its own box and those below it. */
  readonly progress: Progress;
}

/** A fenced or indented code block. */
export interface CommandBlock {
  readonly kind: 'block';
  readonly id: string;
  readonly rowId?: string | undefined;
  readonly form: 'fenced' | 'indented';
  /** First word of the info string, lower case; '' when there is none. */
  readonly language: string;
  /** The first line that says something: what the tree shows. '' when the block is empty. */
  readonly summary: string;
  /** The whole block with its fences. */
  readonly range: Range;
  /** The lines inside, as offsets; `codeOf` cuts them out without indentation and quote marks. */
  readonly code: Range;
  /** Commented boxes and box-drawing lines inside the block. */
  readonly children: readonly Item[];
  readonly progress: Progress;
}

export type ChecklistNode = Stage | Item | CommandBlock;

/** What a Markdown document says. Pure data with source ranges. */
export interface Checklist {
  /** The first heading of level 1, else the first heading, else ''. */
  readonly title: string;
  readonly stages: readonly Stage[];
  /** `boxes` and `ticked` are the list boxes (`task`) of the whole document; `commented` those inside fences. */
  readonly counts: {
    readonly boxes: number;
    readonly ticked: number;
    readonly commented: number;
    /** Fenced blocks; indented ones are not counted. */
    readonly blocks: number;
  };
  /** Of the stages that count. */
  readonly progress: Progress;
}
