import type { Section } from '../core/keyspace/section.ts';
import type { NextAction } from '../core/dashboard/model.ts';
import { h } from './dom.ts';
import { stateMessage } from './message.ts';

/** Sections whose rows are names out of Redis. */
const isName = new Set(['prefixes', 'memory', 'biggest', 'nodes']);

/** A chart that is a table: each row's bar is only a drawing of its number. */
export function drawSection({ id, title, note, columns, color, rows }: Section): HTMLElement {
  const body = rows.map(({ label, bar, value, more }) => {
    const drawn = h('span', { class: `bar ${color}`, 'aria-hidden': 'true' });
    drawn.style.setProperty('--length', String(bar));
    return h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row', title: label },
        h('span', { class: isName.has(id) ? 'name' : '' }, label),
        bar > 0 && drawn,
      ),
      h('td', { class: 'number' }, value),
      h('td', { class: 'number more' }, more),
    );
  });
  const head = columns.map((name, index) => h('th', { scope: 'col', class: index === 0 ? '' : 'number' }, name));
  return h(
    'section',
    { class: `card${id === 'biggest' ? ' wide' : ''}`, 'aria-label': title, 'data-section': id },
    h(
      'div',
      { class: 'card-head' },
      h('div', { class: 'card-title' }, h('h2', {}, title), h('span', { class: 'card-source', title: note }, note)),
    ),
    rows.length === 0
      ? h('p', { class: 'message' }, note === '' ? 'None.' : note)
      : h('table', { class: 'bars' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...body)),
  );
}

/** What is known of the keys, or how to find out. */
export function drawKeyspace(
  sections: readonly Section[] | undefined,
  act: (action: NextAction) => void,
): readonly HTMLElement[] {
  if (sections === undefined || sections.length > 0) return (sections ?? []).map(drawSection);
  const why = 'Prefixes and expiry are known after a keyspace analysis.';
  const card = h(
    'section',
    { class: 'card wide', 'aria-label': 'Keyspace', 'data-section': 'none' },
    h('h2', {}, 'Keyspace'),
  );
  card.append(stateMessage({ kind: 'empty', why, next: '', action: 'analyseKeyspace' }, act));
  return [card];
}
