import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { startHttpStandIn } from '../live/support/httpStandIn.ts';
import type { HttpStandIn } from '../live/support/httpStandIn.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import type { PrometheusServer } from '../sandbox/prometheus.ts';
import { startQdrant } from '../sandbox/qdrant.ts';
import type { QdrantServer } from '../sandbox/qdrant.ts';
import { session } from './shared.ts';

describe('The services of an environment', function () {
  let qdrant: QdrantServer;
  let prometheus: PrometheusServer;
  let application: HttpStandIn;
  let grafana: HttpStandIn;
  let settingsFile: string;
  let written: string;
  let health = 'ok';

  before(async function () {
    this.timeout(120_000);
    const { window, workspace, folder } = session();
    application = await startHttpStandIn(({ url }) =>
      url === '/metrics' ? { body: 'shop_hits_total 1\n' } : { body: { status: health } },
    );
    grafana = await startHttpStandIn(({ url = '' }) => {
      if (url === '/api/health') return { body: { database: 'ok', version: '11.2.0' } };
      return url.startsWith('/api/search') ? { body: [] } : { status: 404 };
    });
    qdrant = await startQdrant({ folder: path.join(folder, 'services-qdrant') });
    prometheus = await startPrometheus({
      folder: path.join(folder, 'services-prometheus'),
      targets: [{ job: 'shop', instance: 'shop-1', port: application.port }],
    });
    settingsFile = path.join(workspace.folder, '.vscode', 'settings.json');
    written = await readFile(settingsFile, 'utf8');
    const settings: Record<string, object> = JSON.parse(written);
    const named = {
      tier: 'development',
      qdrant: { url: qdrant.url },
      prometheus: { url: prometheus.url, job: 'shop' },
      application: { health: `${application.url}/health`, metrics: `${application.url}/metrics` },
      grafana: { url: grafana.url },
    };
    settings['cacheOps.environments'] = { desk: named, ...settings['cacheOps.environments'] };
    await writeFile(settingsFile, JSON.stringify(settings));
    await window.openCacheOps();
    await window.health.row('desk').expand();
  });

  after(async () => {
    if (written) await writeFile(settingsFile, written);
    await session().window.health.row('desk').waitFor('detached');
    await eventually(async () => assert.match(await session().window.statusBar().text(), /local \(development\)/));
    // While another environment was active, it may have been shown folded.
    await session().window.health.row('local').expand();
    for (const server of [qdrant, prometheus, application, grafana]) await server?.stop();
  });

  /** Whether the environment is the active one is not what is asked here. */
  const desk = async (): Promise<string> => (await row('desk')).replace(/ · active$/, '');
  const row = (label: string): Promise<string> => session().window.health.row(label).description();

  it('are all watched, and said to be healthy when all of them are', async () => {
    await eventually(async () => assert.equal(await desk(), 'development · all 4 healthy'), 20_000);
    for (const service of ['Qdrant', 'Prometheus', 'Application', 'Grafana'])
      assert.match(await row(service), /^healthy · read at \d\d:\d\d:\d\d$/);
    const texts = await session().window.health.texts();
    assert.ok(!texts.some((text) => text.includes('not watched')), texts.join(' | '));
  });

  it('show what was read below them', async () => {
    const { window } = session();
    await window.health.row('Prometheus').expand();
    assert.equal(await row('Targets'), '1 of 1 up');
    await window.screenshot('services');
    await window.health.row('Prometheus').fold();
  });

  it('name in the environment’s row what is wrong, the worst first', async () => {
    const { window } = session();
    health = 'degraded';
    await eventually(
      async () => assert.equal(await desk(), 'development · Application degraded: health · other 3 healthy'),
      20_000,
    );
    await qdrant.kill();
    await eventually(
      async () =>
        assert.equal(
          await desk(),
          'development · Qdrant connection refused · Application degraded: health · Prometheus, Grafana healthy',
        ),
      20_000,
    );
    assert.match(await row('Qdrant'), /^connection refused · last read at /);
    await window.screenshot('services-qdrant-down');
  });

  it('are copied for a ticket from the environment’s menu', async () => {
    const { window } = session();
    await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await window.health.row('desk').contextMenu('Copy Diagnostics');
    const text = await eventually(async () => {
      const now = await window.page.evaluate('navigator.clipboard.readText()');
      assert.ok(typeof now === 'string');
      assert.match(now, /^# Health of desk \(development\)/);
      return now;
    });
    assert.match(text, /## Qdrant\n\nState: down \(connection refused\)/);
    assert.match(text, /- Targets: 1 of 1 up \[healthy\]/);
  });

  it('are read anew on request', async () => {
    const { window, folder } = session();
    health = 'ok';
    qdrant = await startQdrant({ folder: path.join(folder, 'services-qdrant'), port: qdrant.port });
    await window.command('Refresh Health');
    await eventually(async () => assert.equal(await desk(), 'development · all 4 healthy'), 20_000);
  });
});
