import type { Chart } from '../core/dashboard/model.ts';
import { timesOf } from '../core/dashboard/range.ts';
import type { Grid } from '../core/dashboard/range.ts';
import { formatValue } from '../core/dashboard/units.ts';
import { formatTime } from '../core/format.ts';
import { h } from './dom.ts';

const mostRows = 120;

/** A chart's values as a table, newest first; of many, every nth. */
export function dataTable({ title, series, unit }: Chart, grid: Grid): HTMLElement {
  const every = Math.max(1, Math.ceil(grid.count / mostRows));
  const indexes = Array.from({ length: grid.count }, (_, index) => grid.count - 1 - index).filter(
    (_, index) => index % every === 0,
  );
  const times = timesOf(grid);
  const now = Date.now();
  const rows = indexes.map((index) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, formatTime(times[index] ?? 0, now)),
      ...series.map(({ values }) => {
        const value = values[index] ?? null;
        return h('td', {}, value === null ? 'no data' : formatValue(value, unit));
      }),
    ),
  );
  const note = every === 1 ? '' : `, every ${every}th value; the CSV has all`;
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Data of ${title}` },
    h(
      'table',
      {},
      h('caption', {}, `${title}, newest first${note}`),
      h(
        'thead',
        {},
        h('tr', {}, h('th', { scope: 'col' }, 'Time'), ...series.map(({ label }) => h('th', { scope: 'col' }, label))),
      ),
      h('tbody', {}, ...rows),
    ),
  );
}
