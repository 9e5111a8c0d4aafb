type Child = Node | string | false | undefined;
type Listener = { bivarianceHack(event: Event): void }['bivarianceHack'];
type Properties = Readonly<Record<string, string | number | boolean | undefined | Listener>>;

/** An element with attributes and listeners (`onclick`); text is never taken for markup. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  setProperties(element, properties);
  element.append(...children.filter((one) => one !== false && one !== undefined));
  return element;
}

const svgNamespace = 'http://www.w3.org/2000/svg';

export function svg(tag: string, properties: Properties = {}, ...children: readonly SVGElement[]): SVGElement {
  const element = document.createElementNS(svgNamespace, tag);
  setProperties(element, properties);
  element.append(...children);
  return element;
}

function setProperties(element: Element, properties: Properties): void {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** A small drawing for a button, whose name says the rest. */
export function icon(path: string): SVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true', class: 'icon' },
    svg('path', { d: path }),
  );
}

export const icons = {
  refresh: 'M13.5 2v4h-4M13.2 6A5.6 5.6 0 1 0 13.6 9',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  back: 'M7 3.5 2.5 8 7 12.5M2.5 8h11',
} as const;

const focusable = 'button, input, select, [tabindex]';

/** Draws anew what stands in a box; the focus and how far a part was scrolled stay where they were. */
export function redraw(box: HTMLElement, ...children: readonly (Node | string)[]): void {
  const focused = [...box.querySelectorAll(focusable)].indexOf(document.activeElement ?? box);
  const scrolled = [...box.querySelectorAll('.scroll')].map(({ scrollTop }) => scrollTop);
  box.replaceChildren(...children);
  for (const [index, part] of box.querySelectorAll('.scroll').entries()) part.scrollTop = scrolled[index] ?? 0;
  const again = focused < 0 ? undefined : box.querySelectorAll<HTMLElement>(focusable)[focused];
  again?.focus({ preventScroll: true });
}

/** Arrows move between these, Home and End go to the first and the last. */
export function walk(event: KeyboardEvent, entries: readonly HTMLElement[], back: string, on: string): void {
  const at = entries.findIndex((one) => one === document.activeElement);
  const last = entries.length - 1;
  const to = { [back]: at === 0 ? last : at - 1, [on]: at === last ? 0 : at + 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  entries[to]?.focus();
}

/** One of these is reached by Tab, the others from there by arrows. */
export function roving(box: HTMLElement, selector: string): void {
  const entries = (): HTMLElement[] => [...box.querySelectorAll<HTMLElement>(selector)];
  box.addEventListener('keydown', (event) => walk(event, entries(), 'ArrowLeft', 'ArrowRight'));
  box.addEventListener('focusin', ({ target }) => {
    for (const one of entries()) one.tabIndex = one === target ? 0 : -1;
  });
}
