import type { Tier } from '../../environment/environment.ts';
import type { HitRateSource } from '../../metrics/sourcedHitRate.ts';
import type { ParsedBlock, Statement } from '../../shell/types.ts';
import type { Range } from '../model.ts';

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

/** What the output of a command should be. `text` is always what the document says, for showing. */
export type Expectation =
  /** Each of `lines` occurs in the output; letter case and spacing do not matter, `...` stands for anything. */
  | { readonly kind: 'text'; readonly lines: readonly string[]; readonly text: string }
  /** `pattern` holds `...` as a key or element for "and more" and `<…>` strings for "anything"; `anywhere`: in the output or in any part of it. */
  | { readonly kind: 'json'; readonly pattern: JsonPattern; readonly anywhere: boolean; readonly text: string }
  /** The output is of that kind and mentions each of `mentions`. */
  | {
      readonly kind: 'format';
      readonly format: 'json' | 'metrics';
      readonly mentions: readonly string[];
      readonly text: string;
    }
  | { readonly kind: 'empty'; readonly text: string }
  | { readonly kind: 'nonEmpty'; readonly text: string }
  /** Exit code 0, whatever comes out. */
  | { readonly kind: 'success'; readonly text: string }
  /** Every line but headings contains `part`. */
  | { readonly kind: 'everyLine'; readonly part: string; readonly text: string }
  /** No line contains any of `words`. */
  | { readonly kind: 'without'; readonly words: readonly string[]; readonly text: string }
  | { readonly kind: 'httpStatus'; readonly status: number; readonly text: string }
  /** Every number in the output, or the only one, compares so. */
  | { readonly kind: 'number'; readonly comparator: NumberComparator; readonly value: number; readonly text: string }
  /** So many things named `what` are listed. */
  | {
      readonly kind: 'count';
      readonly comparator: NumberComparator;
      readonly value: number;
      readonly what: string;
      readonly text: string;
    }
  /** Against the run before: `faster` by the time it took, else by the number in the output. `byRatio` 0.2 is 20 %. */
  | {
      readonly kind: 'relative';
      readonly quantity: 'duration' | 'output';
      readonly direction: 'less' | 'more';
      readonly byRatio: number | undefined;
      readonly text: string;
    }
  /** Against the output of the run before: what happened to the field. */
  | {
      readonly kind: 'change';
      readonly field: string;
      readonly change: 'fromTo' | 'updated' | 'same';
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly text: string;
    }
  /** A person has to judge; `command` is one that helps with it. */
  | { readonly kind: 'human'; readonly text: string; readonly command: string | undefined };

export type NumberComparator = '<' | '<=' | '>' | '>=' | '=';

export type JsonPattern =
  | { readonly kind: 'any' }
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  /** A time, an age or another value that differs from run to run: only its type is compared. */
  | { readonly kind: 'like'; readonly type: 'string' | 'number' }
  | { readonly kind: 'array'; readonly elements: readonly JsonPattern[]; readonly more: boolean }
  | {
      readonly kind: 'object';
      readonly fields: readonly { readonly key: string; readonly pattern: JsonPattern }[];
      readonly more: boolean;
    };

/** What a run of a command brought, as far as it was kept. */
export interface CommandOutput {
  /** Undefined when it was ended by a signal or did not start. */
  readonly exitCode: number | undefined;
  readonly stdout: string | Uint8Array;
  readonly stderr: string | Uint8Array;
  readonly durationMs: number;
  /** The command, where known: an empty `grep` ends with 1. */
  readonly command?: string;
}

/** Lines of what was expected and what came, for showing side by side. */
export interface OutputDifference {
  readonly lines: readonly DifferenceLine[];
  /** Whether the output was too long to be looked at as a whole. */
  readonly shortened: boolean;
}

export type DifferenceLine =
  | { readonly kind: 'same'; readonly text: string }
  | { readonly kind: 'missing'; readonly text: string } // expected, and not there
  | { readonly kind: 'unexpected'; readonly text: string } // there, and not expected
  | { readonly kind: 'other'; readonly text: string }; // there, and of no concern

/** A number that is to be reached, or not to be reached. */
export interface Criterion {
  /** Node it belongs to: an item, a block or a stage. */
  readonly owner: string;
  /** As the document says it: "Cache hit rate", "P95 latency", "`access_count`". */
  readonly metric: string;
  /** `stable`: does not grow; `rising`: grows; neither has a value. */
  readonly comparator: NumberComparator | 'stable' | 'rising';
  /** In `unit`; NaN for `stable` and `rising`. Of a reduction: the ratio. */
  readonly value: number;
  readonly unit: CriterionUnit;
  /** `target`: it should hold. `alarm`: something is wrong when it holds. */
  readonly sense: 'target' | 'alarm';
  /** For how long: "for 15 minutes", "over the last hour". */
  readonly windowMs?: number;
  /** 95 for p95; 50 for the median. */
  readonly percentile?: number;
  readonly statistic?: 'average' | 'maximum' | 'minimum';
  /** Of an alert list: how bad it is. */
  readonly severity?: 'critical' | 'warning' | 'info' | undefined;
  /** Which calls: "for cached calls", "for cache hits". */
  readonly scope?: 'cached' | 'uncached';
  /** The change against the captured baseline is meant, not the value itself. */
  readonly relativeToBaseline?: 'reduction' | 'increase';
  /** What one would rather have: "(target: 70-80%)". In `unit`. */
  readonly aim?: { readonly low: number; readonly high: number };
  /** A result the document itself reports beside it. In `unit`. */
  readonly reported?: number;
  /** Value of the table's column "Baseline" or "Before". In `unit`. */
  readonly baseline?: number;
  /** The words it was read from. */
  readonly text: string;
  readonly range: Range;
}

/** Base units: ratio 0 to 1, bytes (1 MB is 1024 × 1024), milliseconds. */
export type CriterionUnit = 'ratio' | 'bytes' | 'ms' | 'count' | 'perMinute' | 'perSecond';

/** Where a criterion's number is read. */
export type Reading =
  | {
      readonly source: 'redis';
      readonly field:
        | 'usedMemory'
        /** Of maxmemory. */
        | 'memoryShare'
        | 'evictedKeys'
        /** Over the last minute. */
        | 'evictionRate'
        | 'connectedClients'
        | 'roundTrip'
        | 'keys'
        | 'fragmentation'
        | 'uptime';
      readonly unit: CriterionUnit;
    }
  /** The environment’s hit rate of the last minutes, or that of one namespace; from the best source that gives one. */
  | {
      readonly source: 'hitRate';
      readonly namespace: string | undefined;
      readonly from: readonly HitRateSource[];
      /** The same as Prometheus works it out; undefined where it is not among the sources. */
      readonly query: string | undefined;
      readonly unit: 'ratio';
    }
  /** The query's one value times `scale` is in `unit`. */
  | {
      readonly source: 'prometheus';
      readonly query: string;
      readonly unit: CriterionUnit;
      readonly scale: number;
      /** What it is called in a baseline, where one holds it: `p95cached`. */
      readonly figure?: string | undefined;
    };

export type Binding =
  | { readonly kind: 'bound'; readonly reading: Reading; readonly note: string | undefined }
  /** `why` is a sentence; `setting` is the one that would bind it: `metrics.latency`. */
  | { readonly kind: 'unbound'; readonly why: string; readonly setting: string | undefined };

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
