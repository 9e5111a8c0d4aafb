import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { DashboardPage } from './dashboardPage.ts';
import { longName, startOddCounts } from './oddCounts.ts';
import { session } from './shared.ts';

/** Zoom levels −2, 2 and 4 of the editor: each is a fifth more. */
const zooms = [-2, 2, 4].map((level) => 1.2 ** level);
/** Of the page; beside it stands the activity bar. */
const widths = [300, 1_000, 2_000];
const besidePage = 72;

describe('A dashboard, zoomed and worked by keyboard alone', function () {
  let stop: (() => Promise<void>) | undefined;
  let dashboard: DashboardPage;

  before(async function () {
    this.timeout(120_000);
    stop = await startOddCounts();
    const { window } = session();
    dashboard = new DashboardPage(window.page);
    await dashboard.open(longName);
    await dashboard.frame.locator('.status', { hasText: 'read at' }).waitFor();
    await dashboard.range('24 h').click();
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 1 d · read at/));
    await eventually(async () => assert.equal((await dashboard.namespaces()).length, 20));
  });

  after(async () => {
    await session().window.closeEditors();
    await stop?.();
  });

  /** What has the focus: which part of the page, what it is called, and whether that can be seen. */
  const focus = async (): Promise<{ part: string; name: string; seen: boolean }> =>
    (await dashboard.itself()).evaluate(`(() => {
      const one = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      const part = one.closest('.toolbar') ? 'toolbar' : one.closest('.tiles') ? 'tiles'
        : one.closest('[data-chart]')?.dataset.chart ?? one.tagName;
      const { top, bottom } = one.getBoundingClientRect();
      const seen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 && bottom > 0 && top < innerHeight;
      return { part, name: one.getAttribute('aria-label') ?? one.textContent, seen };
    })()`);

  const press = (key: string): Promise<void> => session().window.page.keyboard.press(key);

  it('is drawn anew at every zoom and width: sharp, nothing cut off', async function () {
    this.timeout(90_000);
    const { window } = session();
    const size = window.page.viewportSize();
    assert.ok(size);
    const browser = await window.page.context().newCDPSession(window.page);
    await window.quickInput.runCommand('View: Toggle Primary Side Bar Visibility');
    try {
      for (const zoom of zooms)
        for (const width of widths) {
          const metrics = { width: width + besidePage, height: 1_200, deviceScaleFactor: zoom, mobile: false };
          await browser.send('Emulation.setDeviceMetricsOverride', metrics);
          const about = `${zoom.toFixed(2)} times, ${width} pixels`;
          await eventually(async () => {
            assert.deepEqual(await dashboard.blurred(zoom), [], about);
            assert.deepEqual(await dashboard.cutOff(), [], about);
          });
          // The one of the window would be taken without the zoom.
          const { data } = await browser.send('Page.captureScreenshot');
          const picture = `dashboard-zoom-${zoom.toFixed(2)}-${width}.png`;
          await writeFile(path.join(path.dirname(await window.screenshot('dashboard-zoom')), picture), data, 'base64');
        }
    } finally {
      await browser.send('Emulation.clearDeviceMetricsOverride');
      await browser.detach();
      await window.page.setViewportSize(size);
      await window.quickInput.runCommand('View: Toggle Primary Side Bar Visibility');
    }
  });

  it('is gone through by Tab from the toolbar to the table, with the focus in sight everywhere', async () => {
    await dashboard.range('15 min').focus();
    await press('Shift+Tab');
    await press('Tab');
    const parts: string[] = [];
    for (let count = 0; count < 80; count += 1) {
      const { part, name, seen } = await focus();
      assert.ok(seen, `${part}: ${name}`);
      if (parts.at(-1) !== part) parts.push(part);
      if (part === 'table' && name === 'Table of namespaces') break;
      await press('Tab');
    }
    assert.deepEqual(parts, ['toolbar', 'tiles', 'hitRate', 'namespaces', 'lookups', 'latency', 'table']);
  });

  it('says of a tile by keyboard what a pointer is told', async () => {
    await dashboard.tile('hitRate').focus();
    await press('ArrowRight');
    assert.match((await focus()).name, /^Lookups/);
    await session().window.screenshot('dashboard-tile-focus');
  });

  it('opens every menu, walks it by arrows, and closes it by Escape, which gives the focus back', async () => {
    for (const chart of ['hitRate', 'namespaces', 'lookups', 'latency']) {
      const button = dashboard.chart(chart).getByRole('button', { name: /^More for/ });
      await button.focus();
      await press('Enter');
      const items = await dashboard.chart(chart).getByRole('menuitem').allInnerTexts();
      assert.ok(items.length > 0);
      for (const item of [...items, items[0]]) {
        assert.equal((await focus()).name, item);
        await press('ArrowDown');
      }
      await press('End');
      assert.equal((await focus()).name, items.at(-1));
      await press('Escape');
      assert.ok(await button.evaluate((one) => one.ownerDocument.activeElement === one));
      assert.equal(await dashboard.chart(chart).getByRole('menuitem').count(), 0);
    }
  });

  it('chooses a stretch of one’s own, and goes back, without losing the focus', async () => {
    await dashboard.range('Custom…').focus();
    await press('Enter');
    await dashboard.frame.getByLabel('From', { exact: true }).waitFor();
    await dashboard.frame.getByLabel('To', { exact: true }).focus();
    await press('Escape');
    await dashboard.frame.getByLabel('From', { exact: true }).waitFor({ state: 'detached' });
    assert.equal((await focus()).name, 'Custom…');
    await press('Enter');
    await dashboard.frame.getByRole('button', { name: 'Show', exact: true }).focus();
    await press('Enter');
    await eventually(async () => assert.match(await dashboard.status(), /^fixed, .* read at/));
    assert.equal((await focus()).name, 'Custom…');
    const back = dashboard.frame.getByRole('button', { name: 'Back to the range before', exact: true });
    await back.focus();
    for (let count = 0; count < 10 && (await back.isEnabled()); count += 1) await press('Enter');
    assert.equal((await focus()).part, 'toolbar');
    await dashboard.range('24 h').click();
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 1 d · read at/));
  });

  it('keeps the table where it was scrolled to, and the focus in it, over a reading', async () => {
    const table = dashboard.frame.getByRole('region', { name: 'Table of namespaces' });
    await table.focus();
    const top = (): Promise<number> => table.evaluate((one) => one.scrollTop);
    // Another reading may be drawn at this very moment.
    await eventually(async () => {
      await table.evaluate((one) => {
        one.scrollTop = 60;
        one.setAttribute('data-old', '');
      });
      assert.equal(await top(), 60);
    });
    await dashboard.frame.getByRole('button', { name: 'Read again now', exact: true }).dispatchEvent('click');
    await eventually(async () => assert.equal(await table.getAttribute('data-old'), null));
    assert.equal(await top(), 60);
    assert.equal((await focus()).name, 'Table of namespaces');
  });

  it('hides a line by its entry of the legend, and shows it alone', async () => {
    const entry = dashboard.legend('namespaces', 'namespace-01');
    await entry.focus();
    await press('Space');
    await eventually(async () => assert.equal(await entry.getAttribute('aria-pressed'), 'false'));
    assert.match((await focus()).name, /^namespace-01/);
    await press('Alt+Enter');
    const pressed = dashboard.chart('namespaces').locator('.legend-entry[aria-pressed="true"]');
    await eventually(async () => assert.equal(await pressed.count(), 1));
    await press('Alt+Enter');
    await eventually(async () => assert.equal(await pressed.count(), 7));
  });
});
