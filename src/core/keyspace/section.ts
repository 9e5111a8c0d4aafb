import * as z from 'zod/mini';

const row = z.object({
  label: z.string(),
  /** 0 to 1: how long its bar is. */
  bar: z.number(),
  /** The number and, behind it, what else is known. */
  value: z.string(),
  more: z.string(),
});

/** A question about the keys, as a table with bars: words and lengths, nothing left to reckon. */
export const sectionSchema = z.object({
  id: z.string(),
  title: z.string(),
  note: z.string(),
  /** Headings of label, value and what stands behind it. */
  columns: z.array(z.string()),
  color: z.enum(['blue', 'green', 'orange', 'purple']),
  rows: z.array(row),
});
export type Section = z.output<typeof sectionSchema>;
