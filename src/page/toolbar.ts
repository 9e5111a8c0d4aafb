import type { About, Overlay } from '../core/dashboard/protocol.ts';
import { presets, shortestSpanMs } from '../core/dashboard/range.ts';
import type { Range } from '../core/dashboard/range.ts';
import { h, icon, icons } from './dom.ts';
import { actionNames } from './message.ts';

export interface ToolbarActions {
  show(range: Range): void;
  overlay(overlay: Overlay): void;
  refresh(): void;
  back(): void;
  canGoBack(): boolean;
  capture(): void;
}

/** Ranges, what is drawn behind, and reading anew. */
export class Toolbar {
  readonly element = h('div', { class: 'toolbar', role: 'toolbar', 'aria-label': 'Range' });
  readonly #actions: ToolbarActions;
  #custom = false;
  #drawn = '';

  constructor(actions: ToolbarActions) {
    this.#actions = actions;
  }

  draw(about: About, range: Range, overlay: Overlay, baseline: string | undefined): void {
    const shown = JSON.stringify([about.others, range, overlay, baseline, this.#custom, this.#actions.canGoBack()]);
    // What is being typed or chosen would be lost at each reading.
    if (shown === this.#drawn) return;
    this.#drawn = shown;
    const { activeElement } = document;
    const focused = activeElement instanceof HTMLElement ? activeElement.dataset['control'] : undefined;
    const preset = presets.map(({ label, words, spanMs }) => {
      const pressed = range.kind === 'live' && range.spanMs === spanMs;
      return h(
        'button',
        {
          type: 'button',
          'aria-pressed': String(pressed),
          title: words,
          'data-control': label,
          onclick: () => this.#actions.show({ kind: 'live', spanMs }),
        },
        label,
      );
    });
    const toggle = (): void => {
      this.#custom = !this.#custom;
      this.draw(about, range, overlay, baseline);
    };
    const fixed = range.kind === 'fixed';
    this.element.replaceChildren(
      h(
        'div',
        { class: 'segments', role: 'group', 'aria-label': 'Range' },
        ...preset,
        h(
          'button',
          {
            type: 'button',
            'aria-pressed': String(fixed),
            'aria-expanded': String(this.#custom),
            'data-control': 'custom',
            onclick: toggle,
          },
          'Custom…',
        ),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          title: 'Back to the range before (double-click, Backspace)',
          'aria-label': 'Back to the range before',
          disabled: !this.#actions.canGoBack(),
          'data-control': 'back',
          onclick: () => this.#actions.back(),
        },
        icon(icons.back),
      ),
      this.#overlays(about, overlay, baseline),
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          title: 'Read again now',
          'aria-label': 'Read again now',
          'data-control': 'refresh',
          onclick: () => this.#actions.refresh(),
        },
        icon(icons.refresh),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'secondary',
          title: 'Keeps what the tiles read over a window, to compare with later',
          'data-control': 'baseline',
          onclick: () => this.#actions.capture(),
        },
        actionNames.captureBaseline,
      ),
      ...(this.#custom ? [this.#form(range, toggle)] : []),
    );
    if (focused !== undefined) this.#focus(focused);
  }

  /** On this control, or, where it can do nothing any more, on the range that is shown. */
  #focus(control: string): void {
    const [same, shown] = [`[data-control="${CSS.escape(control)}"]:enabled`, '[aria-pressed="true"]'].map((one) =>
      this.element.querySelector<HTMLElement>(one),
    );
    (same ?? shown)?.focus();
  }

  #overlays(about: About, overlay: Overlay, baseline: string | undefined): HTMLElement {
    const choices: readonly (readonly [string, Overlay])[] = [
      ['Compare with…', { kind: 'none' }],
      ['the day before', { kind: 'days', days: 1 }],
      ['the week before', { kind: 'days', days: 7 }],
      ...(baseline === undefined ? [] : [[`the baseline (${baseline})`, { kind: 'baseline' }] as const]),
      ...about.others.map(({ id, name }) => [name, { kind: 'environment', id }] as const),
    ];
    const current = JSON.stringify(overlay);
    const select = h(
      'select',
      { 'aria-label': 'Compare with', title: 'Draws another time or environment behind', 'data-control': 'overlay' },
      ...choices.map(([words, choice]) => {
        const value = JSON.stringify(choice);
        return h('option', { value, selected: value === current }, words);
      }),
    );
    select.addEventListener('change', () => {
      const chosen = choices[select.selectedIndex]?.[1];
      if (chosen) this.#actions.overlay(chosen);
    });
    return select;
  }

  #form(range: Range, close: () => void): HTMLElement {
    const now = Date.now();
    const [fromMs, toMs] = range.kind === 'fixed' ? [range.fromMs, range.toMs] : [now - range.spanMs, now];
    const [from, to] = [input('From', fromMs), input('To', toMs)];
    const wrong = h('span', { class: 'wrong', role: 'alert' });
    const submit = (event: Event): void => {
      event.preventDefault();
      const [start, end] = [new Date(from.value).getTime(), new Date(to.value).getTime()];
      if (!(end - start >= shortestSpanMs)) {
        wrong.textContent = 'The end must be at least a minute after the beginning.';
        return;
      }
      if (end - start > 31 * 86_400_000) {
        wrong.textContent = 'At most 31 days.';
        return;
      }
      this.#custom = false;
      this.#focus('custom');
      this.#actions.show({ kind: 'fixed', fromMs: start, toMs: end });
    };
    const leave = ({ key }: KeyboardEvent): void => {
      if (key !== 'Escape') return;
      this.#focus('custom');
      close();
    };
    return h(
      'form',
      { class: 'custom', onsubmit: submit, onkeydown: leave },
      h('label', {}, 'From ', from),
      h('label', {}, 'to ', to),
      h('button', { type: 'submit', class: 'primary' }, 'Show'),
      wrong,
    );
  }
}

function input(name: string, atMs: number): HTMLInputElement {
  return h('input', {
    type: 'datetime-local',
    value: localInput(atMs),
    'aria-label': name,
    required: true,
    'data-control': name,
  });
}

/** Local time as the input writes it. */
function localInput(atMs: number): string {
  const at = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 16);
}
