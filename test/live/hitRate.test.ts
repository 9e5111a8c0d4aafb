import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPrometheusProbe } from '../../src/clients/prometheusProbe.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { SourcedHitRate } from '../../src/core/metrics/sourcedHitRate.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import { ensureVersion } from '../sandbox/otherVersions.ts';
import { passOn, startHttpStandIn } from './support/httpStandIn.ts';
import { counter, importKnownHistory, rising, writeKnownHistory } from './support/knownHistory.ts';
import { queryPrometheus } from './support/sandboxAnswers.ts';
import { environmentWith, never, secretsOf } from './support/serviceReadings.ts';
import { findVictoriaMetrics, startVictoriaMetrics } from './support/victoriaMetrics.ts';

const metrics = {
  hits: 'shop_hits_total',
  misses: 'shop_misses_total',
  by: 'namespace',
  kind: { label: 'kind', exact: 'exact', semantic: 'semantic' },
};

const times = 60;

/** Nine hits (six exact) and three misses a step in search; four hits alone in summary; and what is not quite so plain. */
const history = [
  counter('shop_hits_total', { namespace: 'search', kind: 'exact' }, rising(6, times)),
  counter('shop_hits_total', { namespace: 'search', kind: 'semantic' }, rising(3, times)),
  counter('shop_misses_total', { namespace: 'search' }, rising(3, times)),
  counter('shop_hits_total', { namespace: 'summary', kind: 'exact' }, rising(4, times)),
  counter('shop_hits_total', { namespace: 'idle', kind: 'exact' }, rising(0, times)),
  counter('shop_misses_total', { namespace: 'idle' }, rising(0, times)),
  counter('shop_hits_total', {}, rising(500, times), 'elsewhere'),
  counter('shop_hits_total', {}, rising(0, times), 'quiet'),
  counter('shop_misses_total', {}, rising(0, times), 'quiet'),
  counter('shop_hits_total', {}, rising(6, times, 8), 'restarted'),
  counter('shop_misses_total', {}, rising(2, times, 8), 'restarted'),
  counter('shop_hits_total', {}, [7], 'new'),
  ...Array.from({ length: 60 }, (_, user) =>
    counter('shop_hits_total', { namespace: `user ${user}` }, rising(1, times), 'users'),
  ),
];

interface Engine {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** Each is given the history; those that cannot be had here say so. */
const engines: Readonly<Record<string, (folder: string) => Promise<Engine>>> = {
  'Prometheus 2': async (folder) => {
    await writeKnownHistory(folder, history);
    return startPrometheus({ folder, targets: [] });
  },
  'Prometheus 3': async (folder) => {
    const command = await ensureVersion('Prometheus 3');
    await writeKnownHistory(folder, history);
    return startPrometheus({ folder, targets: [], command });
  },
  VictoriaMetrics: async (folder) => {
    const server = await startVictoriaMetrics(await findVictoriaMetrics(), folder);
    await importKnownHistory(server.url, history);
    return server;
  },
};

for (const [name, start] of Object.entries(engines))
  describe(`the hit rate that a real ${name} tells`, function () {
    this.timeout(180_000);
    let folder: string;
    let server: Engine;

    before(async function () {
      folder = await mkdtemp(join(tmpdir(), 'cache-ops-hit-rate-'));
      try {
        server = await start(folder);
      } catch (error) {
        if (name === 'Prometheus 2') throw error;
        console.log(`      skipped: ${name} cannot be had here: ${String(error)}`);
        this.skip();
      }
    });
    after(async () => {
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    async function hitRate(job: string, names: object = metrics, url = server.url): Promise<SourcedHitRate> {
      const probe = openPrometheusProbe(
        environmentWith({ prometheus: { url, job }, metrics: names }),
        secretsOf(),
        systemClock,
      );
      const { hitRates = [] } = await probe.read(never, false);
      probe.close();
      const [only, ...others] = hitRates;
      assert.ok(only && others.length === 0);
      return only;
    }

    const ratio = ({ rate }: Pick<SourcedHitRate, 'rate'>): number => {
      assert.equal(rate.kind, 'rate', JSON.stringify(rate));
      return rate.kind === 'rate' ? Math.round(rate.ratio * 1000) / 1000 : Number.NaN;
    };

    it('is that of the last five minutes, of all, by kind and by namespace, with what it rests on', async () => {
      const read = await hitRate('shop');
      assert.equal(ratio(read), 0.813, '13 of 16');
      assert.equal(read.rate.kind === 'rate' && read.rate.windowMs, 300_000);
      const parts = read.parts.map((part) => [
        part.kind,
        part.name,
        part.rate.kind === 'rate' ? ratio(part) : part.rate.kind,
      ]);
      assert.deepEqual(parts, [
        ['exact', 'exact', 0.625],
        ['semantic', 'semantic', 0.188],
        ['namespace', 'search', 0.75],
        ['namespace', 'summary', 1],
        ['namespace', 'idle', 'noTraffic'],
      ]);
      assert.ok(read.samples !== undefined && read.samples >= 19 && read.samples <= 21, `${read.samples} samples`);
      assert.ok(Math.abs((read.newestAtMs ?? 0) - Date.now()) < 30_000);
      assert.equal(read.restart, undefined);
    });

    it('is what Prometheus itself works out of the same counters', async () => {
      const sum = (metric: string): string => `sum(increase(${metric}{job="shop"}[5m]))`;
      const [expected] = await queryPrometheus(
        server.url,
        `${sum('shop_hits_total')} / (${sum('shop_hits_total')} + ${sum('shop_misses_total')})`,
      );
      assert.ok(expected !== undefined && Math.abs(ratio(await hitRate('shop')) - expected) < 0.002);
    });

    it('tells no traffic from no data', async () => {
      assert.deepEqual((await hitRate('quiet')).rate, { kind: 'noTraffic', windowMs: 300_000 });
      const none = await hitRate('nowhere');
      assert.deepEqual(none.rate, { kind: 'noData', why: 'no current sample of the hits and misses' });
      const { rate } = await hitRate('new');
      // VictoriaMetrics does not show a sample that stands alone.
      assert.match(rate.kind === 'noData' ? rate.why : rate.kind, /^scraped only once so far$|^no current sample/);
    });

    it('counts across a restart, and says that there was one', async () => {
      const read = await hitRate('restarted');
      assert.equal(ratio(read), 0.75);
      assert.match(read.restart ?? '', /^Counters began anew within the window/);
    });

    it('counts a missing series of misses as none', async () => {
      assert.equal(ratio(await hitRate('elsewhere')), 1);
    });

    it('does not list a namespace for each user', async () => {
      const read = await hitRate('users');
      assert.equal(ratio(read), 1);
      assert.deepEqual(
        read.parts.map(({ kind }) => kind),
        [],
      );
      assert.match(read.note ?? '', /^The label namespace has 60 values/);
    });

    it('takes no request of its own', async () => {
      const counting = await startHttpStandIn((request) => passOn(server.url, request));
      const probe = openPrometheusProbe(
        environmentWith({ prometheus: { url: counting.url, job: 'a-rather-long-name-of-a-scrape-job' }, metrics }),
        secretsOf(),
        systemClock,
      );
      await probe.read(never, false);
      counting.asked.length = 0;
      await probe.read(never, false);
      probe.close();
      await counting.stop();
      assert.equal(counting.asked.length, 1);
      // Proxies refuse addresses from 8 KB on.
      assert.ok((counting.asked[0] ?? '').length < 6000, `${counting.asked[0]?.length} characters`);
    });
  });
