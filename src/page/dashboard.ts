import 'uplot/dist/uPlot.min.css';
import './dashboard.css';
import { chartCsv } from '../core/dashboard/export.ts';
import type { Chart, ChartSeries, View } from '../core/dashboard/model.ts';
import { usualState } from '../core/dashboard/protocol.ts';
import type { About, HostMessage, Overlay, PageState } from '../core/dashboard/protocol.ts';
import { gridOf, longestSpanMs, shortestSpanMs, usualRange } from '../core/dashboard/range.ts';
import type { Range } from '../core/dashboard/range.ts';
import { formatDuration, formatTime } from '../core/format.ts';
import { ChartCard } from './card.ts';
import type { Board } from './card.ts';
import { h } from './dom.ts';
import { keepOwner, listen, tell } from './host.ts';
import type { MenuItem } from './menu.ts';
import { drawNamespaces } from './namespaces.ts';
import type { Sort } from './namespaces.ts';
import { chartSvg, toPng } from './picture.ts';
import { onThemeChange, readTheme } from './theme.ts';
import { drawTiles, fitTiles } from './tiles.ts';
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
  readonly #title = h('h1', {}, 'Dashboard');
  readonly #status = h('p', { class: 'status' });
  readonly #headline = h('div', { class: 'headline' });
  readonly #banners = h('div', { class: 'banners', role: 'status' });
  readonly #tiles = h('div', {});
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
    });
    root.append(
      h('header', {}, h('div', { class: 'heading' }, this.#title, this.#status), this.#toolbar.element),
      this.#banners,
      this.#headline,
      this.#tiles,
      this.#charts,
      this.#namespaces,
      this.#tooltip.element,
      this.#spoken,
    );
    this.#charts.append(h('p', { class: 'message loading', role: 'status' }, 'Reading…'));
    onThemeChange(() => this.#restyle());
    new ResizeObserver(() => this.#resize()).observe(root);
    root.addEventListener('pointerleave', () => this.#unhover());
    listen((message) => this.#hear(message));
    tell({ type: 'ready', widthPx: this.#width() });
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
    if (!alone) flip(series);
    else for (const one of chart.series) if (this.isShown(chart, one) !== (one.id === series.id)) flip(one);
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
    this.#asking = setTimeout(() => {
      this.#asking = undefined;
      this.#ask();
    }, settleMs);
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

  do(action: 'openSettings' | 'setSecret' | 'refreshHealth'): void {
    tell({ type: 'do', action });
  }

  openMarker(id: string): void {
    tell({ type: 'openMarker', id });
  }

  menu(card: ChartCard): readonly MenuItem[] {
    const { chart } = card;
    const queries = chart.queries.length > 0;
    const canOpen = this.#about?.canOpen;
    const name = `${chart.id}-${new Date(card.grid.fromMs).toISOString().slice(0, 16)}`.replaceAll(/[^\w-]/g, '-');
    const drawing = (): string => chartSvg(card, this.#theme, this.#about?.title ?? '');
    const drawn = chart.state.kind === 'ready';
    return [
      ...(drawn
        ? [
            { label: card.tableIsOpen ? 'Hide data table' : 'Show data as a table', run: () => card.toggleTable() },
            {
              label: 'Save as CSV…',
              run: () => tell({ type: 'save', name, format: 'csv', content: chartCsv(chart, card.grid) }),
            },
            { label: 'Save as PNG…', run: () => void this.#savePng(name, drawing()) },
            { label: 'Save as SVG…', run: () => tell({ type: 'save', name, format: 'svg', content: drawing() }) },
          ]
        : []),
      ...(queries ? [{ label: 'Copy PromQL', run: () => tell({ type: 'copyQueries', chart: chart.id }) }] : []),
      ...(queries && canOpen?.prometheus === true
        ? [{ label: 'Open in Prometheus', run: () => tell({ type: 'openQuery', chart: chart.id, in: 'prometheus' }) }]
        : []),
      ...(queries && canOpen?.grafana === true
        ? [{ label: 'Open in Grafana Explore', run: () => tell({ type: 'openQuery', chart: chart.id, in: 'grafana' }) }]
        : []),
      ...(drawn || queries ? [] : [{ label: 'Read again now', run: () => tell({ type: 'refresh' }) }]),
    ];
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
        // What was known when the page was made is said twice.
        if (message.view.readAtMs === this.#view?.readAtMs && message.view.partial === this.#view.partial) return;
        this.#failure = undefined;
        this.#show(message.view);
        return;
      case 'failed':
        this.#failure = message;
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
      this.#namespaces.querySelector<HTMLElement>(`[data-sort="${CSS.escape(sort.by)}"]`)?.focus();
    };
    this.#namespaces.replaceChildren(drawNamespaces(view.table, this.#sort, onSort));
  }

  #drawHead(): void {
    const about = this.#about;
    if (!about) return;
    this.#title.textContent = about.title;
    this.#root.dataset['tier'] = about.tier;
    this.#toolbar.draw(about, this.#range, this.#overlay);
    this.#status.textContent = this.#statusWords();
    this.#drawBanners();
    const view = this.#view;
    if (!view) return;
    const { tone, text, details } = view.headline;
    this.#headline.className = `headline ${tone}`;
    this.#headline.replaceChildren(h('p', {}, text), ...details.map((words) => h('p', { class: 'detail' }, words)));
    this.#tiles.replaceChildren(drawTiles(view.tiles, Date.now()));
    this.#fitTiles();
  }

  #statusWords(): string {
    const view = this.#view;
    if (!view) return this.#failure ? 'Nothing could be read yet' : 'Reading…';
    const now = Date.now();
    const asked = this.#range;
    const kind =
      asked.kind === 'fixed'
        ? `fixed, ${formatTime(asked.fromMs, now)} to ${formatTime(asked.toMs, now)}`
        : `live, last ${formatDuration(asked.spanMs)}`;
    // What is drawn is still that of the range before.
    if (!this.#isOfAskedRange(view)) return `${kind} · reading…`;
    return `${kind} · read at ${formatTime(view.readAtMs, now)} · a value every ${formatDuration(view.grid.stepMs)}`;
  }

  #drawBanners(): void {
    const names = { openSettings: 'Open settings', setSecret: 'Set secret…', refreshHealth: 'Read now' } as const;
    const banner = (kind: string, words: string, action: keyof typeof names | undefined): HTMLElement =>
      h(
        'div',
        { class: `banner ${kind}` },
        h('span', {}, words),
        action !== undefined &&
          h('button', { type: 'button', class: 'link', onclick: () => this.do(action) }, names[action]),
      );
    const stale = this.#failure;
    const kept = this.#view ? ` Shown is what was read at ${formatTime(this.#view.readAtMs, Date.now())}.` : '';
    this.#root.classList.toggle('stale', stale !== undefined && this.#view !== undefined);
    this.#banners.replaceChildren(
      ...(stale ? [banner('failed', `Not read: ${stale.message}${kept}`, stale.action)] : []),
      ...(this.#view?.sources ?? []).map(({ state, name, message, action }) =>
        banner(state, `${state === 'partial' ? `${name}, in part: ` : ''}${message}`, action),
      ),
    );
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
    this.#fitTiles();
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
    if (!view || !this.#isOfAskedRange(view)) return;
    if (gridOf(this.#range, Date.now(), this.#width()).stepMs !== view.grid.stepMs) this.#ask();
  }

  #isOfAskedRange({ range }: View): boolean {
    return JSON.stringify(range) === JSON.stringify(this.#range);
  }

  #fitTiles(): void {
    const list = this.#tiles.querySelector<HTMLElement>('.tiles');
    if (list) fitTiles(list, this.#tiles.clientWidth);
  }

  #unhover(): void {
    if (this.#hovered === undefined) return;
    this.#hovered = undefined;
    this.#tooltip.hide();
  }

  async #savePng(name: string, drawing: string): Promise<void> {
    tell({ type: 'save', name, format: 'png', content: await toPng(drawing) });
  }

  #width(): number {
    return Math.max(200, Math.round(this.#root.clientWidth || innerWidth));
  }
}

const root = document.querySelector<HTMLElement>('#page');
if (root) Dashboard.open(root);
