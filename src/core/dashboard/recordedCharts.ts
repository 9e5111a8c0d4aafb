import type { EnvironmentSettings } from '../environment/schema.ts';
import { formatBytes } from '../format.ts';
import { gaugeOf, rateOf, spacingOf } from './counters.ts';
import type { Chart, ChartSeries, ChartState, ColorName, Unit } from './model.ts';
import { rateWindowMs } from './range.ts';
import type { Grid } from './range.ts';
import { tierShapes } from './recording.ts';
import type { Poll, Recording } from './recording.ts';
import { scrapedSource } from './scrapedRedis.ts';
import type { ScrapedRedis } from './scrapedRedis.ts';
import { isEmpty } from './series.ts';
import type { Values } from './series.ts';

/** What the extension has recorded by itself, and what redis_exporter tells of it, as charts. */
export interface RecordedInput {
  readonly settings: EnvironmentSettings;
  readonly grid: Grid;
  readonly recording: Recording;
  /** What Prometheus knows of the Redis, which then counts; it was there while no editor was open. */
  readonly scraped?: ScrapedRedis | undefined;
}

type Service = Poll['service'];
export type Watched = 'redis' | 'qdrant';

export interface Line {
  readonly id: string;
  readonly label: string;
  /** Name in the recording. */
  readonly from: string;
  readonly how: 'rate' | 'gauge';
  readonly color: ColorName;
  readonly filled?: boolean;
  /** To the chart's unit. */
  readonly factor?: number;
}

interface Drawn {
  readonly id: string;
  readonly title: string;
  readonly service: Watched;
  readonly unit: Unit;
  readonly lines: readonly Line[];
}

const drawn: readonly Drawn[] = [
  {
    id: 'memory',
    title: 'Redis memory',
    service: 'redis',
    unit: 'bytes',
    lines: [{ id: 'memory', label: 'used', from: 'memory', how: 'gauge', color: 'blue', filled: true }],
  },
  {
    id: 'keys',
    title: 'Keys',
    service: 'redis',
    unit: 'count',
    lines: [{ id: 'keys', label: 'keys', from: 'keys', how: 'gauge', color: 'blue' }],
  },
  {
    id: 'evictions',
    title: 'Evictions and expiries',
    service: 'redis',
    unit: 'perSecond',
    lines: [
      { id: 'evicted', label: 'evicted', from: 'evicted', how: 'rate', color: 'red' },
      { id: 'expired', label: 'expired', from: 'expired', how: 'rate', color: 'blue' },
    ],
  },
  {
    id: 'commands',
    title: 'Commands',
    service: 'redis',
    unit: 'perSecond',
    lines: [{ id: 'commands', label: 'commands', from: 'commands', how: 'rate', color: 'green', filled: true }],
  },
  {
    id: 'roundTrip',
    title: 'Round trip to Redis',
    service: 'redis',
    unit: 'seconds',
    lines: [
      { id: 'roundTrip', label: 'PING from here', from: 'roundTripMs', how: 'gauge', color: 'purple', factor: 0.001 },
    ],
  },
  {
    id: 'points',
    title: 'Qdrant points',
    service: 'qdrant',
    unit: 'count',
    lines: [{ id: 'points', label: 'points', from: 'points', how: 'gauge', color: 'purple', filled: true }],
  },
  {
    id: 'qdrantWork',
    title: 'Qdrant at work',
    service: 'qdrant',
    unit: 'count',
    lines: [
      { id: 'queue', label: 'updates waiting', from: 'queue', how: 'gauge', color: 'orange' },
      { id: 'optimizing', label: 'collections optimized', from: 'optimizing', how: 'gauge', color: 'blue' },
    ],
  },
];

export function recordedCharts(input: RecordedInput): readonly Chart[] {
  return (['redis', 'qdrant'] as const).flatMap((service) => {
    if (input.settings[service] === undefined) return [];
    const charts = drawn.filter((one) => one.service === service).map((one) => chart(input, one));
    const [first] = charts;
    // One empty card says it for all.
    return first && charts.every(({ state }) => state.kind !== 'ready')
      ? [{ ...first, title: `${names[service]} over time`, limits: [] }]
      : charts.map((one) => (one.state.kind === 'ready' ? one : { ...one, state: missing(one.unit, names[service]) }));
  });
}

const names = { redis: 'Redis', qdrant: 'Qdrant' } as const;

function chart(input: RecordedInput, { id, title, service, unit, lines }: Drawn): Chart {
  const scraped = lines.filter(({ from }) => scrapedOf(input, service, from) !== undefined);
  const shown = scraped.length > 0 ? scraped : lines;
  const series = shown
    .map(({ from, how, factor = 1, ...look }): ChartSeries => {
      const values = scrapedOf(input, service, from) ?? recorded(input, service, from, how);
      return { ...look, values: factor === 1 ? values : values.map((value) => value && value * factor) };
    })
    .filter(({ values }) => !isEmpty(values));
  return {
    id,
    title,
    unit,
    source: sourceOf(service, scraped.length > 0),
    series,
    limits: limitsOf(input, id),
    state: series.length > 0 ? { kind: 'ready' } : nothingRecorded(names[service]),
    resets: restarts(input, service),
    queries: scraped.flatMap(({ label, from }) => {
      const query = input.scraped?.queries[from];
      return query === undefined ? [] : [{ label, query }];
    }),
  };
}

/** The same from Prometheus; undefined where it is not scraped. */
export function scrapedOf({ scraped }: RecordedInput, service: Service, name: string): Values | undefined {
  return service === 'redis' ? scraped?.values[name] : undefined;
}

export function sourceOf(service: Watched, isScraped: boolean): string {
  return isScraped ? scrapedSource : `recorded here from ${names[service]}`;
}

function nothingRecorded(name: string): ChartState {
  return {
    kind: 'empty',
    why: `Nothing of ${name} was recorded in this range.`,
    next: 'Cache Ops records while it reads the environment: with this page, the Health view or the status bar open.',
    action: 'refreshHealth',
  };
}

/** Where other things of the server were recorded. */
function missing(unit: Unit, name: string): ChartState {
  return unit === 'perSecond'
    ? { kind: 'empty', why: 'Too few readings in this range: a rate takes two of them.', next: 'Keep this page open.' }
    : { kind: 'empty', why: `${name} told nothing of this in this range.`, next: '' };
}

function limitsOf({ settings: { limits }, grid, recording }: RecordedInput, id: string): Chart['limits'] {
  if (id === 'memory') {
    const most = recording.points('redis', 'maxmemory', grid.fromMs).values.at(-1) ?? 0;
    return [
      ...(limits?.redisMemory === undefined
        ? []
        : [above(`limit ${formatBytes(limits.redisMemory)}`, limits.redisMemory, 'warning')]),
      ...(most > 0 ? [above(`maxmemory ${formatBytes(most)}`, most, 'critical')] : []),
    ];
  }
  if (id === 'roundTrip' && limits?.roundTrip !== undefined)
    return [above(`at most ${limits.roundTrip} ms`, limits.roundTrip / 1000, 'warning')];
  if (id === 'evictions' && limits?.evictionsPerMinute !== undefined)
    return [above(`at most ${limits.evictionsPerMinute} a minute`, limits.evictionsPerMinute / 60, 'warning')];
  return [];
}

function above(label: string, value: number, tone: 'warning' | 'critical') {
  return { label, value, tone, bad: 'above' } as const;
}

/** A recorded number on the grid. */
export function recorded({ grid, recording }: RecordedInput, service: Service, name: string, how: Line['how']): Values {
  const [, coarse] = tierShapes;
  // Some polls before the first moment, for what it looks back at.
  const points = recording.points(service, name, grid.fromMs - 3 * coarse.everyMs - rateWindowMs(grid));
  const spacing = spacingOf(points);
  if (how === 'rate') return rateOf(points, grid, Math.max(rateWindowMs(grid), 2.2 * spacing));
  return gaugeOf(points, grid, 3 * spacing);
}

/** When another process was found to count. */
export function restarts({ grid, recording }: RecordedInput, service: Service): readonly number[] {
  const { atMs, values } = recording.points(service, 'restarts', grid.fromMs);
  return atMs.filter((_, index) => index > 0 && (values[index] ?? 0) > (values[index - 1] ?? 0));
}
