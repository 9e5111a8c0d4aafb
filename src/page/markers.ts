import type uPlot from 'uplot';
import type { Marker } from '../core/dashboard/model.ts';
import { formatTime } from '../core/format.ts';
import { h } from './dom.ts';

/** What happened, as buttons that stand in a chart at their time. */
export function placeMarkers(
  box: HTMLElement,
  plot: uPlot,
  markers: readonly Marker[],
  open: (id: string) => void,
): void {
  box.style.left = plot.over.style.left;
  box.style.width = `${plot.over.clientWidth}px`;
  const buttons = markers.flatMap((marker) => {
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
        onclick: () => open(marker.id),
      },
      h('span', {}),
    );
    button.style.left = `${x}px`;
    button.style.height = `${plot.over.clientHeight}px`;
    return [button];
  });
  box.replaceChildren(...buttons);
}
