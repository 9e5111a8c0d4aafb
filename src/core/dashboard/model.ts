import type { Section } from '../keyspace/section.ts';
import type { Grid, Range } from './range.ts';
import type { Values } from './series.ts';

// What a dashboard shows, ready to be drawn: nothing in it has to be fetched, and nothing of it is a secret.

export const units = ['ratio', 'perSecond', 'seconds', 'bytes', 'count', 'money'] as const;
export type Unit = (typeof units)[number];

/** Of the editor's chart colours; `grey` for what is only there to be compared with. */
export const colorNames = ['blue', 'green', 'orange', 'purple', 'red', 'yellow', 'grey'] as const;
export type ColorName = (typeof colorNames)[number];

export interface ChartSeries {
  readonly id: string;
  readonly label: string;
  readonly values: Values;
  readonly color: ColorName;
  readonly dashed?: boolean | undefined;
  /** Drawn as the area below it. */
  readonly filled?: boolean | undefined;
  /** Shown only when its entry of the legend is switched on. */
  readonly hidden?: boolean | undefined;
}

/** A line across the chart; what lies on its wrong side is tinted. */
export interface ChartLimit {
  readonly label: string;
  readonly value: number;
  readonly tone: 'warning' | 'critical';
  readonly bad: 'below' | 'above';
}

/** Why there is nothing to draw, or that it is still being read. */
export type ChartState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'empty'; readonly why: string; readonly next: string; readonly action?: NextAction | undefined }
  | { readonly kind: 'failed'; readonly message: string };

/** What a button beside such a message does. */
export const nextActions = [
  'openSettings',
  'setSecret',
  'refreshHealth',
  'captureBaseline',
  'analyseKeyspace',
] as const;
export type NextAction = (typeof nextActions)[number];

export interface Chart {
  readonly id: string;
  readonly title: string;
  /** Source and window: `Prometheus, rate over 5 min`. */
  readonly source: string;
  readonly unit: Unit;
  readonly series: readonly ChartSeries[];
  readonly limits: readonly ChartLimit[];
  readonly state: ChartState;
  /** Wall clock ms at which counters began anew. */
  readonly resets: readonly number[];
  /** What was asked, by what it gives. */
  readonly queries: readonly { readonly label: string; readonly query: string }[];
  /** By powers of ten: what it compares lies that far apart. */
  readonly log?: boolean | undefined;
  /** Takes the whole width. */
  readonly wide?: boolean | undefined;
}

export interface Tile {
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  /** Null: no data, and `why`. */
  readonly value: number | null;
  readonly why?: string | undefined;
  /** The most it may be: `212 MB of 512 MB`. */
  readonly of?: number | undefined;
  readonly better: 'higher' | 'lower' | 'neither';
  readonly judgement: 'ok' | 'warning' | 'critical' | 'unjudged';
  /** What it was: the day before, in the baseline. */
  readonly compared: readonly Compared[];
  readonly spark: Values;
  readonly source: string;
  /** Wall clock of the value. */
  readonly atMs: number | null;
}

/** What a value is held against. */
export interface Compared {
  readonly label: string;
  readonly value: number;
  /** From when, and by what it was measured, where that has to be said. */
  readonly detail?: string | undefined;
}

export interface NamespaceRow {
  readonly name: string;
  readonly hits: number | null;
  readonly misses: number | null;
  readonly ratio: number | null;
  readonly p95Seconds: number | null;
  readonly savedSeconds: number | null;
  readonly savedMoney: number | null;
}

export interface NamespaceTable {
  readonly rows: readonly NamespaceRow[];
  /** Over what, and how what is saved was reckoned. */
  readonly note: string;
  readonly currency: string | null;
  readonly state: ChartState;
}

/** Something that happened: an operation, a run of a checklist, an alert. */
export interface Marker {
  readonly id: string;
  readonly atMs: number;
  /** Where it lasted. */
  readonly untilMs?: number | undefined;
  readonly label: string;
  readonly detail: string;
  readonly tone: 'change' | 'alert' | 'note';
}

/** What one source of the view gave. */
export interface SourceState {
  readonly name: string;
  readonly state: 'ok' | 'partial' | 'failed' | 'missing';
  readonly message: string;
  readonly action?: NextAction | undefined;
}

/** The page in a sentence. */
export interface Headline {
  readonly tone: 'good' | 'warning' | 'critical' | 'unknown';
  readonly text: string;
  /** What may be the reason. */
  readonly details: readonly string[];
}

export interface View {
  readonly headline: Headline;
  readonly range: Range;
  readonly grid: Grid;
  readonly tiles: readonly Tile[];
  readonly charts: readonly Chart[];
  readonly table: NamespaceTable;
  readonly markers: readonly Marker[];
  readonly sources: readonly SourceState[];
  /** When and over what the baseline was captured that this is compared with; undefined: there is none. */
  readonly baseline?: string | undefined;
  /** Of the last keyspace analysis; none where there is a Redis that was not analysed. Undefined: there is no Redis. */
  readonly keyspace?: readonly Section[] | undefined;
  /** Wall clock of the end of the reading. */
  readonly readAtMs: number;
  /** More of it is on the way. */
  readonly partial: boolean;
}
