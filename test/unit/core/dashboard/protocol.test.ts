import assert from 'node:assert/strict';
import { hostMessageSchema, pageMessageSchema, pageStateSchema } from '../../../../src/core/dashboard/protocol.ts';
import { grafanaAddress, promqlAddress } from '../../../../src/core/dashboard/addresses.ts';
import { toCsv } from '../../../../src/core/csv.ts';

const live = { kind: 'live', spanMs: 3_600_000 };
const state = { range: live, overlay: { kind: 'none' }, toggled: [], sort: { by: 'hits', descending: true } };

function show(range: unknown, overlay: unknown = { kind: 'none' }, widthPx = 800): unknown {
  return { type: 'show', state: { ...state, range, overlay }, widthPx };
}

describe('What a page may say', () => {
  const accepted: readonly unknown[] = [
    { type: 'ready', widthPx: 800 },
    show(live, { kind: 'days', days: 7 }),
    show({ kind: 'fixed', fromMs: 0, toMs: 60_000 }, { kind: 'none' }, 1),
    { type: 'save', name: 'hitRate-2026', format: 'csv', content: 'a' },
    { type: 'do', action: 'openSettings' },
    // The address of its folder is part of an environment's id.
    show(live, { kind: 'environment', id: `${'vscode-remote://host/a/folder'.repeat(20)}#desk` }),
  ];
  const refused: readonly unknown[] = [
    undefined,
    'ready',
    { type: 'ready', widthPx: -1 },
    { type: 'ready', widthPx: Number.POSITIVE_INFINITY },
    show({ kind: 'live', spanMs: 1e15 }),
    show({ kind: 'fixed', fromMs: 60_000, toMs: 0 }),
    show(live, { kind: 'days', days: 2 }),
    { type: 'save', name: '../../etc/passwd', format: 'csv', content: '' },
    { type: 'save', name: 'x', format: 'exe', content: '' },
    { type: 'do', action: 'workbench.action.quit' },
    { type: 'openQuery', chart: 'x', in: 'elsewhere' },
  ];
  for (const message of accepted)
    it(`takes ${JSON.stringify(message)}`, () => assert.ok(pageMessageSchema.safeParse(message).success));
  for (const message of refused)
    it(`drops ${JSON.stringify(message)}`, () => assert.ok(!pageMessageSchema.safeParse(message).success));

  it('is remembered only if it is its own', () => {
    assert.ok(pageStateSchema.safeParse(state).success);
    assert.ok(!pageStateSchema.safeParse({ ...state, range: undefined }).success);
  });
});

describe('What a page may hear', () => {
  it('is dropped when it is none of ours', () => {
    for (const message of [{ type: 'view', ticket: 1, view: {} }, { type: 'about' }, { command: 'x' }, null])
      assert.ok(!hostMessageSchema.safeParse(message).success);
  });
});

describe('Addresses of queries', () => {
  const span = { fromMs: Date.UTC(2026, 2, 4), toMs: Date.UTC(2026, 2, 4, 1) };
  const query = 'sum(rate(a{b="c"}[2m])) + 1';

  it('keep the query as it is, in Prometheus and in Grafana Explore', () => {
    const prometheus = new URL(promqlAddress('http://p:9090/prefix/', [query], span));
    assert.equal(prometheus.pathname, '/prefix/graph');
    assert.equal(prometheus.searchParams.get('g0.expr'), query);
    assert.equal(prometheus.searchParams.get('g0.range_input'), '3600s');
    const grafana = new URL(grafanaAddress('http://g:3000', [query], span));
    assert.equal(JSON.parse(grafana.searchParams.get('panes') ?? '').cacheOps.queries[0].expr, query);
  });
});

describe('CSV', () => {
  it('quotes what must be, and makes no formula of a text', () => {
    assert.equal(toCsv([['a,b', 'say "x"', -1, '=1+1']]), '"a,b","say ""x""",-1,\'=1+1\r\n');
  });
});
