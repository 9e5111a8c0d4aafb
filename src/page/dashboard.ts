import 'uplot/dist/uPlot.min.css';
import './dashboard.css';
import type { Chart, ChartSeries, NextAction, View } from '../core/dashboard/model.ts';
import type { About, HostMessage, Overlay, PageState } from '../core/dashboard/protocol.ts';
import { gridOf, longestSpanMs, shortestSpanMs, usualRange } from '../core/dashboard/range.ts';
import type { Range } from '../core/dashboard/range.ts';
import { usualState } from '../core/dashboard/usualState.ts';
import { ChartCard } from './card.ts';
import type { Board } from './card.ts';
import { chartMenu } from './chartMenu.ts';
import { h, redraw } from './dom.ts';
import { Head, isOf } from './head.ts';
import { keepOwner, listen, tell } from './host.ts';
import { drawKeyspace } from './section.ts';
import type { MenuItem } from './menu.ts';
import { drawNamespaces } from './namespaces.ts';
import type { Sort } from './namespaces.ts';
import { onThemeChange, readTheme } from './theme.ts';
import { Toolbar } from './toolbar.ts';
import { Tooltip } from './tooltip.ts';

/** How many ranges "back" goes back over. */
const mostHistory = 50;
/** After this long without a turn of the wheel, finer values are asked for. */
const settleMs = 200;

/** The page: what the extension sends is drawn, what the user does is asked for. */
class Dashboard implements Board {
  readonly #root: HTMLElement;
  readonly #cards = new Map<string, ChartCard>();
  readonly #tooltip = new Tooltip();
  readonly #toolbar: Toolbar;
  readonly #head = new Head((action) => this.do(action));
  readonly #charts = h('div', { class: 'charts' });
  readonly #namespaces = h('div', { class: 'charts' });
  readonly #spoken = h('div', { class: 'unseen', 'aria-live': 'polite' });
  #theme = readTheme();
  #about: About | undefined;
  #view: View | undefined;
  #failure: Extract<HostMessage, { type: 'failed' }> | undefined;
  #range: Range = usualState.range;
  #overlay: Overlay = usualState.overlay;
  #history: Range[] = [];
  #toggled = new Set<string>();
  #sort: Sort = usualState.sort;
  #hovered: ChartCard | undefined;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #resizing: ReturnType<typeof setTimeout> | undefined;
  #painted = false;

  static open(root: HTMLElement): Dashboard {
    return new Dashboard(root);
  }

  private constructor(root: HTMLElement) {
    this.#root = root;
    this.#toolbar = new Toolbar({
      show: (range) => this.#go(range),
      overlay: (overlay) => this.#compare(overlay),
      refresh: () => tell({ type: 'refresh' }),
      back: () => this.back(),
      canGoBack: () => this.#history.length > 0,
      capture: () => this.do('captureBaseline'),
    });
    root.append(
      ...this.#head.elements(this.#toolbar.element),
      this.#charts,
      this.#namespaces,
      this.#tooltip.element,
      this.#spoken,
    );
    this.#charts.append(h('p', { class: 'message loading', role: 'status' }, 'Reading…'));
    onThemeChange(() => this.#restyle());
    new ResizeObserver(() => this.#resize()).observe(root);
    for (const left of ['pointerleave', 'focusout']) root.addEventListener(left, () => this.#unhover());
    listen((message) => this.#hear(message));
    tell({ type: 'ready', widthPx: this.#width(), shownMs: this.#view?.readAtMs });
  }

  theme() {
    return this.#theme;
  }

  isShown(chart: Chart, series: ChartSeries): boolean {
    return this.#toggled.has(`${chart.id}/${series.id}`) === (series.hidden === true);
  }

  toggle(chart: Chart, series: ChartSeries, alone: boolean): void {
    const flip = (one: ChartSeries): void => {
      const key = `${chart.id}/${one.id}`;
      if (!this.#toggled.delete(key)) this.#toggled.add(key);
    };
    const only = (one: ChartSeries): boolean => this.isShown(chart, one) === (one.id === series.id);
    // Once more, and all of them are back.
    const all = chart.series.every(only);
    if (!alone) flip(series);
    else for (const one of chart.series) if (all ? !this.isShown(chart, one) : !only(one)) flip(one);
    this.#save();
    this.#cards.get(chart.id)?.restyle();
  }

  zoom(fromMs: number, toMs: number): void {
    const now = Date.now();
    const span = Math.min(longestSpanMs, Math.max(shortestSpanMs, toMs - fromMs));
    const end = Math.min(now, Math.max(toMs, fromMs + span));
    const start = end - span;
    for (const card of this.#cards.values()) card.preview(start, end);
    const range: Range = { kind: 'fixed', fromMs: Math.round(start), toMs: Math.round(end) };
    // Turns of the wheel that follow each other are one zoom.
    if (this.#asking === undefined) this.#remember();
    this.#range = range;
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => this.#ask(), settleMs);
    this.#drawHead();
  }

  back(): void {
    const before = this.#history.pop();
    if (!before) return;
    this.#range = before;
    this.#ask();
  }

  live(): void {
    if (this.#range.kind === 'fixed') this.#go(usualRange);
  }

  point(card: ChartCard, index: number | null): void {
    // The other charts share the crosshair; the values are shown where the pointer or the focus is.
    const own =
      card.stage.matches(':hover') ||
      (card.stage === document.activeElement && !this.#root.querySelector('.stage:hover'));
    if (!own) return;
    if (index === null) {
      this.#unhover();
      return;
    }
    this.#hovered = card;
    this.#tooltip.show(card, index, (series) => this.isShown(card.chart, series));
  }

  say(words: string): void {
    this.#spoken.textContent = words;
  }

  do(action: NextAction): void {
    tell({ type: 'do', action });
  }

  openMarker(id: string): void {
    tell({ type: 'openMarker', id });
  }

  menu(card: ChartCard): readonly MenuItem[] {
    return this.#about ? chartMenu(card, this.#about, this.#theme) : [];
  }

  painted(): void {
    if (this.#painted) return;
    this.#painted = true;
    // After the frame it is part of.
    requestAnimationFrame(() =>
      setTimeout(() => {
        document.body.dataset['painted'] = String(performance.timeOrigin + performance.now());
        tell({ type: 'painted' });
      }),
    );
  }

  #hear(message: HostMessage): void {
    switch (message.type) {
      case 'about':
        this.#about = message;
        this.#range = message.state.range;
        this.#overlay = message.state.overlay;
        this.#toggled = new Set(message.state.toggled);
        this.#sort = message.state.sort;
        keepOwner({ environmentId: message.environmentId });
        break;
      case 'view':
        // Where it is not clear what the page shows, it is told again.
        if (message.view.readAtMs === this.#view?.readAtMs && message.view.partial === this.#view.partial) return;
        this.#failure = undefined;
        this.#show(message.view);
        return;
      case 'failed':
        this.#failure = message;
        this.#root.ariaBusy = 'false';
        if (!this.#view) this.#charts.replaceChildren();
        break;
      case 'reading':
        this.#root.ariaBusy = 'true';
        return;
    }
    this.#drawHead();
  }

  #show(view: View): void {
    // While the user zooms, what was read for the range before would only jump.
    if (this.#asking !== undefined) return;
    this.#view = view;
    this.#root.ariaBusy = String(view.partial);
    this.#drawHead();
    if (this.#cards.size === 0) this.#charts.replaceChildren();
    const wanted = new Set(view.charts.map(({ id }) => id));
    for (const [id, card] of this.#cards)
      if (!wanted.has(id)) {
        card.element.remove();
        this.#cards.delete(id);
      }
    this.#drawNext(view, 0);
  }

  /** Card by card, each in a task of its own after the first: drawing must not hold up the page. */
  #drawNext(view: View, index: number): void {
    const chart = view.charts[index];
    if (view !== this.#view) return;
    if (!chart) {
      this.#drawNamespaces(view);
      // For whoever measures how long it took.
      performance.mark('drawn');
      return;
    }
    let card = this.#cards.get(chart.id);
    if (!card) {
      card = new ChartCard(chart, view.grid, this);
      this.#cards.set(chart.id, card);
    }
    if (this.#charts.children[index] !== card.element)
      this.#charts.insertBefore(card.element, this.#charts.children[index] ?? null);
    card.update(chart, view.grid, view.markers);
    // The first is to be seen before the others are drawn.
    if (index === 0) requestAnimationFrame(() => setTimeout(() => this.#drawNext(view, 1)));
    else if (index % 2 === 0) setTimeout(() => this.#drawNext(view, index + 1));
    else this.#drawNext(view, index + 1);
  }

  #drawNamespaces(view: View): void {
    const onSort = (sort: Sort): void => {
      this.#sort = sort;
      this.#save();
      this.#drawNamespaces(view);
    };
    redraw(
      this.#namespaces,
      drawNamespaces(view.table, this.#sort, onSort),
      ...drawKeyspace(view.keyspace, (action) => this.do(action)),
    );
  }

  #drawHead(): void {
    const about = this.#about;
    if (!about) return;
    this.#root.dataset['tier'] = about.tier;
    this.#root.classList.toggle('stale', this.#failure !== undefined && this.#view !== undefined);
    this.#toolbar.draw(about, this.#range, this.#overlay, this.#view?.baseline);
    this.#head.draw({ title: about.title, range: this.#range, view: this.#view, failure: this.#failure });
  }

  #go(range: Range): void {
    this.#remember();
    this.#range = range;
    this.#ask();
  }

  #compare(overlay: Overlay): void {
    this.#overlay = overlay;
    this.#ask();
  }

  #remember(): void {
    this.#history = [...this.#history, this.#range].slice(-mostHistory);
  }

  #ask(): void {
    // A zoom that was to be asked for is over, also where one went back from it at once.
    clearTimeout(this.#asking);
    this.#asking = undefined;
    performance.mark('asked');
    this.#drawHead();
    tell({ type: 'show', state: this.#state(), widthPx: this.#width() });
  }

  #save(): void {
    tell({ type: 'remember', state: this.#state() });
  }

  #state(): PageState {
    return { range: this.#range, overlay: this.#overlay, toggled: [...this.#toggled], sort: this.#sort };
  }

  #restyle(): void {
    this.#theme = readTheme();
    for (const card of this.#cards.values()) card.restyle();
  }

  #resize(): void {
    this.#tooltip.hide();
    this.#head.fit();
    this.#resizeNext([...this.#cards.values()]);
    clearTimeout(this.#resizing);
    this.#resizing = setTimeout(() => this.#refit(), settleMs);
  }

  /** A few at a time: drawing must not hold up the page. */
  #resizeNext(cards: readonly ChartCard[]): void {
    for (const card of cards.slice(0, 3)) card.resize();
    if (cards.length > 3) setTimeout(() => this.#resizeNext(cards.slice(3)));
  }

  /** At another width, other steps may be right. */
  #refit(): void {
    const view = this.#view;
    // What was asked for since is asked for by its own width.
    if (!view || !isOf(this.#range, view)) return;
    if (gridOf(this.#range, Date.now(), this.#width()).stepMs !== view.grid.stepMs) this.#ask();
  }

  #unhover(): void {
    if (this.#hovered === undefined) return;
    this.#hovered = undefined;
    this.#tooltip.hide();
  }

  #width(): number {
    return Math.max(200, Math.round(this.#root.clientWidth || innerWidth));
  }
}

const root = document.querySelector<HTMLElement>('#page');
if (root) Dashboard.open(root);
