import type uPlot from 'uplot';
import type { Marker } from '../core/dashboard/model.ts';
import { formatTime } from '../core/format.ts';
import { h, redraw } from './dom.ts';

/** So wide is a mark. */
const nearPx = 11;

/** What happened, as buttons that stand in a chart at their time. */
export function placeMarkers(
  box: HTMLElement,
  plot: uPlot,
  markers: readonly Marker[],
  open: (id: string) => void,
): void {
  const { clientWidth: width, clientHeight: height } = plot.over;
  box.style.left = plot.over.style.left;
  box.style.width = `${width}px`;
  const placed = markers
    .map((marker) => ({ ...marker, x: plot.valToPos(marker.atMs, 'x') }))
    // After the last value, though not yet a step later.
    .filter(({ x }) => x >= 0 && x <= width + nearPx)
    .map((marker) => ({ ...marker, x: Math.min(marker.x, width) }));
  const shown = placed.map(({ id, label, detail }) => `${id} ${label} ${detail}`).join();
  // Drawn at every reading: what has the focus is not to lose it.
  if (box.dataset['shown'] !== shown) redraw(box, ...placed.map((marker, index) => draw(marker, index === 0, open)));
  box.dataset['shown'] = shown;
  let before = Number.NEGATIVE_INFINITY;
  let level = 0;
  for (const [index, button] of box.querySelectorAll('button').entries()) {
    const x = placed[index]?.x ?? 0;
    // What happened at nearly the same time stands below each other: each can be pointed at.
    level = x - before < nearPx ? level + 1 : 0;
    before = x;
    button.style.setProperty('--level', String(level));
    button.style.left = `${x}px`;
    button.style.height = `${height}px`;
    // Its words stand where there is room.
    button.classList.toggle('late', x > width / 2);
  }
}

function draw({ id, label, detail, tone, atMs }: Marker, first: boolean, open: (id: string) => void): HTMLElement {
  const words = `${label}, ${formatTime(atMs, Date.now())}`;
  return h(
    'button',
    {
      type: 'button',
      class: `marker ${tone}`,
      title: `${words}\n${detail}`,
      'aria-label': words,
      'data-marker': id,
      tabindex: first ? 0 : -1,
      onclick: () => open(id),
    },
    h('span', {}),
  );
}
