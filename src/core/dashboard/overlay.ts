import type { Rates } from './load.ts';
import type { Chart, ChartSeries } from './model.ts';
import { shareOf, sumOf } from './series.ts';

/** The charts of hit rate and lookups with the same of another time or environment behind, dashed and grey. */
export function overlaid(charts: readonly Chart[], other: Rates, label: string): readonly Chart[] {
  const behind: Readonly<Record<string, ChartSeries>> = {
    hitRate: {
      id: 'overlay',
      label: `hit rate, ${label}`,
      values: shareOf(other.hits, other.misses),
      color: 'grey',
      dashed: true,
    },
    lookups: {
      id: 'overlay',
      label: `lookups, ${label}`,
      values: sumOf([other.hits, other.misses]),
      color: 'grey',
      dashed: true,
    },
  };
  return charts.map((chart) => {
    const series = behind[chart.id];
    return series ? { ...chart, series: [...chart.series, series] } : chart;
  });
}
