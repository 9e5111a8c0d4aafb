import type { Tier } from '../../environment/environment.ts';
import type { ParsedBlock, Statement } from '../../shell/types.ts';
import type { Range } from '../model.ts';
import type { Criterion } from './criteria/types.ts';
import type { Expectation } from './expectations/types.ts';

/** What a checklist means, beyond its structure. Keys are the ids of the checklist's nodes. */
export interface Meaning {
  /** Items that mean something: a command, a criterion, something to do by hand, tiers. */
  readonly items: ReadonlyMap<string, ItemMeaning>;
  /** Every block. */
  readonly blocks: ReadonlyMap<string, BlockMeaning>;
  /** All criteria in the order of the document: of items, bullets, tables, comments in blocks, headings. */
  readonly criteria: readonly Criterion[];
  /** Ways to do the same thing, of which one is to be taken. */
  readonly choices: readonly Choice[];
  readonly variables: readonly VariableSection[];
  readonly blanks: readonly Blank[];
  readonly signOff: readonly SignOffCell[];
  readonly status: readonly StatusLine[];
}

export interface ItemMeaning {
  readonly id: string;
  /** Commands in its text, each with what is expected of it. */
  readonly commands: readonly InlineCommand[];
  readonly criteria: readonly Criterion[];
  /** What a person has to do or look at, where the item says so. */
  readonly manual: readonly ManualStep[];
  /** The item is for these tiers only; undefined: for all. */
  readonly tiers: readonly Tier[] | undefined;
}

/** A code span that is a command: `redis-cli ping`. */
export interface InlineCommand {
  readonly code: string;
  /** Between the backticks. */
  readonly range: Range;
  readonly expectations: readonly LocatedExpectation[];
  /** Why it is not run here: `ssh host` hands over, `vi file` waits for a person. */
  readonly handOver: string | undefined;
}

export interface LocatedExpectation {
  readonly expectation: Expectation;
  /** The comment, the words, or the block that says it. */
  readonly range: Range;
}

/** What is meant by a fenced or indented block. */
export interface BlockMeaning {
  readonly id: string;
  /** Whether it is shell code: by its language, or obviously. Other blocks are shown and copied, not run. */
  readonly isShell: boolean;
  /** `expected`: the output of the command before it; `blanks`: a form to fill in; `sample`: neither, and not shell. */
  readonly use: 'run' | 'expected' | 'blanks' | 'variables' | 'sample';
  readonly tiers: readonly Tier[] | undefined;
  /** The part of an alternative that the whole block is. */
  readonly choice: ChoiceRef | undefined;
  /** A whole script to be saved, and under what path where it says so (''  where not). */
  readonly script: string | undefined;
  /** In the order of the document. Of code that is no shell code at most what is to be done with it, by hand. */
  readonly parts: readonly BlockPart[];
  /** Where the rest of the block is meant for another place; nothing from `command` on runs here. */
  readonly handOver: HandOver | undefined;
}

export type BlockPart = CommandPart | ManualStep;

/** A stretch of a block that is one statement, found without a shell parser. `stepsOf` joins it with the parsed one. */
export interface CommandPart {
  readonly kind: 'command';
  readonly range: Range;
  /** The comment above it. */
  readonly title: string | undefined;
  readonly expectations: readonly LocatedExpectation[];
  readonly choice: ChoiceRef | undefined;
  readonly tiers: readonly Tier[] | undefined;
}

/** Something for a person; never run. */
export interface ManualStep {
  readonly kind: 'manual';
  readonly text: string;
  readonly range: Range;
  /** `edit`: change a file; `disable`: take code out of it; `check`: look at something; `other`: anything else. */
  readonly action: 'edit' | 'disable' | 'check' | 'other';
  readonly file: string | undefined;
  /** What is to be set, where that can be read: `CACHE_ENABLED=false`. */
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly choice: ChoiceRef | undefined;
}

export interface HandOver {
  /** The statement that leaves: `ssh production-server`. */
  readonly command: string;
  /** For a person: "ssh opens a shell on production-server". */
  readonly to: string;
  /** From the statement to the end of the block. */
  readonly range: Range;
  /** What is meant for there, without the statement. */
  readonly rest: string;
}

export interface Choice {
  /** Stable across edits elsewhere; unique in the document. */
  readonly id: string;
  readonly options: readonly ChoiceOption[];
}

export interface ChoiceOption {
  readonly id: string;
  /** "Docker Compose (Recommended for staging/single-instance)", or the command itself. */
  readonly label: string;
  readonly range: Range;
  /** A command that stands in a comment: `# Or: docker-compose restart`. */
  readonly commented: { readonly code: string; readonly range: Range } | undefined;
}

export interface ChoiceRef {
  readonly choice: string;
  readonly option: string;
}

/** A step of a block, ready to be shown or run. */
export type Step =
  | (Omit<CommandPart, 'range'> & { readonly range: Range; readonly statement: Statement })
  | ManualStep
  | (HandOver & { readonly kind: 'handOver' });

/** Joins what a block means with its parsed statements. Statements from the hand-over on are left out. */
export type StepsOf = (block: BlockMeaning, parsed: ParsedBlock) => readonly Step[];

/** Environment variables that the document lists. */
export interface VariableSection {
  /** The block or item that lists them. */
  readonly owner: string;
  readonly title: string;
  readonly range: Range;
  readonly variables: readonly ExpectedVariable[];
}

export interface ExpectedVariable {
  readonly name: string;
  /** Without quotes; '' where there is none. */
  readonly value: string;
  /** The remark behind it. */
  readonly note: string | undefined;
  /** The value is to be filled in: `<secure-password>`. */
  readonly placeholder: string | undefined;
  /** By its name; never shown. */
  readonly secret: boolean;
  /** `${NAME:-value}`: only used where nothing else is set. */
  readonly isDefault: boolean;
  /** What the remark says another tier has: `# Production: redis-primary.prod.svc`. */
  readonly tierValues: Readonly<Partial<Record<Tier, string>>>;
  readonly range: Range;
}

/** Something to fill in: `___ %`. */
export interface Blank {
  /** The underscores. */
  readonly range: Range;
  /** What is asked for: "p95", "Cache hit rate". */
  readonly label: string;
  /** Heading of its column or of the part of the form: "Actual", "API Response Time". */
  readonly group: string | undefined;
  readonly unit: string | undefined;
}

/** An empty or filled cell of a sign-off table, or a sign-off line such as "Approved by: ____". */
export interface SignOffCell {
  readonly role: string;
  /** "Name", "Date", "Signature". */
  readonly column: string;
  readonly value: string;
  /** What to replace. */
  readonly range: Range;
}

/** `**Status:** ⬜ Pending | ⬜ In Progress | …` or `**Status:** In Progress`. */
export interface StatusLine {
  /** Behind the label. */
  readonly range: Range;
  /** What it says now; undefined where all options are open. */
  readonly value: string | undefined;
  readonly options: readonly { readonly label: string; readonly range: Range; readonly chosen: boolean }[];
}
