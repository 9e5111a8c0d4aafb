import { baselineWords } from '../baseline/baseline.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { chartsAgainst, tilesAgainst } from '../baseline/compare.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import { explain, OpsError } from '../errors.ts';
import { appCharts, nothingCounted } from './charts.ts';
import type { AppInput } from './charts.ts';
import { headlineOf } from './headline.ts';
import { loadMeasured, loadRates, loadTotals, momentBefore, resetsIn } from './load.ts';
import type { AskRange, Measured, Rates, Totals } from './load.ts';
import type { Chart, ChartState, Marker, NamespaceTable, SourceState, Tile, View } from './model.ts';
import { overlaid } from './overlay.ts';
import { rangeQueries } from './queries.ts';
import type { RangeName } from './queries.ts';
import { comparisonDays, endOf, rateWindowMs } from './range.ts';
import type { Grid, Range } from './range.ts';
import { recordedCharts, recordedTiles } from './recordedCharts.ts';
import { recordedLookups } from './recordedLookups.ts';
import type { Recording } from './recording.ts';
import { namespaceTable } from './table.ts';
import { appTiles } from './tiles.ts';

export interface ViewRequest {
  readonly settings: EnvironmentSettings;
  readonly range: Range;
  readonly grid: Grid;
  /** Undefined where the environment names no Prometheus. */
  readonly ask: AskRange | undefined;
  readonly recording: Recording;
  /** What happened; read at the same time. */
  readonly markers: Promise<readonly Marker[]>;
  /** What is known to be wrong now: `Redis connection refused`. */
  readonly troubles: readonly string[];
  /** The newest one captured of the environment; read at the same time. Left out: nothing is compared with it. */
  readonly baseline?: Promise<Baseline | undefined> | undefined;
  /** Drawn behind, at the same places: the baseline, the same stretch another day, or of another environment. */
  readonly overlay:
    { readonly label: string; readonly rates: () => Promise<Rates | undefined> } | 'baseline' | undefined;
  readonly nowMs: () => number;
  /** Called with what is there before the slower queries have answered. */
  readonly onPartial: (view: View) => void;
}

const measuredNames: readonly RangeName[] = [
  'exact',
  'semantic',
  'p50',
  'p95',
  'p50cached',
  'p95cached',
  'meanCached',
  'p50uncached',
  'p95uncached',
  'meanUncached',
  'errors',
  'resets',
];
/** What tiles show; compared with the day or the week before. */
const comparedNames: readonly RangeName[] = ['exact', 'semantic', 'p95', 'p95cached', 'p95uncached', 'errors'];

/**
 * Reads all that a page shows of an environment. Rejects when Prometheus, where there is one, cannot be asked at all; a
 * part that fails is said in `sources` and in its chart, and the others are shown.
 */
export async function loadView(request: ViewRequest): Promise<View> {
  const { settings, grid, ask } = request;
  const rates = ask && (await loadRates(settings, grid, ask));
  if (!ask || !rates) {
    const [markers, baseline] = await Promise.all([request.markers, request.baseline]);
    return viewOf(request, { ...recordedApp(request), markers, baseline }, [], request.nowMs());
  }
  const app = { ...emptyApp(request), rates, loading: true };
  const early = viewOf(
    request,
    { app, tiles: tilesOf(request, app), table: loadingTable, markers: [] },
    [],
    request.nowMs(),
  );
  // What is looked at first; the smaller it is, the sooner it is there.
  request.onPartial({ ...early, charts: early.charts.slice(0, 1), partial: true });
  const failed = new Map<string, string[]>();
  const orElse = async <T>(what: string, reading: Promise<T>, fallback: T): Promise<T> => {
    try {
      return await reading;
    } catch (error) {
      // A part may be refused, or take too long. When Prometheus is gone, all of it is, and what was shown stays.
      if (!(error instanceof OpsError) || !['protocol', 'timedOut'].includes(error.code)) throw error;
      const why = explain(error);
      failed.set(why, [...(failed.get(why) ?? []), what]);
      return fallback;
    }
  };
  const before = momentBefore(grid, comparisonDays(grid));
  const [measured, ratesBefore, measuredBefore, totals, overlay] = await Promise.all([
    orElse<Measured>('Latency and errors', loadMeasured(settings, grid, ask, measuredNames), {}),
    orElse<Rates | undefined>('Comparison', loadRates(settings, before, ask), undefined),
    orElse<Measured>('Comparison', loadMeasured(settings, before, ask, comparedNames), {}),
    orElse<Totals>('Totals by namespace', loadTotals(settings, grid, ask), {}),
    orElse<Rates | undefined>('Overlay', ratesBehind(request), undefined),
  ]);
  const { resets = [], ...drawn } = measured;
  const whole = { ...app, measured: drawn, resets: resetsIn(resets, grid), loading: false };
  const compared = { label: comparisonLabel(grid), rates: ratesBefore, measured: measuredBefore };
  const spanMs = endOf(grid) - grid.fromMs;
  const parts = {
    app: whole,
    tiles: tilesOf(request, whole, compared),
    table: namespaceTable(settings, totals, spanMs),
    overlay,
    markers: await request.markers,
    baseline: await request.baseline,
  };
  const troubles = [...failed].map(([why, what]): SourceState => {
    return { name: 'Prometheus', state: 'partial', message: `${[...new Set(what)].join(', ')} not read: ${why}` };
  });
  return viewOf(request, parts, troubles, request.nowMs());
}

export function comparisonLabel(grid: Grid): string {
  return comparisonDays(grid) === 1 ? 'yesterday' : 'last week';
}

function ratesBehind({ overlay }: ViewRequest): Promise<Rates | undefined> {
  return typeof overlay === 'object' ? overlay.rates() : Promise.resolve(undefined);
}

function emptyApp({ settings, grid }: ViewRequest): Omit<AppInput, 'rates'> {
  const queries = rangeQueries(settings, rateWindowMs(grid), grid.stepMs);
  return {
    settings,
    grid,
    measured: {},
    resets: [],
    queries,
    source: 'Prometheus',
    counted: 'application',
    loading: false,
  };
}

interface Parts {
  readonly markers: readonly Marker[];
  readonly app: AppInput | undefined;
  readonly tiles: readonly Tile[];
  readonly table: NamespaceTable;
  readonly overlay?: Rates | undefined;
  readonly baseline?: Baseline | undefined;
}

/** Where there is no Prometheus: what the extension saw by itself, called what it is. */
function recordedApp(request: ViewRequest): Omit<Parts, 'markers'> {
  const lookups = recordedLookups(request);
  const app = lookups && { ...emptyApp(request), ...lookups, queries: undefined };
  const table = { ...loadingTable, state: noTable(request.settings) };
  return { app, tiles: app ? tilesOf(request, app) : [], table };
}

const loadingTable: NamespaceTable = { rows: [], note: '', currency: null, state: { kind: 'loading' } };

function noTable({ prometheus, metrics }: EnvironmentSettings): ChartState {
  const missing = prometheus ? (metrics?.by === undefined ? 'metrics, with metrics.by' : undefined) : 'prometheus';
  return {
    kind: 'empty',
    why: 'What each namespace came to is counted by Prometheus alone.',
    next: missing === undefined ? '' : `Set ${missing} in the environment.`,
    action: 'openSettings',
  };
}

function tilesOf(
  request: ViewRequest,
  app: AppInput,
  before?: Parameters<typeof appTiles>[0]['before'],
): readonly Tile[] {
  const { settings, grid } = request;
  return appTiles({
    settings,
    grid,
    rates: app.rates,
    measured: app.measured,
    before,
    source: app.source,
    counted: app.counted,
  });
}

function viewOf(
  request: ViewRequest,
  { app, tiles, table, overlay, markers, baseline }: Parts,
  troubles: readonly SourceState[],
  readAtMs: number,
): View {
  const { settings, grid, recording, range } = request;
  const drawn = app ? appCharts(app) : [nothingCounted()];
  const label = typeof request.overlay === 'object' ? request.overlay.label : '';
  const behind = overlay ? overlaid(drawn, overlay, label) : drawn;
  const input = { settings, grid, recording };
  const charts: readonly Chart[] = [...behind, ...recordedCharts(input)];
  const counted = app?.counted ?? 'application';
  const against = baseline && { baseline, settings, counted };
  const before = momentBefore(grid, comparisonDays(grid));
  const now = { fromMs: range.kind === 'live' ? readAtMs : endOf(grid), stepMs: grid.stepMs, count: 1 };
  const allTiles = [...tiles, ...recordedTiles(input, now, before, comparisonLabel(grid))];
  return {
    headline: headlineOf({
      grid,
      rates: app?.rates ?? { namespaces: [], hits: [], misses: [] },
      limits: settings.limits?.hitRate,
      resets: app?.resets ?? [],
      markers,
      troubles: range.kind === 'live' ? request.troubles : [],
      counted,
      nowMs: readAtMs,
    }),
    range,
    grid,
    tiles: against ? tilesAgainst(allTiles, against) : allTiles,
    charts: against && request.overlay === 'baseline' ? chartsAgainst(charts, against, grid.count) : charts,
    table,
    markers,
    sources: [...missingSources(settings), ...troubles],
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
