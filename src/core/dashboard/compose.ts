import { baselineWords } from '../baseline/baseline.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { chartsAgainst, tilesAgainst } from '../baseline/compare.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import type { KeyspaceAnalysis } from '../keyspace/model.ts';
import { appCharts, nothingCounted } from './charts.ts';
import type { AppInput } from './charts.ts';
import { headlineOf } from './headline.ts';
import { keyspaceSections } from './keyspace.ts';
import { momentBefore, noRates } from './load.ts';
import type { Rates } from './load.ts';
import type { Chart, Marker, NamespaceTable, SourceState, Tile, View } from './model.ts';
import { overlaid } from './overlay.ts';
import { comparisonDays, endOf } from './range.ts';
import type { Grid, Range } from './range.ts';
import { recordedCharts } from './recordedCharts.ts';
import { recordedTiles } from './recordedTiles.ts';
import type { Recording } from './recording.ts';
import type { ScrapedRedis } from './scrapedRedis.ts';

/** What a view is of, and what is known without asking anybody. */
export interface ViewSubject {
  readonly settings: EnvironmentSettings;
  readonly range: Range;
  readonly grid: Grid;
  readonly recording: Recording;
  /** What is known to be wrong now: `Redis connection refused`. */
  readonly troubles: readonly string[];
  /** The last one of the environment's Redis. */
  readonly keyspace?: KeyspaceAnalysis | undefined;
  /** Drawn behind, at the same places: the baseline, the same stretch another day, or of another environment. */
  readonly overlay:
    { readonly label: string; readonly rates: () => Promise<Rates | undefined> } | 'baseline' | undefined;
}

/** What was read of it. */
export interface ViewParts {
  readonly markers: readonly Marker[];
  readonly app: AppInput | undefined;
  readonly tiles: readonly Tile[];
  readonly table: NamespaceTable;
  readonly overlay?: Rates | undefined;
  readonly baseline?: Baseline | undefined;
  readonly redis?: RedisThen | undefined;
}

/** What redis_exporter tells of the Redis, on the grid and at the moment it is compared with. */
export interface RedisThen {
  readonly now: ScrapedRedis;
  readonly before: ScrapedRedis;
}

export function comparisonLabel(grid: Grid): string {
  return comparisonDays(grid) === 1 ? 'yesterday' : 'last week';
}

/** The page as it is to be drawn; `troubles`: what could not be read. */
export function viewOf(
  subject: ViewSubject,
  { app, tiles, table, overlay, markers, baseline, redis }: ViewParts,
  troubles: readonly SourceState[],
  readAtMs: number,
): View {
  const { settings, grid, recording, range } = subject;
  const drawn = app ? appCharts(app) : [nothingCounted()];
  const label = typeof subject.overlay === 'object' ? subject.overlay.label : '';
  const behind = overlay ? overlaid(drawn, overlay, label) : drawn;
  const input = { settings, grid, recording, scraped: redis?.now };
  const charts: readonly Chart[] = [...behind, ...recordedCharts(input)];
  const counted = app?.counted ?? 'application';
  const against = baseline && { baseline, settings, counted };
  const before = {
    label: comparisonLabel(grid),
    grid: momentBefore(grid, comparisonDays(grid)),
    scraped: redis?.before,
  };
  const now = { fromMs: range.kind === 'live' ? readAtMs : endOf(grid), stepMs: grid.stepMs, count: 1 };
  const allTiles = [...tiles, ...recordedTiles({ ...input, now, before })];
  return {
    headline: headlineOf({
      grid,
      rates: app?.rates ?? noRates,
      limits: settings.limits?.hitRate,
      resets: app?.resets ?? [],
      markers,
      troubles: range.kind === 'live' ? subject.troubles : [],
      counted,
      nowMs: readAtMs,
    }),
    range,
    grid,
    tiles: against ? tilesAgainst(allTiles, against) : allTiles,
    charts: against && subject.overlay === 'baseline' ? chartsAgainst(charts, against, grid.count) : charts,
    table,
    markers,
    sources: [...missingSources(settings), ...troubles],
    ...(settings.redis ? { keyspace: subject.keyspace ? keyspaceSections(subject.keyspace, readAtMs) : [] } : {}),
    ...(baseline ? { baseline: baselineWords(baseline) } : {}),
    readAtMs,
    partial: false,
  };
}

function missingSources({ prometheus, metrics }: EnvironmentSettings): readonly SourceState[] {
  if (!prometheus)
    return [
      {
        name: 'Prometheus',
        state: 'missing',
        message: 'The environment names no Prometheus: shown is what this editor recorded while it was open.',
        action: 'openSettings',
      },
    ];
  if (!metrics)
    return [
      {
        name: 'Prometheus',
        state: 'missing',
        message:
          'The environment does not say which metrics count hits and misses: set metrics.hits and metrics.misses.',
        action: 'openSettings',
      },
    ];
  return [];
}
