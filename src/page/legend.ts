import type { Chart, ChartSeries } from '../core/dashboard/model.ts';
import { lastOf } from '../core/dashboard/series.ts';
import { formatValue } from '../core/dashboard/units.ts';
import { h } from './dom.ts';

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
    const last = lastOf(one.values);
    return h(
      'button',
      {
        type: 'button',
        class: 'legend-entry',
        'aria-pressed': String(shown),
        title: `${shown ? 'Hide' : 'Show'} ${one.label}; with Alt, show it alone`,
        onclick: (event: MouseEvent) => actions.toggle(chart, one, event.altKey),
      },
      h('span', { class: `swatch ${one.color}${one.dashed === true ? ' dashed' : ''}` }),
      h('span', {}, one.label),
      last !== undefined && h('span', { class: 'legend-value' }, formatValue(last.value, unit)),
    );
  });
  const focused = [...legend.children].indexOf(document.activeElement ?? legend);
  legend.replaceChildren(...(series.length > 1 || series.some(({ dashed }) => dashed === true) ? entries : []));
  const again = legend.children[focused];
  if (again instanceof HTMLElement) again.focus();
}
