import type { NamespaceRow, NamespaceTable, Unit } from '../core/dashboard/model.ts';
import { formatValue } from '../core/dashboard/units.ts';
import { h } from './dom.ts';

export interface Sort {
  readonly by: string;
  readonly descending: boolean;
}

interface Column {
  readonly id: keyof NamespaceRow;
  readonly label: string;
  readonly unit: Unit | undefined;
  readonly title?: string;
}

const columns: readonly Column[] = [
  { id: 'name', label: 'Namespace', unit: undefined },
  { id: 'ratio', label: 'Hit rate', unit: 'ratio' },
  { id: 'hits', label: 'Hits', unit: 'count', title: 'Each hit is a call that was not made' },
  { id: 'misses', label: 'Misses', unit: 'count' },
  { id: 'p95Seconds', label: 'p95', unit: 'seconds' },
  { id: 'savedSeconds', label: 'Time saved', unit: 'seconds' },
  { id: 'savedMoney', label: 'Cost saved', unit: 'money' },
];

/** The namespaces, sorted as the user likes; what is not measured says so. */
export function drawNamespaces(table: NamespaceTable, sort: Sort, onSort: (sort: Sort) => void): HTMLElement {
  const { rows, state, note, currency } = table;
  const heading = h(
    'div',
    { class: 'card-head' },
    h('div', { class: 'card-title' }, h('h2', {}, 'Namespaces'), h('span', { class: 'card-source' }, note)),
  );
  const box = h('section', { class: 'card wide', 'aria-label': 'Namespaces', 'data-chart': 'table' }, heading);
  if (state.kind !== 'ready') {
    const words =
      state.kind === 'empty' ? [state.why, state.next] : [state.kind === 'failed' ? state.message : 'Reading…'];
    box.append(h('div', { class: 'message' }, ...words.filter((one) => one !== '').map((one) => h('p', {}, one))));
    return box;
  }
  const shown = columns.filter(({ id }) => id !== 'savedMoney' || currency !== null);
  const sorted = rows.toSorted((a, b) => compare(a, b, sort));
  const best = Math.max(...rows.map((row) => (row.hits ?? 0) + (row.misses ?? 0)));
  const head = shown.map((column) => {
    const active = sort.by === column.id;
    const next = { by: column.id, descending: active ? !sort.descending : column.id !== 'name' };
    const direction = active ? (sort.descending ? 'descending' : 'ascending') : 'none';
    return h(
      'th',
      { scope: 'col', 'aria-sort': direction, class: column.unit === undefined ? '' : 'number' },
      h(
        'button',
        { type: 'button', class: 'sort', title: column.title, 'data-sort': column.id, onclick: () => onSort(next) },
        column.label,
        h('span', { 'aria-hidden': 'true' }, active ? (sort.descending ? ' ↓' : ' ↑') : ''),
      ),
    );
  });
  const body = sorted.map((row) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, row.name, share(((row.hits ?? 0) + (row.misses ?? 0)) / best)),
      ...shown.slice(1).map(({ id, unit }) => cell(row[id], unit, currency)),
    ),
  );
  box.append(
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of namespaces' },
      h('table', { class: 'namespaces' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...body)),
    ),
  );
  return box;
}

function cell(value: string | number | null, unit: Unit | undefined, currency: string | null): HTMLElement {
  if (typeof value !== 'number' || unit === undefined)
    return h('td', { class: 'number none', title: 'Not measured' }, '–');
  return h('td', { class: 'number' }, formatValue(value, unit, currency ?? 'USD'));
}

/** How much of the traffic it is, beside the one with most. */
function share(part: number): HTMLElement {
  const bar = h('span', { class: 'share', 'aria-hidden': 'true' });
  bar.style.setProperty('--share', String(part));
  return bar;
}

function compare(a: NamespaceRow, b: NamespaceRow, { by, descending }: Sort): number {
  const column = columns.find(({ id }) => id === by) ?? columns[2];
  const [one, other] = [a[column?.id ?? 'hits'], b[column?.id ?? 'hits']];
  // What has no value comes last, whichever way.
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  const order =
    typeof one === 'number' && typeof other === 'number' ? one - other : String(one).localeCompare(String(other));
  return descending ? -order : order;
}
