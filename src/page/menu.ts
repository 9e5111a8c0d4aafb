import { h, icon, icons, walk } from './dom.ts';

export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
}

/** A button that opens a list of actions; arrows move in it, Escape closes it and goes back to the button. */
export function menuButton(label: string, items: () => readonly MenuItem[]): HTMLElement {
  const button = h(
    'button',
    {
      class: 'quiet',
      type: 'button',
      'aria-label': label,
      title: label,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
    },
    icon(icons.more),
  );
  const list = h('div', { class: 'menu', role: 'menu', 'aria-label': label, hidden: true });
  const box = h('div', { class: 'menu-box' }, button, list);
  let entries: readonly HTMLElement[] = [];
  const close = (refocus: boolean): void => {
    list.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    if (refocus) button.focus();
  };
  const open = (): void => {
    entries = items().map((item) => entry(item, () => close(true)));
    list.replaceChildren(...entries);
    list.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    entries[0]?.focus();
  };
  button.addEventListener('click', () => (list.hidden ? open() : close(true)));
  box.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && box.contains(relatedTarget))) close(false);
  });
  list.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close(true);
    walk(event, entries, 'ArrowUp', 'ArrowDown');
  });
  return box;
}

function entry({ label, run }: MenuItem, close: () => void): HTMLElement {
  const chosen = (): void => {
    close();
    run();
  };
  return h('button', { type: 'button', role: 'menuitem', tabindex: -1, onclick: chosen }, label);
}
