import type { Baseline } from '../baseline/baseline.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import { explain, OpsError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { actionFor } from './actionFor.ts';
import type { AppInput } from './charts.ts';
import { comparisonLabel, viewOf } from './compose.ts';
import type { RedisThen, ViewParts, ViewSubject } from './compose.ts';
import { loadMeasured, loadRates, loadTotals, momentBefore, noRates, resetsIn } from './load.ts';
import type { AskRange, Measured, Rates, Totals } from './load.ts';
import type { ChartState, Marker, NamespaceTable, Tile, View } from './model.ts';
import { loadMeasuredParts } from './measuredParts.ts';
import { PartReads } from './partReads.ts';
import { rangeQueries } from './queries.ts';
import type { RangeName } from './queries.ts';
import { comparisonDays, endOf, rateWindowMs } from './range.ts';
import { recordedLookups } from './recordedLookups.ts';
import { findExporter, loadScraped } from './scrapedRedis.ts';
import { namespaceTable } from './table.ts';
import { appTiles } from './tiles.ts';
import { writesOf } from './writes.ts';

export interface ViewRequest extends ViewSubject {
  /** Undefined where the environment names no Prometheus. */
  readonly ask: AskRange | undefined;
  /** By which Prometheus is asked what redis_exporter tells of this Redis and no other: INFO's `run_id` of each primary. */
  readonly redisRunIds?: readonly string[] | undefined;
  /** What happened. */
  readonly markers: () => Promise<readonly Marker[]>;
  /** The newest one captured of the environment. Left out: nothing is compared with it. */
  readonly baseline?: (() => Promise<Baseline | undefined>) | undefined;
  readonly nowMs: () => number;
  /** Nothing of Prometheus is shown yet that could stay: a reading without it is better than none. */
  readonly isFirst?: boolean | undefined;
  /** Called with what one looks at first, before the slower queries, which are asked when it resolves. */
  readonly onPartial?: ((view: View) => Promise<void>) | undefined;
}

/** A part may be refused, or take too long. */
const ofOnePart: ReadonlySet<ErrorCode> = new Set(['protocol', 'timedOut', 'busy', 'permission']);

const totalsPart = 'Totals by namespace';
/** What tiles show; compared with the day or the week before. */
const comparedNames: readonly RangeName[] = ['exact', 'semantic', 'p95', 'p95cached', 'p95uncached', 'errors'];

/**
 * Reads all that a page shows of an environment. Rejects when Prometheus, where there is one, cannot be asked at all; a
 * part that fails is said in `sources` and in its chart, and the others are shown.
 */
export async function loadView(request: ViewRequest): Promise<View> {
  const { settings, ask, onPartial } = request;
  if (!ask || !settings.metrics) return recordedView(request);
  let isFirst = request.isFirst === true;
  try {
    if (onPartial) {
      await onPartial(await firstView(request, ask));
      isFirst = false;
    }
    return await wholeView(request, ask);
  } catch (error) {
    const isToBeSaid = isFirst && error instanceof OpsError && error.code !== 'cancelled';
    if (isToBeSaid) return withoutPrometheus(request, error);
    throw error;
  }
}

/** Where Prometheus does not count lookups. */
async function recordedView(request: ViewRequest): Promise<View> {
  const { ask } = request;
  const reads = new PartReads(() => false);
  const [markers, baseline, scraped] = await Promise.all([
    request.markers(),
    request.baseline?.(),
    ask && reads.orElse('Redis', loadRedis(request, ask), undefined),
  ]);
  const parts = { ...recordedApp(request, scraped), markers, baseline, redis: scraped };
  return viewOf(request, parts, reads.troubles, request.nowMs());
}

/** The hit rate of the whole cache: where there are many namespaces, theirs take several times as long. */
async function firstView(request: ViewRequest, ask: AskRange): Promise<View> {
  const { settings, grid } = request;
  const whole = settings.metrics && { ...settings, metrics: { ...settings.metrics, by: undefined } };
  const rates = (whole && (await loadRates(whole, grid, ask))) ?? noRates;
  const app = { ...emptyApp(request), rates, loading: true };
  const parts = { app, tiles: tilesOf(request, app), table: loadingTable, markers: [] };
  const view = viewOf(request, parts, [], request.nowMs());
  // The smaller it is, the sooner it is there.
  return { ...view, charts: view.charts.slice(0, 1), partial: true };
}

async function wholeView(request: ViewRequest, ask: AskRange): Promise<View> {
  const { settings, grid } = request;
  // When Prometheus is gone, all of it is, and what was shown stays.
  const reads = new PartReads(({ code }) => !ofOnePart.has(code));
  const before = momentBefore(grid, comparisonDays(grid));
  const [
    markers,
    baseline,
    rates = noRates,
    { measured, whyNot },
    ratesBefore,
    measuredBefore,
    totals,
    overlay,
    scraped,
  ] = await Promise.all([
    request.markers(),
    request.baseline?.(),
    loadRates(settings, grid, ask),
    loadMeasuredParts(settings, grid, ask, reads),
    reads.orElse<Rates | undefined>('Comparison', loadRates(settings, before, ask), undefined),
    reads.orElse<Measured>('Comparison', loadMeasured(settings, before, ask, comparedNames), {}),
    reads.orElse<Totals>(totalsPart, loadTotals(settings, grid, ask), {}),
    reads.orElse<Rates | undefined>('Overlay', ratesBehind(request), undefined),
    reads.orElse('Redis', loadRedis(request, ask), undefined),
  ]);
  const { resets = [], ...drawn } = measured;
  const app = emptyApp(request);
  const writes = writesOf({ ...request, measured: drawn, scraped: scraped?.now, query: app.queries?.writes });
  const whole = { ...app, rates, measured: drawn, resets: resetsIn(resets, grid), loading: false, writes, whyNot };
  const compared = { label: comparisonLabel(grid), rates: ratesBefore, measured: measuredBefore };
  const spanMs = endOf(grid) - grid.fromMs;
  const parts = {
    app: whole,
    tiles: tilesOf(request, whole, compared),
    table: namespaceTable(settings, totals, spanMs, reads.whyNot(totalsPart)),
    overlay,
    markers,
    baseline,
  };
  return viewOf(request, { ...parts, redis: scraped }, reads.troubles, request.nowMs());
}

/** What needs no Prometheus, and why the rest is not there. */
async function withoutPrometheus(request: ViewRequest, error: OpsError): Promise<View> {
  const [markers, baseline] = await Promise.all([request.markers(), request.baseline?.()]);
  const state = { kind: 'failed', message: 'Prometheus was not read.' } as const;
  const parts = { app: undefined, tiles: [], table: { ...loadingTable, state }, markers, baseline };
  const source = { name: 'Prometheus', state: 'failed', message: explain(error), action: actionFor(error) } as const;
  const view = viewOf(request, parts, [source], request.nowMs());
  const text = 'Prometheus was not read: nothing can be said of the hit rate.';
  return {
    ...view,
    headline: { tone: 'unknown', text, details: view.headline.details },
    charts: view.charts.map((chart) => (chart.id === 'hitRate' ? { ...chart, source: 'Prometheus', state } : chart)),
  };
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

async function loadRedis(request: ViewRequest, ask: AskRange): Promise<RedisThen | undefined> {
  const { grid, redisRunIds = [], nowMs } = request;
  const matchers = await findExporter(redisRunIds, ask, nowMs());
  if (matchers === undefined) return undefined;
  const [now, before] = await Promise.all([
    loadScraped(matchers, grid, ask, ['memory', 'keys', 'evicted', 'expired', 'commands', 'writes']),
    loadScraped(matchers, momentBefore(grid, comparisonDays(grid)), ask, ['memory', 'keys', 'evicted']),
  ]);
  return { now, before };
}

/** Where there is no Prometheus: what the extension saw by itself, called what it is. */
function recordedApp(request: ViewRequest, redis: RedisThen | undefined): Omit<ViewParts, 'markers'> {
  const lookups = recordedLookups(request);
  const writes = writesOf({ ...request, measured: {}, scraped: redis?.now, query: undefined });
  const app = lookups && { ...emptyApp(request), ...lookups, queries: undefined, writes };
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
    whyNot: app.whyNot,
  });
}
