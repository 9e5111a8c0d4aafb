import type { EnvironmentSettings } from '../environment/schema.ts';
import type { Measured } from './load.ts';
import type { Grid } from './range.ts';
import { recorded, sourceOf } from './recordedCharts.ts';
import type { Recording } from './recording.ts';
import type { ScrapedRedis } from './scrapedRedis.ts';
import { isEmpty } from './series.ts';
import type { Values } from './series.ts';

/** How much was written, per second, and who counted it. */
export interface Writes {
  readonly label: string;
  readonly values: Values;
  /** Where that is another source than the chart's: `recorded here from Redis`. */
  readonly source: string | undefined;
  readonly query: string | undefined;
}

export interface WritesInput {
  readonly settings: EnvironmentSettings;
  readonly grid: Grid;
  readonly recording: Recording;
  readonly measured: Measured;
  readonly scraped: ScrapedRedis | undefined;
  readonly query: string | undefined;
}

/**
 * The application's own counter where it has one; else the write commands of Redis, which are those of every client and
 * are called so. Undefined where neither is known.
 */
export function writesOf({ measured, scraped, query, ...input }: WritesInput): Writes | undefined {
  if (measured.writes && !isEmpty(measured.writes))
    return { label: 'Writes', values: measured.writes, source: undefined, query };
  const label = 'Redis writes, every client';
  const known = scraped?.values['writes'];
  if (known) return { label, values: known, source: sourceOf('redis', true), query: scraped.queries['writes'] };
  const values = recorded(input, 'redisWrites', 'writes', 'rate');
  return isEmpty(values) ? undefined : { label, values, source: sourceOf('redis', false), query: undefined };
}
