import type { NextAction, View } from '../core/dashboard/model.ts';
import type { HostMessage } from '../core/dashboard/protocol.ts';
import type { Range } from '../core/dashboard/range.ts';
import { formatDuration, formatTime } from '../core/format.ts';
import { h, redraw, roving } from './dom.ts';
import { actionNames } from './message.ts';
import { drawTiles, fitTiles } from './tiles.ts';

export interface HeadState {
  readonly title: string;
  /** What was asked for, which the view need not show yet. */
  readonly range: Range;
  readonly view: View | undefined;
  readonly failure: Extract<HostMessage, { type: 'failed' }> | undefined;
}

const beginnings: Readonly<Record<string, (name: string) => string>> = {
  partial: (name) => `${name}, in part: `,
  failed: (name) => `${name} was not read: `,
};

/** Whether a view shows this range. */
export function isOf(range: Range, view: View): boolean {
  return JSON.stringify(view.range) === JSON.stringify(range);
}

/** Above the charts: whose page it is, what could not be read, the sentence, the tiles. */
export class Head {
  readonly #title = h('h1', {}, 'Dashboard');
  readonly #status = h('p', { class: 'status' });
  readonly #banners = h('div', { class: 'banners', role: 'status' });
  readonly #headline = h('div', { class: 'headline' });
  readonly #tiles = h('div', {});
  readonly #act: (action: NextAction) => void;

  constructor(act: (action: NextAction) => void) {
    this.#act = act;
    roving(this.#tiles, 'li');
  }

  elements(toolbar: HTMLElement): readonly HTMLElement[] {
    return [
      h('header', {}, h('div', { class: 'heading' }, this.#title, this.#status), toolbar),
      this.#banners,
      this.#headline,
      this.#tiles,
    ];
  }

  draw(state: HeadState): void {
    const { title, view } = state;
    this.#title.textContent = title;
    this.#status.textContent = statusWords(state);
    this.#drawBanners(state);
    if (!view) return;
    const { tone, text, details } = view.headline;
    this.#headline.className = `headline ${tone}`;
    this.#headline.replaceChildren(h('p', {}, text), ...details.map((words) => h('p', { class: 'detail' }, words)));
    redraw(this.#tiles, drawTiles(view.tiles, Date.now()));
    this.fit();
  }

  /** To the width it has now. */
  fit(): void {
    const list = this.#tiles.querySelector<HTMLElement>('.tiles');
    if (list) fitTiles(list, this.#tiles.clientWidth);
  }

  #drawBanners({ view, failure }: HeadState): void {
    const banner = (kind: string, words: string, action: NextAction | undefined): HTMLElement =>
      h(
        'div',
        { class: `banner ${kind}` },
        h('span', {}, words),
        action !== undefined &&
          h('button', { type: 'button', class: 'link', onclick: () => this.#act(action) }, actionNames[action]),
      );
    const kept = view ? ` Shown is what was read at ${formatTime(view.readAtMs, Date.now())}.` : '';
    redraw(
      this.#banners,
      ...(failure ? [banner('failed', `Not read: ${failure.message}${kept}`, failure.action)] : []),
      ...(view?.sources ?? []).map(({ state, name, message, action }) =>
        banner(state, `${beginnings[state]?.(name) ?? ''}${message}`, action),
      ),
    );
  }
}

function statusWords({ view, range, failure }: HeadState): string {
  if (!view) return failure ? 'Nothing could be read yet' : 'Reading…';
  const now = Date.now();
  const kind =
    range.kind === 'fixed'
      ? `fixed, ${formatTime(range.fromMs, now)} to ${formatTime(range.toMs, now)}`
      : `live, last ${formatDuration(range.spanMs)}`;
  // What is drawn is still that of the range before.
  if (!isOf(range, view)) return `${kind} · reading…`;
  return `${kind} · read at ${formatTime(view.readAtMs, now)} · a value every ${formatDuration(view.grid.stepMs)}`;
}
