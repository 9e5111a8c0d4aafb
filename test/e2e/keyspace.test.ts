import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { eventually } from '../eventually.ts';
import { DashboardPage } from './dashboardPage.ts';
import { session } from './shared.ts';

describe('The page of a keyspace', () => {
  let page: DashboardPage;

  before(async () => {
    const { window } = session();
    await window.closeEditors();
    // What other tests left open or asked is not to take the keys meant for this one.
    await window.reload();
    await window.openCacheOps();
    await window.health.row('local').waitFor();
    page = new DashboardPage(window.page);
  });

  after(() => session().window.closeEditors());

  /** Text of each row, label first. */
  async function rows(section: string): Promise<readonly string[]> {
    const texts = await page.frame.locator(`[data-section="${section}"] tbody tr`).allInnerTexts();
    return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim());
  }

  it('shows prefixes, expiry and biggest keys, with the coverage first', async () => {
    const { window, redis } = session();
    const client = new Redis(redis.url);
    const known = await client.dbsize().finally(() => client.disconnect());
    await window.command('Analyse Keyspace…');
    await window.quickInput.pick('local');
    await window.quickInput.pick('Memory of every key');
    await page.frame.locator('[data-section="prefixes"]').waitFor();
    assert.equal(await window.editor.title(), 'Keyspace: local (development)');
    assert.match(
      await page.frame.locator('.headline').innerText(),
      new RegExp(`^Coverage 100 %: ${known} keys seen of ${known} by DBSIZE`),
    );
    const prefixes = await rows('prefixes');
    const keys = prefixes.map((text) => Number(/(\d+) [\d.]+ %$/.exec(text)?.[1]));
    assert.equal(
      keys.reduce((sum, one) => sum + one, 0),
      known,
      prefixes.join('; '),
    );
    assert.ok((await rows('biggest')).length > 0);
    assert.deepEqual(await page.faults(), []);
    await window.screenshot('keyspace');
  });

  it('is there again after the window was loaded anew, without the names of keys', async () => {
    const { window } = session();
    const [prefixes, expiry] = [await rows('prefixes'), await rows('expiry')];
    await window.untilPageIsKept('cacheOps.keyspace');
    await window.reload();
    await page.frame.locator('[data-section="prefixes"]').waitFor({ timeout: 30_000 });
    assert.equal(await window.editor.title(), 'Keyspace: local (development)');
    assert.deepEqual(await rows('prefixes'), prefixes);
    assert.deepEqual(await rows('expiry'), expiry);
    assert.match(await page.frame.locator('[data-section="biggest"]').innerText(), /not kept over a restart/);
  });

  it('is in short on the dashboard, with its age', async () => {
    const { window } = session();
    await window.closeEditors();
    await window.command('Open Dashboard');
    await window.quickInput.pick('local');
    await page.frame.locator('[data-section="expiry"]').waitFor({ timeout: 30_000 });
    const note = page.frame.locator('[data-section="prefixes"] .card-source');
    await eventually(async () =>
      assert.match(await note.innerText(), /^Keyspace analysis of \d\d:\d\d:\d\d, .* ago; 100 % of the keys/),
    );
    assert.ok((await rows('prefixes')).length > 0);
    await page.frame.locator('[data-section="expiry"]').scrollIntoViewIfNeeded();
    await window.screenshot('dashboard-keyspace');
    assert.deepEqual(await page.faults(), []);
  });
});
