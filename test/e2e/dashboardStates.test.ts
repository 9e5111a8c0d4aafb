import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { passOn, startHttpStandIn } from '../live/support/httpStandIn.ts';
import type { HttpStandIn } from '../live/support/httpStandIn.ts';
import { weekBefore } from '../sandbox/deployments.ts';
import { sampleMetrics } from '../sandbox/environments.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import type { PrometheusServer } from '../sandbox/prometheus.ts';
import { addEnvironments } from './addEnvironments.ts';
import { DashboardPage } from './dashboardPage.ts';
import { session } from './shared.ts';

const tooMany = 'query processing would load too many samples into memory in query execution';
const refusal = `Prometheus refused the query: ${tooMany}.`;

describe('A dashboard of which a part is missing', function () {
  let prometheus: PrometheusServer;
  /** A stand-in before the real Prometheus: it refuses what matches, as Prometheus does, or lets it wait. */
  let standIn: HttpStandIn;
  let refused: RegExp | undefined;
  let held: Promise<void> | undefined;
  let restore: (() => Promise<void>) | undefined;
  let dashboard: DashboardPage;

  before(async function () {
    this.timeout(180_000);
    const { window, folder, redis } = session();
    const storage = path.join(folder, 'partial-prometheus');
    await rm(storage, { recursive: true, force: true });
    prometheus = await startPrometheus({ folder: storage, targets: [], history: weekBefore(12) });
    standIn = await startHttpStandIn(async (request) => {
      await held;
      const query = new URL(request.url ?? '', 'http://localhost').searchParams.get('query') ?? '';
      if (refused?.test(query))
        return { status: 422, body: { status: 'error', errorType: 'execution', error: tooMany } };
      return passOn(prometheus.url, request);
    });
    restore = await addEnvironments({
      partial: {
        tier: 'development',
        redis: { url: redis.url },
        prometheus: { url: standIn.url, job: 'information-desk' },
        metrics: sampleMetrics,
        limits: { hitRate: { warning: '60%', critical: '30%' } },
      },
    });
    dashboard = new DashboardPage(window.page);
  });

  after(async () => {
    await session().window.closeEditors();
    await restore?.();
    for (const server of [standIn, prometheus]) await server?.stop();
  });

  afterEach(() => {
    refused = undefined;
  });

  /** Once what is being read is there: it would be refused in part. */
  const settled = (): Promise<void> => dashboard.frame.locator('#page[aria-busy="false"]').waitFor();

  const readAgain = async (): Promise<void> => {
    await settled();
    await dashboard.frame.getByRole('button', { name: 'Read again now', exact: true }).click();
  };

  const banners = (...expected: readonly string[]): Promise<void> =>
    eventually(async () => assert.deepEqual(await dashboard.banners(), expected), 20_000);

  it('says that it reads, which nothing moves to say', async () => {
    const { window } = session();
    let answer = (): void => undefined;
    held = new Promise((resolve) => (answer = resolve));
    await window.page.emulateMedia({ reducedMotion: 'reduce' });
    try {
      await dashboard.open('partial');
      await eventually(async () => assert.equal(await dashboard.status(), 'Reading…'));
      await dashboard.frame.locator('.charts .loading').waitFor();
      await window.screenshot('dashboard-loading');
      assert.deepEqual(await dashboard.movements(), []);
    } finally {
      answer();
    }
    await dashboard.range('7 d').click();
    await eventually(async () => assert.match(await dashboard.status(), /^live, last 7 d · read at/));
    await settled();
    await dashboard.legend('latency', 'p95 cached').waitFor();
    assert.deepEqual(await dashboard.movements(), []);
    await window.page.emulateMedia({ reducedMotion: null });
  });

  it('says which part was refused, in its place too, and shows the rest', async () => {
    refused = /histogram_quantile|_sum/;
    await readAgain();
    const parts = 'Latency of cached answers, Latency of uncached answers, Comparison, Totals by namespace';
    await banners(`Prometheus, in part: ${parts} not read: ${refusal}`);
    assert.equal(await dashboard.chart('latency').locator('.message').innerText(), `Not read: ${refusal}`);
    assert.match(await dashboard.tile('p95cached').innerText(), /^p95 cached\s+no data\s+not read$/);
    assert.match(await dashboard.frame.locator('[data-chart="table"] .message').innerText(), /^Not read: Prometheus/);
    assert.match(await dashboard.tile('hitRate').innerText(), /\d\d\.\d %/);
    assert.match(await dashboard.tile('exact').innerText(), /\d\d\.\d %/);
    await session().window.screenshot('dashboard-in-part');
    refused = /kind="exact"/;
    await readAgain();
    await banners(`Prometheus, in part: Exact hits, Comparison not read: ${refusal}`);
    assert.match(await dashboard.tile('exact').innerText(), /not read/);
    await dashboard.legend('latency', 'p95 cached').waitFor();
    refused = undefined;
    await readAgain();
    await banners();
    assert.match(await dashboard.tile('exact').innerText(), /\d\d\.\d %/);
  });

  it('keeps what it showed when nothing can be read any more, and calls it no verdict of now', async () => {
    refused = /tool_cache_hits_total/;
    const border = async (): Promise<string> =>
      (await dashboard.itself()).evaluate<string>(
        "getComputedStyle(document.querySelector('.headline')).borderLeftColor",
      );
    const before = await border();
    await readAgain();
    await eventually(async () =>
      assert.match((await dashboard.banners()).join(), /^Not read: .* execution\. Shown is what was read at [\d:]+\.$/),
    );
    assert.match(await dashboard.tile('hitRate').innerText(), /\d\d\.\d %/);
    await session().window.screenshot('dashboard-stale');
    assert.notEqual(await border(), before);
  });

  it('opened while nothing can be read of Prometheus, says so, shows Redis, and recovers', async () => {
    const { window } = session();
    refused = /tool_cache_hits_total/;
    await window.closeEditors();
    await dashboard.open('partial');
    await banners(`Prometheus was not read: ${refusal}`);
    await eventually(async () => assert.match(await dashboard.tile('keys').innerText(), /^Keys\s+200/));
    await dashboard.range('1 h').click();
    // It may have been read before the first step of the hour that has something of Redis.
    await eventually(async () => {
      await readAgain();
      await dashboard.plot('keys').waitFor({ timeout: 3_000 });
    }, 40_000);
    assert.equal(
      await dashboard.frame.locator('.headline').innerText(),
      'Prometheus was not read: nothing can be said of the hit rate.',
    );
    await window.screenshot('dashboard-without-prometheus');
    assert.deepEqual(await dashboard.faults(), []);
    await dashboard.range('7 d').click();
    await banners(`Prometheus was not read: ${refusal}`);
    refused = undefined;
    await readAgain();
    await banners();
    await dashboard.waitFor('hitRate');
  });
});
