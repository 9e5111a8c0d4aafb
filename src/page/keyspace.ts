import { config } from 'zod/mini';
import './keyspace.css';
import { keyspaceHostMessage } from '../core/keyspace/page.ts';
import type { KeyspacePage } from '../core/keyspace/page.ts';
import { h } from './dom.ts';
import { onThemeChange, readTheme } from './theme.ts';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

config({ jitless: true });
const api = acquireVsCodeApi();

function tell(type: 'ready' | 'export' | 'report' | 'again'): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the editor's, which has none
  api.postMessage({ type });
}

function draw(root: HTMLElement, page: KeyspacePage): void {
  root.replaceChildren(
    h(
      'header',
      {},
      h('div', { class: 'heading' }, h('h1', {}, page.title), h('p', { class: 'status' }, page.when)),
      h(
        'div',
        { class: 'toolbar', role: 'toolbar', 'aria-label': 'Analysis' },
        button('Export…', 'export', 'Saves all of it as JSON or CSV'),
        button('As Markdown', 'report', 'Opens it as a document'),
        button('Analyse again…', 'again', 'Looks at the keys again'),
      ),
    ),
    h('div', { class: `headline ${page.isComplete ? 'good' : 'warning'}` }, h('p', {}, page.coverage)),
    h(
      'dl',
      { class: 'facts' },
      ...page.facts.map(({ label, value }) => h('div', {}, h('dt', {}, label), h('dd', {}, value))),
    ),
    h('div', { class: 'charts' }, ...page.sections.map(drawSection)),
    h('p', { class: 'how' }, page.how),
  );
}

function button(label: string, type: 'export' | 'report' | 'again', title: string): HTMLElement {
  return h('button', { type: 'button', class: 'secondary', title, onclick: () => tell(type) }, label);
}

/** Sections whose rows are names out of Redis. */
const isName = new Set(['prefixes', 'memory', 'biggest', 'nodes']);

/** A chart that is a table: each row's bar is only a drawing of its number. */
function drawSection({ id, title, note, columns, color, rows }: KeyspacePage['sections'][number]): HTMLElement {
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
      h('div', { class: 'card-title' }, h('h2', {}, title), h('span', { class: 'card-source' }, note)),
    ),
    rows.length === 0
      ? h('p', { class: 'message' }, note === '' ? 'None.' : note)
      : h('table', { class: 'bars' }, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...body)),
  );
}

const root = document.querySelector<HTMLElement>('#page');
if (root) {
  readTheme();
  onThemeChange(readTheme);
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const parsed = keyspaceHostMessage.safeParse(data);
    if (parsed.success) draw(root, parsed.data.page);
  });
  tell('ready');
}
