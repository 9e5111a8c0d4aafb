import { formatTime } from '../core/format.ts';
import type { Tile } from '../core/dashboard/model.ts';
import { changeTone, changeWords, formatValue } from '../core/dashboard/units.ts';
import { h } from './dom.ts';
import { sparkline } from './sparkline.ts';

/** The tiles as a list: label, value, how it changed, its course. */
export function drawTiles(tiles: readonly Tile[], nowMs: number): HTMLElement {
  return h(
    'ul',
    { class: 'tiles', 'aria-label': 'Now' },
    ...tiles.map((tile, index) => drawTile(tile, nowMs, index === 0)),
  );
}

const judged = { ok: '', unjudged: '', warning: 'over the limit', critical: 'critical' } as const;

function drawTile(tile: Tile, nowMs: number, first: boolean): HTMLElement {
  const { label, value, unit, of, why, spark, source, atMs, judgement, id } = tile;
  const shown = value === null ? 'no data' : formatValue(value, unit);
  const age = atMs === null ? '' : `, at ${formatTime(atMs, nowMs)}`;
  const bad = judgement === 'warning' || judgement === 'critical';
  const words =
    id === 'hitRate' && bad ? `below target${judgement === 'critical' ? ', critical' : ''}` : judged[judgement];
  return h(
    'li',
    {
      class: `tile ${judgement}${value === null ? ' none' : ''}`,
      title: `${label}: ${shown}\n${why ?? `${source}${age}`}`,
      'data-tile': id,
      tabindex: first ? 0 : -1,
    },
    h('span', { class: 'tile-label' }, label),
    h(
      'span',
      { class: 'tile-value' },
      shown,
      of !== undefined && value !== null && h('span', { class: 'tile-of' }, `of ${formatValue(of, unit)}`),
    ),
    h('span', { class: 'tile-change' }, bad && h('b', {}, words), ...changes(tile), value === null && (why ?? '')),
    value !== null && sparkline(spark),
  );
}

/** A line for each of what it is held against. */
function changes(tile: Tile): readonly HTMLElement[] {
  const { value, unit, compared } = tile;
  if (value === null) return [];
  return compared.flatMap(({ label, value: before, detail }) => {
    const words = changeWords(value, before, unit);
    if (words === undefined) return [];
    const tone = changeTone(tile, before);
    const said = words === 'unchanged' ? `as ${label}` : `${words} vs ${label}`;
    const full = `${label}: ${formatValue(before, unit)}${tone === 'neither' ? '' : `, ${tone}`}${detail === undefined ? '' : `\n${detail}`}`;
    return [h('span', { class: tone, title: full }, said)];
  });
}

/** As many columns as fit, and rows of the same length as nearly as can be. */
export function fitTiles(list: HTMLElement, widthPx: number): void {
  const count = list.children.length;
  const most = Math.max(2, Math.floor((widthPx + 8) / (widthPx < 520 ? 128 : 172)));
  const rows = Math.max(1, Math.ceil(count / most));
  list.style.setProperty('--columns', String(Math.ceil(count / rows)));
}
