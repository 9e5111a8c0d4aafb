import type { Chart, ChartSeries } from '../core/dashboard/model.ts';
import { currentOf } from '../core/dashboard/series.ts';
import { formatValue } from '../core/dashboard/units.ts';
import { h, redraw } from './dom.ts';

export interface LegendActions {
  isShown(chart: Chart, series: ChartSeries): boolean;
  toggle(chart: Chart, series: ChartSeries, alone: boolean): void;
}

/** The lines of a chart as buttons, each with its last value; of a single line that needs no telling apart, nothing. */
export function drawLegend(legend: HTMLElement, chart: Chart, actions: LegendActions): void {
  const { series, unit, title } = chart;
  legend.setAttribute('aria-label', `Series of ${title}`);
  const entries = series.map((one) => {
    const shown = actions.isShown(chart, one);
    const now = currentOf(one.values);
    return h(
      'button',
      {
        type: 'button',
        class: 'legend-entry',
        'aria-pressed': String(shown),
        title: `${shown ? 'Hide' : 'Show'} ${one.label}; with Alt, show it alone`,
        onclick: (event: MouseEvent) => actions.toggle(chart, one, event.altKey),
        // The browser makes no click of it.
        onkeydown: ({ altKey, key }: KeyboardEvent) => altKey && key === 'Enter' && actions.toggle(chart, one, true),
      },
      h('span', { class: `swatch ${one.color}${one.dashed === true ? ' dashed' : ''}` }),
      h('span', {}, one.label),
      h('span', { class: 'legend-value' }, now ? formatValue(now.value, unit) : 'none now'),
    );
  });
  redraw(legend, ...(series.length > 1 || series.some(({ dashed }) => dashed === true) ? entries : []));
}
