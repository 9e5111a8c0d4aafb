import { chartCsv } from '../core/dashboard/export.ts';
import type { About } from '../core/dashboard/protocol.ts';
import type { ChartCard } from './card.ts';
import { tell } from './host.ts';
import type { MenuItem } from './menu.ts';
import { chartSvg, toPng } from './picture.ts';
import type { Theme } from './theme.ts';

/** What can be done with a chart: its data, its picture, its queries. */
export function chartMenu(card: ChartCard, { title, canOpen }: About, theme: Theme): readonly MenuItem[] {
  const { chart, grid } = card;
  const { id } = chart;
  const name = `${id}-${new Date(grid.fromMs).toISOString().slice(0, 16)}`.replaceAll(/[^\w-]/g, '-');
  const drawing = (): string => chartSvg(card, theme, title);
  const savePng = async (): Promise<void> => {
    tell({ type: 'save', name, format: 'png', content: await toPng(drawing()) });
  };
  const drawn = chart.state.kind === 'ready';
  const queries = chart.queries.length > 0;
  return [
    ...(drawn
      ? [
          { label: card.tableIsOpen ? 'Hide data table' : 'Show data as a table', run: () => card.toggleTable() },
          {
            label: 'Save as CSV…',
            run: () => tell({ type: 'save', name, format: 'csv', content: chartCsv(chart, grid) }),
          },
          { label: 'Save as PNG…', run: () => void savePng() },
          { label: 'Save as SVG…', run: () => tell({ type: 'save', name, format: 'svg', content: drawing() }) },
        ]
      : []),
    ...(queries ? [{ label: 'Copy PromQL', run: () => tell({ type: 'copyQueries', chart: id }) }] : []),
    ...(queries && canOpen.prometheus
      ? [{ label: 'Open in Prometheus', run: () => tell({ type: 'openQuery', chart: id, in: 'prometheus' }) }]
      : []),
    ...(queries && canOpen.grafana
      ? [{ label: 'Open in Grafana Explore', run: () => tell({ type: 'openQuery', chart: id, in: 'grafana' }) }]
      : []),
    ...(drawn || queries ? [] : [{ label: 'Read again now', run: () => tell({ type: 'refresh' }) }]),
  ];
}
