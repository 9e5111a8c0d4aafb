import { config } from 'zod/mini';
import './keyspace.css';
import type { PageOwner } from '../core/dashboard/protocol.ts';
import { keyspaceHostMessage } from '../core/keyspace/page.ts';
import type { KeyspacePage } from '../core/keyspace/page.ts';
import { h } from './dom.ts';
import { drawSection } from './section.ts';
import { onThemeChange, readTheme } from './theme.ts';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void; setState(state: unknown): void };

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

const root = document.querySelector<HTMLElement>('#page');
if (root) {
  readTheme();
  onThemeChange(readTheme);
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const parsed = keyspaceHostMessage.safeParse(data);
    if (!parsed.success) return;
    // By which the editor can bring the page back.
    api.setState({ environmentId: parsed.data.environmentId } satisfies PageOwner);
    draw(root, parsed.data.page);
  });
  tell('ready');
}
