import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { ask } from '../sandbox/ask.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import type { PrometheusServer } from '../sandbox/prometheus.ts';
import { session } from './shared.ts';

const others = '# by hand\ngroups:\n  - name: ours\n    rules:\n      - alert: Ours\n        expr: vector(0) > 1\n';

describe('The files of Prometheus', function () {
  let prometheus: PrometheusServer;
  let settingsFile: string;
  let written: string;
  let monitoring: string;

  before(async function () {
    this.timeout(60_000);
    const { window, workspace, folder } = session();
    monitoring = path.join(workspace.folder, 'monitoring');
    await mkdir(monitoring, { recursive: true });
    await writeFile(path.join(monitoring, 'rules.yml'), others);
    prometheus = await startPrometheus({
      folder: path.join(folder, 'files-prometheus'),
      configFolder: monitoring,
      targets: [],
    });
    settingsFile = path.join(workspace.folder, '.vscode', 'settings.json');
    written = await readFile(settingsFile, 'utf8');
    const settings: Record<string, object> = JSON.parse(written);
    const graphs = {
      tier: 'development',
      prometheus: { url: prometheus.url, job: 'shop' },
      application: { metrics: 'http://shop.internal:8000/metrics' },
      metrics: { hits: 'shop_hits_total', misses: 'shop_misses_total' },
      limits: { hitRate: { critical: '30%' } },
    };
    settings['cacheOps.environments'] = { ...settings['cacheOps.environments'], graphs };
    await writeFile(settingsFile, JSON.stringify(settings));
    await window.openCacheOps();
    await window.health.row('graphs').waitFor();
  });

  after(async () => {
    const { window } = session();
    await window.closeEditors();
    await writeFile(settingsFile, written);
    await window.health.row('graphs').waitFor('detached');
    await window.quickInput.runCommand('Notifications: Clear All Notifications');
    await prometheus?.stop();
    await rm(monitoring, { recursive: true, force: true });
  });

  it('of rules are shown before they are written, and other groups stay', async () => {
    const { window } = session();
    await window.command('Write Prometheus Rules…');
    await window.quickInput.pick('graphs');
    await window.quickInput.pick('monitoring/rules.yml');
    await eventually(async () =>
      assert.ok((await window.notifications()).some((text) => /write monitoring\/rules\.yml\?.* 1 rule\./.test(text))),
    );
    await window.screenshot('prometheus-rules');
    assert.equal(await readFile(path.join(monitoring, 'rules.yml'), 'utf8'), others, 'nothing is written yet');
    await window.answerNotification('write monitoring/rules.yml?', 'Write File');
    const text = await eventually(async () => {
      const now = await readFile(path.join(monitoring, 'rules.yml'), 'utf8');
      assert.match(now, /alert: HitRateBelow30Percent/);
      return now;
    });
    assert.ok(text.startsWith('# by hand\ngroups:\n  - name: ours\n'), text);
  });

  it('are not loaded by the dry run of a reload', async () => {
    const { window } = session();
    await window.command('Dry Run of a Prometheus Reload…');
    await window.quickInput.pick('graphs');
    await eventually(async () => assert.match(await window.editor.title(), /Dry run for graphs/));
    await window.editor.previewText('Steps in order');
    assert.ok(!(await ask(`${prometheus.url}/api/v1/rules`)).body.includes('HitRateBelow30Percent'));
  });

  it('are loaded by a reload, which is confirmed and verified', async () => {
    const { window } = session();
    await window.answerNotification('is written', 'Reload Prometheus…');
    await window.modal().press('Reload');
    await eventually(async () =>
      assert.match(
        (await window.notifications()).join('\n'),
        /done and verified.*“cache-ops graphs” is loaded, with 1 rule/,
      ),
    );
    const { body } = await ask(`${prometheus.url}/api/v1/rules`);
    assert.match(body, /HitRateBelow30Percent/);
  });

  it('cannot be imported into a Grafana that the environment does not name, which is said', async () => {
    const { window } = session();
    await window.health.row('graphs').contextMenu('Import Grafana Dashboard…');
    await eventually(async () =>
      assert.match((await window.notifications()).join('\n'), /graphs names no Grafana\. Set grafana\.url\./),
    );
  });

  it('of its configuration get the scrape job of the application', async () => {
    const { window } = session();
    await window.health.row('graphs').contextMenu('Write Scrape Config…');
    await window.quickInput.pick('monitoring/prometheus.yml');
    await window.answerNotification('write monitoring/prometheus.yml?', 'Write File');
    const text = await eventually(async () => {
      const now = await readFile(prometheus.configFile, 'utf8');
      assert.match(now, /shop\.internal:8000/);
      return now;
    });
    assert.match(text, /^# Written when the sandbox starts/);
    await window.answerNotification('prometheus.yml is written', 'Reload Prometheus…');
    await window.modal().press('Reload');
    await eventually(async () => {
      const { body } = await ask(`${prometheus.url}/api/v1/targets`);
      assert.match(body, /shop\.internal:8000/);
    });
  });
});
