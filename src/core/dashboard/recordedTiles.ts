import type { Tile } from './model.ts';
import type { Grid } from './range.ts';
import { recorded, scrapedOf, sourceOf } from './recordedCharts.ts';
import type { RecordedInput } from './recordedCharts.ts';
import { recordedNumbers } from './recordedNumbers.ts';
import type { Recording } from './recording.ts';
import type { ScrapedRedis } from './scrapedRedis.ts';
import { currentOf } from './series.ts';
import type { Values } from './series.ts';

export interface RecordedTileInput extends RecordedInput {
  /** The moment whose values they show: one of the last minute in a live view, whatever the steps of its charts. */
  readonly now: Grid;
  /** What they are compared with: the day or the week before. */
  readonly before: { readonly label: string; readonly grid: Grid; readonly scraped: ScrapedRedis | undefined };
}

/** Tiles of the servers themselves: memory, evictions, keys, points. */
export function recordedTiles(input: RecordedTileInput): readonly Tile[] {
  const { settings, recording, grid, now, before } = input;
  return recordedNumbers
    .filter(({ service }) => settings[service] !== undefined)
    .map(({ from, how, service, ...look }) => {
      const scraped = scrapedOf(input, service, from);
      const spark = scraped ?? recorded(input, service, from, how);
      const earlier = { ...input, grid: before.grid, scraped: before.scraped };
      const [was = null] = scrapedOf(earlier, service, from) ?? recorded(earlier, service, from, how);
      const current = scraped
        ? momentOf(scraped, grid)
        : { value: recorded({ ...input, grid: now }, service, from, how)[0] ?? null, atMs: now.fromMs };
      const { value } = current;
      const most = look.id === 'memory' ? memoryLimit(input, recording) : undefined;
      return {
        ...look,
        value,
        ...(value === null ? { why: how === 'rate' ? 'too few readings yet' : 'not read then' } : {}),
        ...(most === undefined ? {} : { of: most }),
        judgement: value !== null && most !== undefined ? (value > most ? 'warning' : 'ok') : 'unjudged',
        compared: was === null ? [] : [{ label: before.label, value: was }],
        spark,
        source: sourceOf(service, scraped !== undefined),
        atMs: value === null ? null : current.atMs,
      };
    });
}

function memoryLimit({ settings, grid }: RecordedInput, recording: Recording): number | undefined {
  const most = recording.points('redis', 'maxmemory', grid.fromMs).values.at(-1);
  return settings.limits?.redisMemory ?? (most === undefined || most === 0 ? undefined : most);
}

function momentOf(values: Values, { fromMs, stepMs }: Grid): { value: number | null; atMs: number } {
  const { value, index } = currentOf(values) ?? { value: null, index: 0 };
  return { value, atMs: fromMs + index * stepMs };
}
