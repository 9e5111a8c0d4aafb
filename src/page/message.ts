import type { ChartState, NextAction } from '../core/dashboard/model.ts';
import { h } from './dom.ts';

/** What a button beside a message says. */
export const actionNames: Readonly<Record<NextAction, string>> = {
  openSettings: 'Open settings',
  setSecret: 'Set secret…',
  refreshHealth: 'Read now',
  captureBaseline: 'Capture baseline…',
  analyseKeyspace: 'Analyse keyspace…',
};

/** In the place of a chart: why there is none, and what to do. */
export function stateMessage(state: ChartState, act: (action: NextAction) => void): HTMLElement {
  if (state.kind === 'loading') return h('p', { class: 'message loading', role: 'status' }, 'Reading…');
  if (state.kind === 'failed') return h('p', { class: 'message' }, state.message);
  if (state.kind !== 'empty') return h('p', { class: 'message' });
  const { action } = state;
  return h(
    'div',
    { class: 'message' },
    h('p', {}, state.why),
    state.next !== '' && h('p', {}, state.next),
    action !== undefined &&
      h('button', { type: 'button', class: 'secondary', onclick: () => act(action) }, actionNames[action]),
  );
}
