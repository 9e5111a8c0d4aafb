import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { DashboardPage } from './dashboardPage.ts';
import { longName, longNamespace, startOddCounts } from './oddCounts.ts';
import { session } from './shared.ts';

describe('A dashboard of what is seldom counted', function () {
  let stop: (() => Promise<void>) | undefined;
  let dashboard: DashboardPage;

  before(async function () {
    this.timeout(120_000);
    stop = await startOddCounts();
    dashboard = new DashboardPage(session().window.page);
  });

  after(async () => {
    await session().window.closeEditors();
    await stop?.();
  });

  afterEach(() => session().window.closeEditors());

  /** The page of an environment, of the last day, once all of it is there. */
  async function show(environment: string): Promise<void> {
    await dashboard.open(environment);
    await dashboard.frame.locator('.status', { hasText: 'read at' }).waitFor();
    await dashboard.range('24 h').click();
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 1 d · read at/));
    await eventually(async () => assert.ok((await dashboard.namespaces()).length > 0));
  }

  const headline = (): Promise<string> => dashboard.frame.locator('.headline').innerText();
  const tone = async (): Promise<string> =>
    ((await dashboard.frame.locator('.headline').getAttribute('class')) ?? '').replace('headline ', '');
  const tile = async (id: string): Promise<string> =>
    (await dashboard.tile(id).innerText()).replaceAll(/\s+/g, ' ').trim();

  it('draws the busiest of twenty namespaces and the rest as one, all of them in the table', async () => {
    const { window } = session();
    await show(longName);
    const legend = await dashboard.chart('namespaces').locator('.legend-entry').allInnerTexts();
    assert.equal(legend.length, 7);
    assert.match(legend.join('\n'), new RegExp(`^${longNamespace}\\s+75\\.0 %`));
    assert.match(legend.join('\n'), /never\s+0 %/);
    assert.match(legend.join('\n'), /14 others\s+\d\d\.\d %$/);
    const rows = await dashboard.namespaces();
    assert.equal(rows.length, 20);
    const rate = (name: string) => rows.find((row) => row[0] === name)?.[1];
    assert.deepEqual([rate('always'), rate('never'), rate(longNamespace)], ['100 %', '0 %', '75.0 %']);
    assert.match(await headline(), /^60\.0 % hit rate: above the 55\.0 % target all through this range\.\s+/);
    await window.screenshot('dashboard-twenty-namespaces');
  });

  it('shows long names whole beside the pointer too, at 300 pixels', async () => {
    const { window } = session();
    const size = window.page.viewportSize();
    assert.ok(size);
    await show(longName);
    await window.quickInput.runCommand('View: Toggle Primary Side Bar Visibility');
    try {
      await window.page.setViewportSize({ ...size, width: 372 });
      await eventually(async () => assert.deepEqual(await dashboard.cutOff(), []));
      await dashboard.plot('namespaces').hover();
      await dashboard.frame.locator('.tooltip', { hasText: longNamespace }).waitFor();
      await window.screenshot('dashboard-long-names');
      assert.deepEqual(await dashboard.cutOff(), []);
    } finally {
      await window.page.setViewportSize(size);
      await window.quickInput.runCommand('View: Toggle Primary Side Bar Visibility');
    }
  });

  it('leaves open what was not read, says how much, and marks the restart', async () => {
    await show(longName);
    // Sixteen of the twenty-four hours were there to be read, three of them were not.
    assert.match(await headline(), /There is no data of (?:10 h \d+ min|11 h(?: \d+ min)?) of this range\./);
    await dashboard.menu('hitRate', 'Show data as a table');
    const cells = await dashboard.chart('hitRate').locator('tbody td').allInnerTexts();
    const known = cells.map((text) => (text === 'no data' ? ' ' : '#')).join('');
    assert.match(known, /^#+ +#+ +$/);
    const wrong = cells.filter((text) => text !== 'no data' && !/^(?:59\.9|60\.[01]) %$/.test(text));
    assert.deepEqual(wrong, [], 'a restart changes no rate');
  });

  it('shows exactly 100 % and exactly 0 %, each judged', async () => {
    await show('all-hits');
    assert.deepEqual(await tile('hitRate'), 'Hit rate 100 %');
    assert.match(await headline(), /^100 % hit rate: above the 55\.0 % target all through this range\./);
    assert.equal(await tone(), 'good');
    await session().window.closeEditors();
    await show('all-misses');
    assert.equal(await tile('hitRate'), 'Hit rate 0 % below target, critical');
    assert.match(await headline(), /^0 % hit rate: below the critical 30\.0 % limit all through this range\./);
    assert.equal(await tone(), 'critical');
  });

  it('tells no traffic from no data', async () => {
    await show('idle');
    assert.match(await headline(), /^No traffic in this range: there is no hit rate\./);
    assert.equal(await tile('hitRate'), 'Hit rate no data no traffic in this range');
    assert.equal(await tile('requests'), 'Lookups 0/s');
    for (const chart of ['hitRate', 'namespaces'])
      assert.match(await dashboard.chart(chart).locator('.message').innerText(), /^There was no traffic in this range/);
  });

  it('of counters that ended hours ago says since when, and passes nothing off as what is so now', async () => {
    await show('ended');
    assert.match(
      await headline(),
      /^No data since \d\d:\d\d \((?:1 h 5\d min|2 h)\): until then the hit rate was 75\.0 %\./,
    );
    assert.equal(await tone(), 'unknown');
    assert.equal(await tile('hitRate'), 'Hit rate no data no data now');
    assert.match(await dashboard.legend('lookups', 'Hits').innerText(), /Hits\s+none now/);
    await session().window.screenshot('dashboard-ended');
  });

  it('where nobody counts misses, takes no hit rate for a good one', async () => {
    await show('misspelled');
    assert.match(await headline(), /^At most 100 % hit rate: misses unknown\.\s+There is no series of misses/);
    assert.equal(await tone(), 'unknown');
    assert.equal(await tile('hitRate'), 'Hit rate no data misses unknown');
    const [row] = await dashboard.namespaces();
    assert.match(row?.slice(0, 4).join(' ') ?? '', /^search – [\d,]+ –$/);
    for (const chart of ['hitRate', 'lookups'])
      assert.match(await dashboard.chart(chart).locator('.card-source').innerText(), /; misses unknown$/);
    await dashboard.legend('lookups', 'Misses').waitFor({ state: 'detached' });
    await session().window.screenshot('dashboard-misses-unknown');
  });
});
