import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { weekBefore } from '../sandbox/deployments.ts';
import { sampleMetrics } from '../sandbox/environments.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import type { PrometheusOptions, PrometheusServer } from '../sandbox/prometheus.ts';
import { DashboardPage } from './dashboardPage.ts';
import { session } from './shared.ts';

const themes = ['Default Dark Modern', 'Default Light Modern', 'Default High Contrast', 'Default High Contrast Light'];

describe('The dashboard', function () {
  let prometheus: PrometheusServer;
  let options: PrometheusOptions;
  let settingsFile: string;
  let written: string;
  let dashboard: DashboardPage;
  /** A stand-in: of Grafana, only the address matters here. */
  let grafana: Server;
  let grafanaPort: number;

  before(async function () {
    this.timeout(180_000);
    const { window, workspace, folder, redis } = session();
    options = { folder: path.join(folder, 'dashboard-prometheus'), targets: [], history: weekBefore(12) };
    await rm(options.folder, { recursive: true, force: true });
    prometheus = await startPrometheus(options);
    grafana = createServer((_request, response) => response.end('{"database":"ok"}'));
    await new Promise<void>((resolve) => grafana.listen(0, '127.0.0.1', resolve));
    const address = grafana.address();
    grafanaPort = typeof address === 'object' && address !== null ? address.port : 0;
    settingsFile = path.join(workspace.folder, '.vscode', 'settings.json');
    written = await readFile(settingsFile, 'utf8');
    const settings: Record<string, object> = JSON.parse(written);
    const desk = {
      tier: 'development',
      redis: { url: redis.url },
      prometheus: { url: prometheus.url, job: 'information-desk' },
      grafana: { url: `http://127.0.0.1:${grafanaPort}` },
      metrics: sampleMetrics,
      limits: { hitRate: { warning: '60%', critical: '30%' } },
      prices: { currency: 'EUR', perCall: 0.01 },
    };
    settings['cacheOps.environments'] = { desk, ...settings['cacheOps.environments'] };
    await writeFile(settingsFile, JSON.stringify(settings));
    await window.openCacheOps();
    await window.health.row('desk').waitFor();
    dashboard = new DashboardPage(window.page);
  });

  after(async () => {
    const { window, workspace } = session();
    await window.closeEditors();
    await rm(path.join(workspace.folder, 'monitoring', 'baselines'), { recursive: true, force: true });
    if (written) await writeFile(settingsFile, written);
    await window.health.row('desk').waitFor('detached');
    await eventually(async () => assert.match(await window.statusBar().text(), /local \(development\)/));
    await window.health.row('local').expand();
    await prometheus?.stop();
    grafana?.closeAllConnections();
    grafana?.close();
  });

  it('opens from the environment’s row, names it, and says at once whether the cache pays off', async () => {
    const { window } = session();
    await window.health.row('desk').inlineAction('Open Dashboard');
    await dashboard.waitFor('hitRate');
    assert.equal(await window.editor.title(), 'Dashboard: desk (development)');
    assert.equal(await dashboard.frame.locator('h1').innerText(), 'desk (development)');
    await dashboard.range('7 d').click();
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 7 d · read at/));
    await eventually(async () =>
      assert.match(
        await dashboard.frame.locator('.headline').innerText(),
        /^\d\d\.\d % hit rate: above the 60\.0 % target since/,
      ),
    );
  });

  it('shows what Prometheus knows: the same hits, the same rate', async () => {
    const rows = await eventually(async () => {
      const found = await dashboard.namespaces();
      assert.equal(found.length, 5);
      return found;
    });
    const head = await dashboard.frame.locator('.namespaces thead th').allInnerTexts();
    assert.deepEqual(
      head.map((text) => text.replace(/\s*[↓↑]/, '')),
      ['Namespace', 'Hit rate', 'Hits', 'Misses', 'p95', 'Time saved', 'Cost saved'],
    );
    const query = 'sum(increase(tool_cache_hits_total{job="information-desk",namespace="search"}[7d]))';
    const answer = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
    const body: { data: { result: { value: [number, string] }[] } } = JSON.parse(await answer.text());
    const known = Number(body.data.result[0]?.value[1]);
    const shown = Number(rows[0]?.[2]?.replaceAll(',', ''));
    assert.equal(rows[0]?.[0], 'search');
    // Asked some seconds apart, over a week.
    assert.ok(Math.abs(shown / known - 1) < 0.002, `${shown} is not ${known}`);
    assert.match(await dashboard.tile('hitRate').innerText(), /Hit rate\s+\d\d\.\d %/);
  });

  it('sorts the namespaces', async () => {
    const byRate = dashboard.frame.locator('[data-sort="ratio"]');
    await byRate.click();
    await eventually(async () => assert.equal((await dashboard.namespaces())[0]?.[0], 'search'));
    await byRate.click();
    await eventually(async () => assert.equal((await dashboard.namespaces())[0]?.[0], 'sentiment'));
  });

  it('hides and shows a line by its entry in the legend', async () => {
    const entry = dashboard.legend('hitRate', 'semantic');
    await entry.click();
    await eventually(async () => assert.equal(await entry.getAttribute('aria-pressed'), 'false'));
    await entry.click();
    await eventually(async () => assert.equal(await entry.getAttribute('aria-pressed'), 'true'));
  });

  it('tells the exact values under the pointer, on all charts at once', async () => {
    const box = await dashboard.plot('hitRate').boundingBox();
    assert.ok(box);
    await session().window.page.mouse.move(box.x + box.width / 2, box.y + 60);
    const tooltip = dashboard.frame.locator('.tooltip');
    await eventually(async () => assert.match(await tooltip.innerText(), /\d\d:\d\d:\d\d\s+Hit rate\s+\d\d\.\d %/));
    assert.ok(await dashboard.chart('lookups').locator('.u-cursor-x').isVisible());
  });

  it('zooms into what is drawn with the mouse, and goes back', async () => {
    await dashboard.drag('hitRate', 0.4, 0.5);
    await eventually(async () => assert.match(await dashboard.status(), /^fixed, .* a value every (1|2) min$/));
    await dashboard.plot('hitRate').dblclick();
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 7 d/));
  });

  it('is worked by keyboard: values are said, plus zooms, Backspace goes back', async () => {
    const { page } = session().window;
    await dashboard.chart('hitRate').locator('.stage').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    const said = dashboard.frame.locator('[aria-live="polite"]');
    await eventually(async () => assert.match((await said.textContent()) ?? '', /: Hit rate \d\d\.\d %, exact/));
    await page.keyboard.press('+');
    await eventually(async () => assert.match(await dashboard.status(), /^fixed, /));
    await page.keyboard.press('Backspace');
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 7 d/));
    // Faster than what was zoomed to is asked for.
    for (const key of ['+', 'Backspace', '+', 'Backspace']) await page.keyboard.press(key);
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 7 d · read at/));
  });

  it('zooms with Ctrl and the wheel, where the pointer is', async () => {
    const { page } = session().window;
    await dashboard.plot('hitRate').hover();
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await eventually(async () => assert.match(await dashboard.status(), /^fixed, /));
    await dashboard.plot('hitRate').dblclick();
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 7 d/));
  });

  for (const [label, words] of [
    ['30 d', '30 d'],
    ['24 h', '1 d'],
    ['6 h', '6 h'],
    ['15 min', '15 min'],
  ] as const)
    it(`shows the last ${label}`, async () => {
      await dashboard.range(label).click();
      await eventually(async () =>
        assert.match(await dashboard.status(), new RegExp(`^live, last ${words} · read at`)),
      );
      await eventually(async () => assert.match(await dashboard.tile('hitRate').innerText(), /\d\d\.\d %/));
    });

  it('shows a stretch of one’s own; a new reading takes away neither what is typed nor the focus', async () => {
    await dashboard.range('15 min').click();
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 15 min · read at/));
    await dashboard.range('Custom…').click();
    const [from, to] = ['From', 'To'].map((name) => dashboard.frame.getByLabel(name, { exact: true }));
    assert.ok(from && to);
    const end = await to.inputValue();
    const begin = new Date(Date.parse(`${end}Z`) - 3 * 3_600_000).toISOString().slice(0, 16);
    await from.fill(begin);
    const before = await dashboard.status();
    await eventually(async () => assert.notEqual(await dashboard.status(), before), 40_000);
    assert.equal(await from.inputValue(), begin);
    assert.ok(await from.evaluate((input) => input.ownerDocument.activeElement === input));
    await dashboard.frame.getByRole('button', { name: 'Show', exact: true }).click();
    await eventually(async () => assert.match(await dashboard.status(), /^fixed, /));
    await dashboard.range('7 d').click();
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 7 d · read at/));
  });

  it('draws the day before behind', async () => {
    await dashboard.frame.locator('select').selectOption({ label: 'the day before' });
    await dashboard.legend('hitRate', 'hit rate, the day before').waitFor();
    await dashboard.frame.locator('select').selectOption({ index: 0 });
    await dashboard.legend('hitRate', 'hit rate, the day before').waitFor({ state: 'detached' });
  });

  it('captures a baseline: JSON and a document, which tiles are compared with and charts can be', async () => {
    const { window, workspace } = session();
    await dashboard.frame.getByRole('button', { name: 'Capture baseline…' }).click();
    await window.quickInput.waitFor('Capture Baseline: desk (development)');
    await window.quickInput.pick('The last hour');
    const folder = path.join(workspace.folder, 'monitoring', 'baselines');
    const [document = '', json = ''] = await eventually(async () => {
      const names = (await readdir(folder)).toSorted().toReversed();
      assert.deepEqual(
        names.map((name) => path.extname(name)),
        ['.md', '.json'],
      );
      return names.map((name) => path.join(folder, name));
    });
    const baseline: { environment: string; figures: { id: string; value: number; samples: number }[] } = JSON.parse(
      await readFile(json, 'utf8'),
    );
    assert.equal(baseline.environment, 'desk');
    const rate = baseline.figures.find(({ id }) => id === 'hitRate');
    assert.ok(rate && rate.samples > 50, JSON.stringify(rate));
    assert.match(await readFile(document, 'utf8'), /# Baseline of `desk` \(development\)[^]*Warm window/);
    await eventually(async () => assert.match(await dashboard.tile('hitRate').innerText(), /(?:vs|as) baseline/));
    await dashboard.frame.locator('select').selectOption({ label: await dashboard.option(/^the baseline \(/) });
    const drawn = dashboard.legend('hitRate', 'baseline');
    await eventually(async () =>
      assert.match(await drawn.innerText(), new RegExp(`${(rate.value * 100).toFixed(1)} %`)),
    );
    await window.screenshot('dashboard-baseline');
    await dashboard.frame.locator('select').selectOption({ index: 0 });
    await drawn.waitFor({ state: 'detached' });
  });

  it('fits into 300 pixels: nothing of it is cut off at the side', async () => {
    const { window } = session();
    const size = window.page.viewportSize();
    assert.ok(size);
    await window.quickInput.runCommand('View: Toggle Primary Side Bar Visibility');
    try {
      await window.page.setViewportSize({ ...size, width: 372 });
      await eventually(async () => assert.deepEqual(await dashboard.cutOff(), []));
    } finally {
      await window.page.setViewportSize(size);
      await window.quickInput.runCommand('View: Toggle Primary Side Bar Visibility');
    }
  });

  it('has each chart’s data as a table', async () => {
    await dashboard.menu('hitRate', 'Show data as a table');
    const first = dashboard.chart('hitRate').locator('tbody tr').first();
    assert.match(await first.innerText(), /\d\d:\d\d:\d\d\s+\d\d\.\d %/);
    await dashboard.menu('hitRate', 'Hide data table');
  });

  it('saves a chart as CSV, SVG and PNG, each with what it shows', async () => {
    const { workspace, window } = session();
    const save = async (format: string): Promise<Buffer> => {
      await dashboard.menu('hitRate', `Save as ${format.toUpperCase()}…`);
      await window.quickInput.waitFor(/^Save hitRate-/);
      await window.quickInput.accept();
      const name = await eventually(async () => {
        const found = (await readdir(workspace.folder)).find((one) => one.endsWith(`.${format}`));
        assert.ok(found);
        return found;
      });
      const file = path.join(workspace.folder, name);
      const content = await eventually(async () => {
        const bytes = await readFile(file);
        assert.ok(bytes.length > 0);
        return bytes;
      });
      await rm(file);
      return content;
    };
    const [head, ...rows] = (await save('csv')).toString().trim().split(/\r?\n/);
    assert.match(head ?? '', /^time,Hit rate \(ratio\),exact \(ratio\),semantic \(ratio\)/);
    const shown = Number(/([\d.]+) %/.exec(await dashboard.legend('hitRate', 'Hit rate').innerText())?.[1]);
    const last = rows.findLast((row) => row.split(',')[1] !== '')?.split(',');
    assert.match(last?.[0] ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    // A reading may have come in between.
    assert.ok(Math.abs(Number(last?.[1]) * 100 - shown) < 1, `${last?.[1]} is not ${shown} %`);
    const svg = (await save('svg')).toString();
    assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.match(svg, />Hit rate – desk \(development\)</);
    assert.match(svg, /<path d="M[\d. ]+L/);
    const png = await save('png');
    assert.equal(png.subarray(0, 8).toString('latin1'), '\u0089PNG\r\n\u001A\n');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1920, 720]);
    // A picture of one colour alone would be a few kilobytes.
    assert.ok(png.length > 30_000, String(png.length));
  });

  it('opens the PromQL behind a chart in Prometheus and in Grafana Explore', async () => {
    const { page } = session().window;
    const opened = async (item: string): Promise<URL> => {
      const [other] = await Promise.all([page.context().waitForEvent('page'), dashboard.menu('hitRate', item)]);
      await other.waitForURL(/^http/);
      const url = new URL(other.url());
      await other.close();
      return url;
    };
    const graph = await opened('Open in Prometheus');
    // In a browser, the editor puts its own way to that port before it.
    assert.match(graph.href, new RegExp(`^http://[^?]*\\b${prometheus.port}/graph\\?`));
    assert.match(graph.searchParams.get('g0.expr') ?? '', /rate\(tool_cache_hits_total\{job="information-desk"\}/);
    const explore = await opened('Open in Grafana Explore');
    assert.match(explore.href, new RegExp(`^http://[^?]*\\b${grafanaPort}/explore\\?`));
    assert.match(explore.searchParams.get('panes') ?? '', /tool_cache_hits_total/);
  });

  it('copies the PromQL behind a chart', async () => {
    const { page } = session().window;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await dashboard.menu('hitRate', 'Copy PromQL');
    await eventually(async () => {
      const text = await page.evaluate('navigator.clipboard.readText()');
      assert.match(String(text), /# hits a second\n.*rate\(tool_cache_hits_total\{job="information-desk"\}/);
    });
  });

  for (const theme of themes)
    it(`is legible in ${theme}, which it follows`, async () => {
      const { window } = session();
      const settings: Record<string, unknown> = JSON.parse(await readFile(settingsFile, 'utf8'));
      await writeFile(settingsFile, JSON.stringify({ ...settings, 'workbench.colorTheme': theme }));
      const wanted = theme.includes('Light') ? /light/ : /^(?!.*light)/;
      const contrast = theme.includes('High');
      await eventually(async () => {
        const classes = (await dashboard.frame.locator('body').getAttribute('class')) ?? '';
        assert.match(classes, wanted);
        assert.equal(classes.includes('high-contrast'), contrast, classes);
      });
      assert.deepEqual(await dashboard.faults(), []);
      await window.screenshot(`dashboard ${theme}`.toLowerCase().replaceAll(' ', '-'));
    });

  it('says that Prometheus is gone, keeps what it showed, and recovers when it is back', async function () {
    this.timeout(150_000);
    const { port } = prometheus;
    await dashboard.range('1 h').click();
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 1 h · read at/));
    const before = await dashboard.legend('hitRate', 'Hit rate').innerText();
    await prometheus.kill();
    await eventually(
      async () =>
        assert.match(
          (await dashboard.banners()).join(),
          /^Not read: .*refused.* Shown is what was read at \d\d:\d\d:\d\d\.$/s,
        ),
      30_000,
    );
    assert.equal(await dashboard.legend('hitRate', 'Hit rate').innerText(), before);
    assert.ok(await dashboard.plot('hitRate').isVisible());
    const { folder, targets } = options;
    prometheus = await startPrometheus({ folder, targets, port });
    await eventually(async () => assert.deepEqual(await dashboard.banners(), []), 90_000);
  });

  it('is restored as it was after the window was loaded anew', async () => {
    const { window } = session();
    await dashboard.legend('hitRate', 'exact').click();
    await dashboard.range('24 h').click();
    // What was read for that range came after all of this was kept.
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 1 d .* every 2 min$/));
    await window.reload();
    await dashboard.waitFor('hitRate');
    assert.match(await dashboard.status(), /^live, last 1 d/);
    await eventually(async () =>
      assert.equal(await dashboard.legend('hitRate', 'exact').getAttribute('aria-pressed'), 'false'),
    );
  });

  it('of another environment is another page: without Prometheus, what was recorded here, called what it is', async () => {
    const { window } = session();
    await window.openCacheOps();
    await window.command('Open Dashboard');
    await window.quickInput.pick('local');
    await eventually(async () => assert.equal(await window.editor.title(), 'Dashboard: local (development)'));
    await eventually(async () =>
      assert.match((await dashboard.banners()).join(), /names no Prometheus: shown is what this editor recorded/),
    );
    await dashboard.waitFor('keys');
    await eventually(async () => assert.match(await dashboard.tile('keys').innerText(), /Keys\s+200/), 40_000);
    assert.deepEqual(
      (await window.editor.tabs()).filter((tab) => tab.startsWith('Dashboard')),
      ['Dashboard: desk (development)', 'Dashboard: local (development)'],
    );
  });
});
