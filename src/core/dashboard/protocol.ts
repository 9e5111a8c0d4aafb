import * as z from 'zod/mini';
import { sectionSchema } from '../keyspace/section.ts';
import { colorNames, nextActions, units } from './model.ts';
import type { View } from './model.ts';
import { longestSpanMs, shortestSpanMs } from './range.ts';

// What the extension host and the page say to each other. Either takes the other's words as those of a stranger: what
// does not fit is dropped.

const wallMs = z.number().check(z.nonnegative(), z.maximum(8.64e15));
const width = z.number().check(z.minimum(1), z.maximum(20_000));
const nextAction = z.enum(nextActions);
const word = z.string().check(z.maxLength(200));
/** The address of a folder is part of it. */
const environmentId = z.string().check(z.maxLength(2_000));

export const rangeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('live'),
    spanMs: z.number().check(z.minimum(shortestSpanMs), z.maximum(longestSpanMs)),
  }),
  z
    .object({ kind: z.literal('fixed'), fromMs: wallMs, toMs: wallMs })
    .check(z.refine(({ fromMs, toMs }) => toMs - fromMs >= shortestSpanMs && toMs - fromMs <= longestSpanMs)),
]);

/** What is drawn behind: the same stretch a day or a week before, the baseline, or another environment's. */
export const overlaySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['none', 'baseline']) }),
  z.object({ kind: z.literal('days'), days: z.union([z.literal(1), z.literal(7)]) }),
  z.object({ kind: z.literal('environment'), id: environmentId }),
]);
export type Overlay = z.output<typeof overlaySchema>;

/** How a user left the page of an environment, and finds it again: in the next window too. */
export const pageStateSchema = z.object({
  range: rangeSchema,
  overlay: overlaySchema,
  /** Ids of charts and, after a slash, of series that the user switched on or off. */
  toggled: z.array(z.string().check(z.maxLength(500))).check(z.maxLength(500)),
  sort: z.object({ by: word, descending: z.boolean() }),
});
export type PageState = z.output<typeof pageStateSchema>;

/** What the editor keeps of a page, and gives back when it is restored. */
export const pageOwnerSchema = z.object({ environmentId });
export type PageOwner = z.output<typeof pageOwnerSchema>;

/** Most characters of an exported file: an SVG of a month of twenty series has a tenth of it. */
const mostCharacters = 20 * 1024 * 1024;

export const pageMessageSchema = z.discriminatedUnion('type', [
  /** The page can be written to. `shownMs`: when the view that stood in it was read. */
  z.object({ type: z.literal('ready'), widthPx: width, shownMs: z.optional(z.number()) }),
  /** To be read for this range. */
  z.object({ type: z.literal('show'), state: pageStateSchema, widthPx: width }),
  /** Changed in how it is shown, not in what is read. */
  z.object({ type: z.literal('remember'), state: pageStateSchema }),
  z.object({ type: z.literal('refresh') }),
  z.object({
    type: z.literal('save'),
    name: z.string().check(z.regex(/^[\w-]{1,80}$/)),
    format: z.enum(['png', 'svg', 'csv']),
    /** Text; of a PNG its base64. */
    content: z.string().check(z.maxLength(mostCharacters)),
  }),
  z.object({ type: z.literal('copyQueries'), chart: word }),
  z.object({ type: z.literal('openQuery'), chart: word, in: z.enum(['prometheus', 'grafana']) }),
  z.object({ type: z.literal('openMarker'), id: z.string().check(z.maxLength(500)) }),
  z.object({ type: z.literal('do'), action: nextAction }),
  /** For the benches and the log: the first chart is on the screen. */
  z.object({ type: z.literal('painted') }),
]);
export type PageMessage = z.output<typeof pageMessageSchema>;

/** Who the page belongs to, and what it can offer; sent first, and again when that changes. */
const aboutSchema = z.object({
  type: z.literal('about'),
  environmentId: z.string(),
  /** `staging (production, assumed)` */
  title: z.string(),
  tier: z.string(),
  state: pageStateSchema,
  others: z.array(z.object({ id: z.string(), name: z.string() })),
  canOpen: z.object({ prometheus: z.boolean(), grafana: z.boolean() }),
  currency: z.string(),
  refreshMs: z.number(),
});
export type About = z.output<typeof aboutSchema>;

/** Only whether it is an array of numbers and nulls: a schema for each of tens of thousands would take too long. */
const values = z.custom<readonly (number | null)[]>(
  (raw) => Array.isArray(raw) && raw.every((one) => one === null || typeof one === 'number'),
);
const action = z.optional(nextAction);
const unit = z.enum(units);
const chartState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('loading') }),
  z.object({ kind: z.literal('empty'), why: z.string(), next: z.string(), action }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
const nothing = z.nullable(z.number());

const chart = z.object({
  id: z.string(),
  title: z.string(),
  source: z.string(),
  unit,
  series: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      values,
      color: z.enum(colorNames),
      dashed: z.optional(z.boolean()),
      filled: z.optional(z.boolean()),
      hidden: z.optional(z.boolean()),
    }),
  ),
  limits: z.array(
    z.object({
      label: z.string(),
      value: z.number(),
      tone: z.enum(['warning', 'critical']),
      bad: z.enum(['below', 'above']),
    }),
  ),
  state: chartState,
  resets: z.array(z.number()),
  queries: z.array(z.object({ label: z.string(), query: z.string() })),
  log: z.optional(z.boolean()),
  wide: z.optional(z.boolean()),
});

const tile = z.object({
  id: z.string(),
  label: z.string(),
  unit,
  value: nothing,
  why: z.optional(z.string()),
  of: z.optional(z.number()),
  better: z.enum(['higher', 'lower', 'neither']),
  judgement: z.enum(['ok', 'warning', 'critical', 'unjudged']),
  compared: z.array(z.object({ label: z.string(), value: z.number(), detail: z.optional(z.string()) })),
  spark: values,
  source: z.string(),
  atMs: nothing,
});

const table = z.object({
  rows: z.array(
    z.object({
      name: z.string(),
      hits: nothing,
      misses: nothing,
      ratio: nothing,
      p95Seconds: nothing,
      savedSeconds: nothing,
      savedMoney: nothing,
    }),
  ),
  note: z.string(),
  currency: z.nullable(z.string()),
  state: chartState,
});

const viewSchema = z.object({
  type: z.literal('view'),
  /** Another range has been asked for since when it is lower than the page's last. */
  ticket: z.number(),
  view: z.object({
    headline: z.object({
      tone: z.enum(['good', 'warning', 'critical', 'unknown']),
      text: z.string(),
      details: z.array(z.string()),
    }),
    range: rangeSchema,
    grid: z.object({ fromMs: z.number(), stepMs: z.number(), count: z.number() }),
    tiles: z.array(tile),
    charts: z.array(chart),
    table,
    markers: z.array(
      z.object({
        id: z.string(),
        atMs: z.number(),
        untilMs: z.optional(z.number()),
        label: z.string(),
        detail: z.string(),
        tone: z.enum(['change', 'alert', 'note']),
      }),
    ),
    sources: z.array(
      z.object({
        name: z.string(),
        state: z.enum(['ok', 'partial', 'failed', 'missing']),
        message: z.string(),
        action,
      }),
    ),
    baseline: z.optional(z.string()),
    keyspace: z.optional(z.array(sectionSchema)),
    readAtMs: z.number(),
    partial: z.boolean(),
  }),
});

/** The last reading failed: what is shown is what was known. */
const failedSchema = z.object({ type: z.literal('failed'), message: z.string(), action });

export const hostMessageSchema = z.discriminatedUnion('type', [
  aboutSchema,
  viewSchema,
  failedSchema,
  z.object({ type: z.literal('reading'), ticket: z.number() }),
]);
export type HostMessage =
  | About
  | { readonly type: 'view'; readonly ticket: number; readonly view: View }
  | z.output<typeof failedSchema>
  | { readonly type: 'reading'; readonly ticket: number };

/** What is known when a page is made stands in it, as the constant `first`. */
export interface FirstMessages {
  readonly writtenAtMs: number;
  readonly messages: readonly HostMessage[];
}
