import type uPlot from 'uplot';
import type { Chart, ChartSeries, Marker, NextAction } from '../core/dashboard/model.ts';
import type { Grid } from '../core/dashboard/range.ts';
import { currentOf } from '../core/dashboard/series.ts';
import { formatValue } from '../core/dashboard/units.ts';
import { dataTable } from './dataTable.ts';
import { h, redraw, roving } from './dom.ts';
import { drawLegend } from './legend.ts';
import { placeMarkers } from './markers.ts';
import { menuButton } from './menu.ts';
import type { MenuItem } from './menu.ts';
import { stateMessage } from './message.ts';
import { createPlot, plotData } from './plot.ts';
import { steer } from './steering.ts';
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
  readonly #markers = h('div', { class: 'markers', role: 'group', 'aria-label': 'What happened' });
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
    roving(this.#markers, 'button');
    steer(this, board);
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
    drawLegend(this.#legend, this.#chart, this.#board);
    this.#draw();
    if (this.#tableOpen) this.#drawTable();
  }

  /** Everything anew: other colours, or other series. */
  restyle(): void {
    this.#drawn = '';
    drawLegend(this.#legend, this.#chart, this.#board);
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
    redraw(this.#more, dataTable(this.#chart, this.#grid));
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
      if (shape !== this.#drawn)
        this.#stage.replaceChildren(stateMessage(chart.state, (action) => this.#board.do(action)));
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

  #placeMarkers(): void {
    if (this.#plot) placeMarkers(this.#markers, this.#plot, this.#placed, (id) => this.#board.openMarker(id));
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
      const now = currentOf(one.values);
      const known = one.values.filter((value) => value !== null);
      if (known.length === 0) return [];
      const [least, most] = [Math.min(...known), Math.max(...known)].map((value) => formatValue(value, unit));
      return [`${one.label} ${now ? formatValue(now.value, unit) : 'none now'}, between ${least} and ${most}`];
    });
    this.#stage.setAttribute(
      'aria-label',
      `Chart of ${title}. ${said.join('; ')}. Arrow keys read values; plus and minus zoom; Backspace goes back.`,
    );
  }
}
