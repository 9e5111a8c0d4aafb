import type { Chart, ChartSeries, Tile } from '../dashboard/model.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import { baselineWords, figureOf } from './baseline.ts';
import type { Baseline } from './baseline.ts';
import { lookupId } from './recorded.ts';

export interface Against {
  readonly baseline: Baseline;
  readonly settings: EnvironmentSettings;
  /** Whose lookups the dashboard shows. */
  readonly counted: 'application' | 'keyspace';
}

/** Tiles with what they were in the baseline; a figure it does not have, or had from elsewhere, is not compared. */
export function tilesAgainst(tiles: readonly Tile[], against: Against): readonly Tile[] {
  return tiles.map((tile) => {
    const figure = find(against, tile.id);
    if (figure?.unit !== tile.unit) return tile;
    const detail = `${baselineWords(against.baseline)}, ${figure.source}, ${figure.samples} samples`;
    return { ...tile, compared: [...tile.compared, { label: 'baseline', value: figure.value, detail }] };
  });
}

/** Figures that are drawn in a chart. */
const drawn: Readonly<Record<string, readonly string[]>> = {
  hitRate: ['hitRate'],
  lookups: ['hits', 'misses'],
  latency: ['p95', 'p95cached', 'p95uncached'],
  memory: ['memory'],
  keys: ['keys'],
  evictions: ['evictions'],
  points: ['points'],
};

/** Charts with the figures of the baseline behind: as lines, since a figure stands for its whole window. */
export function chartsAgainst(charts: readonly Chart[], against: Against, count: number): readonly Chart[] {
  return charts.map((chart) => {
    if (chart.state.kind !== 'ready') return chart;
    const shown = new Set(chart.series.map(({ id }) => id));
    const figures = (drawn[chart.id] ?? []).flatMap((id) => {
      const figure = find(against, id);
      // Of all answers together, where they are not drawn apart.
      return figure?.unit === chart.unit && (chart.id !== 'latency' || shown.has(id)) ? [figure] : [];
    });
    const lines = figures.map(({ id, label, value }): ChartSeries => {
      const words = figures.length > 1 ? `${label}, baseline` : 'baseline';
      return {
        id: `baseline/${id}`,
        label: words,
        values: Array.from({ length: count }, () => value),
        color: 'grey',
        dashed: true,
      };
    });
    return lines.length === 0 ? chart : { ...chart, series: [...chart.series, ...lines] };
  });
}

function find({ baseline, settings, counted }: Against, id: string) {
  const isLookup = ['hitRate', 'requests', 'hits', 'misses'].includes(id);
  return figureOf(baseline, settings, isLookup ? lookupId(id, counted) : id);
}
