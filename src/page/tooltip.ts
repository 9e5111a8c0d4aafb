import { formatTime } from '../core/format.ts';
import { formatValue } from '../core/dashboard/units.ts';
import type { ChartSeries } from '../core/dashboard/model.ts';
import type { ChartCard } from './card.ts';
import { h } from './dom.ts';

/** The exact values at one moment of one chart, beside the pointer. */
export class Tooltip {
  readonly element = h('div', { class: 'tooltip', role: 'presentation', hidden: true });

  show(card: ChartCard, index: number, isShown: (series: ChartSeries) => boolean): void {
    const { chart, grid, plot } = card;
    if (!plot) return;
    const rows = chart.series.filter(isShown).map(({ label, color, dashed, values }) => {
      const value = values[index] ?? null;
      const words = value === null ? 'no data' : formatValue(value, chart.unit);
      return h(
        'tr',
        {},
        h('td', {}, h('span', { class: `swatch ${color}${dashed === true ? ' dashed' : ''}` }), label),
        h('td', { class: 'number' }, words),
      );
    });
    const time = formatTime(grid.fromMs + index * grid.stepMs, Date.now());
    this.element.replaceChildren(h('b', {}, time), h('table', {}, h('tbody', {}, ...rows)));
    this.element.hidden = false;
    this.#place(plot.over.getBoundingClientRect(), plot.valToPos(grid.fromMs + index * grid.stepMs, 'x'));
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** On the side of the crosshair where there is room. */
  #place(over: DOMRect, x: number): void {
    const { offsetWidth, offsetHeight } = this.element;
    const right = over.left + x + 14;
    const left = right + offsetWidth > innerWidth - 8 ? over.left + x - offsetWidth - 14 : right;
    const top = Math.min(Math.max(8, over.top + 8), Math.max(8, innerHeight - offsetHeight - 8));
    this.element.style.transform = `translate(${Math.max(8, left)}px, ${top}px)`;
  }
}
