import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { startHttpStandIn } from '../live/support/httpStandIn.ts';
import type { HttpStandIn } from '../live/support/httpStandIn.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import type { PrometheusServer } from '../sandbox/prometheus.ts';
import { session } from './shared.ts';

/** What an application shows that answered three of four from its cache since it was asked last; summary has no misses. */
function metricsPage(times: number): string {
  return `shop_hits_total{namespace="search",kind="exact"} ${4 * times}
shop_hits_total{namespace="search",kind="semantic"} ${times}
shop_hits_total{namespace="summary",kind="exact"} ${times}
shop_misses_total{namespace="search"} ${2 * times}
`;
}

describe('The hit rate', function () {
  let prometheus: PrometheusServer;
  let application: HttpStandIn;
  let settingsFile: string;
  let written: string;

  before(async function () {
    this.timeout(120_000);
    const { window, workspace, folder, redis } = session();
    let times = 0;
    application = await startHttpStandIn(({ url }) =>
      url === '/metrics'
        ? { body: metricsPage(++times), headers: { 'content-type': 'text/plain; version=0.0.4' } }
        : { body: { status: 'ok' } },
    );
    prometheus = await startPrometheus({
      folder: path.join(folder, 'hit-rate-prometheus'),
      targets: [{ job: 'shop', instance: 'shop-1', port: application.port }],
    });
    settingsFile = path.join(workspace.folder, '.vscode', 'settings.json');
    written = await readFile(settingsFile, 'utf8');
    const settings: Record<string, object> = JSON.parse(written);
    const counted = {
      tier: 'development',
      redis: { url: redis.url },
      prometheus: { url: prometheus.url, job: 'shop' },
      application: { health: `${application.url}/health`, metrics: `${application.url}/metrics` },
      metrics: {
        hits: 'shop_hits_total',
        misses: 'shop_misses_total',
        by: 'namespace',
        kind: { label: 'kind', exact: 'exact', semantic: 'semantic' },
      },
      namespaces: { search: { prefix: 'cache:search:' } },
      limits: { hitRate: { warning: '80%', critical: '30%' } },
    };
    settings['cacheOps.environments'] = { ...settings['cacheOps.environments'], counted };
    await writeFile(settingsFile, JSON.stringify(settings));
    await window.openCacheOps();
    await window.health.row('counted').waitFor();
    await switchTo('counted');
    // Its rows have the same names.
    await window.health.row('local').fold();
    await window.health.row('counted').expand();
  });

  after(async () => {
    try {
      await switchTo('local');
      if (written) await writeFile(settingsFile, written);
      await session().window.health.row('counted').waitFor('detached');
      await session().window.health.row('local').expand();
    } finally {
      // Else it would keep the whole run from ending.
      for (const server of [prometheus, application]) await server?.stop();
    }
  });

  async function switchTo(name: string): Promise<void> {
    const { window } = session();
    await window.command('Switch Environment…');
    await window.quickInput.pick(name);
    await eventually(async () => assert.ok((await text()).startsWith(`${name} (`)));
  }

  const text = async (): Promise<string> => (await session().window.statusBar().text()).trim();
  const row = (label: string): Promise<string> => session().window.health.row(label).description();

  it('is the application’s by Prometheus, says so in the status bar, and is judged', async () => {
    const { window } = session();
    await eventually(
      async () => assert.equal(await text(), 'counted (development) 75.0 % hits (Prometheus), warning'),
      30_000,
    );
    assert.equal(await window.statusBar().kind(), 'warning');
    const tooltip = await window.statusBar().tooltip();
    for (const part of [
      /^About [\d,]+ hits, [\d,]+ misses\.$/m,
      /^Window: last 5 min\.$/m,
      /^Of all lookups: exact 62\.5 %, semantic 12\.5 %\.$/m,
      /^Source: Prometheus, \d+ samples; the newest at \d\d:\d\d:\d\d, \d+ s ago\.$/m,
      /^Below the warning limit of 80\.0 %\.$/m,
    ])
      assert.match(tooltip, part);
    await window.screenshot('hit-rate-status-bar');
  });

  it('is a row of the environment, with kinds, namespaces and sources below it', async () => {
    const { window } = session();
    assert.equal(await row('Hit rate'), '75.0 %, last 5 min · Prometheus · warning');
    assert.match(await row('counted'), /^development · hit rate 75\.0 %, warning · all 3 healthy · active$/);
    await window.health.row('Hit rate').expand();
    assert.match(await row('Exact'), /^62\.5 % of all lookups · [\d,]+ hits$/);
    assert.match(await row('Semantic'), /^12\.5 % of all lookups · /);
    assert.match(await row('search'), /^71\.4 % · [\d,]+ hits, [\d,]+ misses$/);
    assert.match(await row('summary'), /^100 % · /);
    assert.match(await row('From Prometheus'), /^75\.0 %, last 5 min, \d+ samples · in use$/);
    assert.match(await row('From Redis keyspace'), / %|no traffic/);
    await window.screenshot('hit-rate-tree');
  });

  it('offers at the row of a namespace to flush it', async () => {
    const { window } = session();
    await window.health.row('search').contextMenu('Flush…');
    const { message, detail } = await window.modal().text();
    assert.equal(message, 'Flush the namespace search in counted (development)?');
    assert.match(detail, /\d keys match cache:search:\*/);
    assert.match(detail, /Warnings:\n• \d+ of them have no expiry/);
    await window.screenshot('flush-namespace-row');
    await window.modal().press('Cancel');
  });

  it('comes from the application itself when Prometheus is gone, and says why', async () => {
    const { window } = session();
    await prometheus.kill();
    await eventually(
      async () => assert.equal(await text(), 'counted (development) 75.0 % hits (application’s metrics page), warning'),
      30_000,
    );
    assert.match(await window.statusBar().tooltip(), /^Not from Prometheus: no data: connection refused\.$/m);
    assert.match(await row('From Prometheus'), /^no data: connection refused$/);
    assert.match(await row('From application’s metrics page'), /^75\.0 %, last \d.* · in use$/);
    await window.screenshot('hit-rate-fallback');
    await window.health.row('Hit rate').fold();
  });
});
