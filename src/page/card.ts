import type uPlot from 'uplot';
import type { Chart, ChartSeries, Marker, NextAction } from '../core/dashboard/model.ts';
import type { Grid } from '../core/dashboard/range.ts';
import { lastOf } from '../core/dashboard/series.ts';
import { formatValue } from '../core/dashboard/units.ts';
import { formatTime } from '../core/format.ts';
import { dataTable } from './dataTable.ts';
import { h } from './dom.ts';
import { menuButton } from './menu.ts';
import type { MenuItem } from './menu.ts';
import { createPlot, plotData } from './plot.ts';
import type { Theme } from './theme.ts';

/** What all charts of a page share. */
export interface Board {
  theme(): Theme;
  isShown(chart: Chart, series: ChartSeries): boolean;
  toggle(chart: Chart, series: ChartSeries, alone: boolean): void;
  zoom(fromMs: number, toMs: number): void;
  back(): void;
  live(): void;
  /** Shows the values at a moment beside the pointer; null: none. */
  point(card: ChartCard, index: number | null): void;
  say(words: string): void;
  do(action: NextAction): void;
  openMarker(id: string): void;
  menu(card: ChartCard): readonly MenuItem[];
  painted(): void;
}

const height = { wide: 240, usual: 180 } as const;

/** One chart with its heading, legend and menu. */
export class ChartCard {
  readonly element: HTMLElement;
  readonly #board: Board;
  readonly #head = h('div', { class: 'card-head' });
  readonly #legend = h('div', { class: 'legend', role: 'group' });
  readonly #stage = h('div', { class: 'stage' });
  readonly #markers = h('div', { class: 'markers' });
  readonly #more = h('div', { class: 'card-more' });
  #chart: Chart;
  #grid: Grid;
  #placed: readonly Marker[] = [];
  #plot: uPlot | undefined;
  #drawn = '';
  #tableOpen = false;

  constructor(chart: Chart, grid: Grid, board: Board) {
    this.#chart = chart;
    this.#grid = grid;
    this.#board = board;
    this.element = h(
      'section',
      { class: `card${chart.wide === true ? ' wide' : ''}`, 'aria-label': chart.title, 'data-chart': chart.id },
      this.#head,
      this.#stage,
      this.#legend,
      this.#more,
    );
    this.#stage.addEventListener('keydown', (event) => this.#key(event));
    this.#stage.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    this.#stage.addEventListener('dblclick', () => this.#board.back());
  }

  get chart(): Chart {
    return this.#chart;
  }

  get grid(): Grid {
    return this.#grid;
  }

  get plot(): uPlot | undefined {
    return this.#plot;
  }

  get stage(): HTMLElement {
    return this.#stage;
  }

  update(chart: Chart, grid: Grid, markers: readonly Marker[]): void {
    this.#chart = chart;
    this.#grid = grid;
    this.#placed = markers;
    this.#drawHead();
    this.#drawLegend();
    this.#draw();
    if (this.#tableOpen) this.#drawTable();
  }

  /** Everything anew: other colours, or other series. */
  restyle(): void {
    this.#drawn = '';
    this.#drawLegend();
    this.#draw();
  }

  resize(): void {
    const width = this.#stage.clientWidth;
    if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: this.#height });
  }

  /** What is shown before finer values have come. */
  preview(fromMs: number, toMs: number): void {
    this.#plot?.setScale('x', { min: fromMs, max: toMs });
  }

  toggleTable(): void {
    this.#tableOpen = !this.#tableOpen;
    if (this.#tableOpen) this.#drawTable();
    else this.#more.replaceChildren();
  }

  get tableIsOpen(): boolean {
    return this.#tableOpen;
  }

  get #height(): number {
    return this.#chart.wide === true ? height.wide : height.usual;
  }

  #drawTable(): void {
    this.#more.replaceChildren(dataTable(this.#chart, this.#grid));
  }

  #drawHead(): void {
    const { title, source, log } = this.#chart;
    const words = `${source}${log === true ? '; powers of ten' : ''}`;
    // Kept while it is open: what one is about to choose must not go away.
    if (this.#head.dataset['words'] === title + words) return;
    this.#head.dataset['words'] = title + words;
    this.#head.replaceChildren(
      h('div', { class: 'card-title' }, h('h2', {}, title), h('span', { class: 'card-source', title: words }, words)),
      menuButton(`More for ${title}`, () => this.#board.menu(this)),
    );
  }

  #drawLegend(): void {
    const { series, unit } = this.#chart;
    this.#legend.setAttribute('aria-label', `Series of ${this.#chart.title}`);
    const entries = series.map((one) => {
      const shown = this.#board.isShown(this.#chart, one);
      const last = lastOf(one.values);
      return h(
        'button',
        {
          type: 'button',
          class: 'legend-entry',
          'aria-pressed': String(shown),
          title: `${shown ? 'Hide' : 'Show'} ${one.label}; with Alt, show it alone`,
          onclick: (event: MouseEvent) => this.#board.toggle(this.#chart, one, event.altKey),
        },
        h('span', { class: `swatch ${one.color}${one.dashed === true ? ' dashed' : ''}` }),
        h('span', {}, one.label),
        last !== undefined && h('span', { class: 'legend-value' }, formatValue(last.value, unit)),
      );
    });
    const focused = [...this.#legend.children].indexOf(document.activeElement ?? this.#legend);
    this.#legend.replaceChildren(...(series.length > 1 || series.some(({ dashed }) => dashed === true) ? entries : []));
    const again = this.#legend.children[focused];
    if (again instanceof HTMLElement) again.focus();
  }

  #draw(): void {
    const chart = this.#chart;
    const shape = JSON.stringify([
      chart.state,
      chart.unit,
      chart.limits,
      chart.series.map((one) => [one.id, one.label, one.color, one.dashed, this.#board.isShown(chart, one)]),
    ]);
    if (chart.state.kind !== 'ready') {
      this.#plot?.destroy();
      this.#plot = undefined;
      if (shape !== this.#drawn) this.#stage.replaceChildren(this.#message());
      this.#stage.removeAttribute('tabindex');
      this.#drawn = shape;
      return;
    }
    if (this.#plot && shape === this.#drawn) {
      this.#refill(this.#plot);
      return;
    }
    this.#drawn = shape;
    this.#plot?.destroy();
    this.#stage.replaceChildren(this.#markers);
    this.#stage.tabIndex = 0;
    this.#stage.setAttribute('role', 'group');
    this.#plot = createPlot(
      {
        chart,
        current: () => this.#chart,
        grid: this.#grid,
        theme: this.#board.theme(),
        width: Math.max(200, this.#stage.clientWidth),
        height: this.#height,
        isShown: (one) => this.#board.isShown(chart, one),
        onCursor: (index) => this.#board.point(this, index),
        onSelect: (fromMs, toMs) => this.#board.zoom(fromMs, toMs),
        onDraw: () => this.#placeMarkers(),
      },
      this.#stage,
    );
    this.#describe();
    this.#placeMarkers();
    this.#board.painted();
  }

  #refill(plot: uPlot): void {
    const { fromMs, stepMs, count } = this.#grid;
    plot.batch(() => {
      plot.setData(plotData(this.#chart, this.#grid), false);
      plot.setScale('x', { min: fromMs, max: fromMs + (count - 1) * stepMs });
    });
    this.#describe();
  }

  /** What a screen reader says of the picture; the table has the rest. */
  #describe(): void {
    const { series, unit, title } = this.#chart;
    const said = series.slice(0, 8).flatMap((one) => {
      const last = lastOf(one.values);
      const known = one.values.filter((value) => value !== null);
      if (!last || known.length === 0) return [];
      const [least, most] = [Math.min(...known), Math.max(...known)].map((value) => formatValue(value, unit));
      return [`${one.label} ${formatValue(last.value, unit)}, between ${least} and ${most}`];
    });
    this.#stage.setAttribute(
      'aria-label',
      `Chart of ${title}. ${said.join('; ')}. Arrow keys read values; plus and minus zoom; Backspace goes back.`,
    );
  }

  #message(): HTMLElement {
    const { state } = this.#chart;
    if (state.kind === 'loading') return h('p', { class: 'message loading', role: 'status' }, 'Reading…');
    if (state.kind === 'failed') return h('p', { class: 'message' }, state.message);
    if (state.kind !== 'empty') return h('p', { class: 'message' });
    const { action } = state;
    const names = { openSettings: 'Open settings', setSecret: 'Set secret…', refreshHealth: 'Read now' } as const;
    return h(
      'div',
      { class: 'message' },
      h('p', {}, state.why),
      state.next !== '' && h('p', {}, state.next),
      action !== undefined &&
        h('button', { type: 'button', class: 'secondary', onclick: () => this.#board.do(action) }, names[action]),
    );
  }

  #placeMarkers(): void {
    const plot = this.#plot;
    if (!plot) return;
    const { left } = plot.over.style;
    this.#markers.style.left = left;
    this.#markers.style.width = `${plot.over.clientWidth}px`;
    const buttons = this.#placed.flatMap((marker) => {
      const x = plot.valToPos(marker.atMs, 'x');
      if (x < 0 || x > plot.over.clientWidth) return [];
      const words = `${marker.label}, ${formatTime(marker.atMs, Date.now())}`;
      const button = h(
        'button',
        {
          type: 'button',
          class: `marker ${marker.tone}`,
          title: `${words}\n${marker.detail}`,
          'aria-label': words,
          'data-marker': marker.id,
          onclick: () => this.#board.openMarker(marker.id),
        },
        h('span', {}),
      );
      button.style.left = `${x}px`;
      button.style.height = `${plot.over.clientHeight}px`;
      return [button];
    });
    this.#markers.replaceChildren(...buttons);
  }

  #key(event: KeyboardEvent): void {
    const plot = this.#plot;
    if (!plot || event.target !== this.#stage) return;
    const { fromMs, stepMs, count } = this.#grid;
    const toMs = fromMs + (count - 1) * stepMs;
    const span = toMs - fromMs;
    const at = plot.cursor.idx ?? count - 1;
    const move = (index: number): void => this.#moveTo(Math.min(count - 1, Math.max(0, index)));
    const leap = Math.max(1, Math.round(count / 20));
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => (event.shiftKey ? this.#board.zoom(fromMs - span / 4, toMs - span / 4) : move(at - 1)),
      ArrowRight: () => (event.shiftKey ? this.#board.zoom(fromMs + span / 4, toMs + span / 4) : move(at + 1)),
      PageUp: () => move(at - leap),
      PageDown: () => move(at + leap),
      Home: () => move(0),
      End: () => move(count - 1),
      '+': () => this.#zoomAt(fromMs + at * stepMs, 0.5),
      '=': () => this.#zoomAt(fromMs + at * stepMs, 0.5),
      '-': () => this.#zoomAt(fromMs + at * stepMs, 2),
      Backspace: () => this.#board.back(),
      Escape: () => this.#board.back(),
      l: () => this.#board.live(),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action();
  }

  #moveTo(index: number): void {
    const plot = this.#plot;
    if (!plot) return;
    const atMs = this.#grid.fromMs + index * this.#grid.stepMs;
    plot.setCursor({ left: plot.valToPos(atMs, 'x'), top: plot.over.clientHeight / 2 });
    const words = this.#chart.series
      .filter((one) => this.#board.isShown(this.#chart, one))
      .map(({ label, values }) => {
        const value = values[index] ?? null;
        return `${label} ${value === null ? 'no data' : formatValue(value, this.#chart.unit)}`;
      });
    this.#board.say(`${formatTime(atMs, Date.now())}: ${words.join(', ')}`);
  }

  #wheel(event: WheelEvent): void {
    const plot = this.#plot;
    // Without a key, or the chart chosen, the wheel belongs to the page.
    if (!plot || !(event.ctrlKey || event.metaKey || event.altKey || document.activeElement === this.#stage)) return;
    event.preventDefault();
    const left = event.clientX - plot.over.getBoundingClientRect().left;
    this.#zoomAt(plot.posToVal(left, 'x'), event.deltaY < 0 ? 0.8 : 1.25);
  }

  #zoomAt(atMs: number, factor: number): void {
    const { min = 0, max = 0 } = this.#plot?.scales['x'] ?? {};
    this.#board.zoom(atMs - (atMs - min) * factor, atMs + (max - atMs) * factor);
  }
}
