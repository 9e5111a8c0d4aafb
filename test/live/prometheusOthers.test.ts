import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPrometheusProbe } from '../../src/clients/prometheusProbe.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ServiceProbe } from '../../src/core/health/monitor.ts';
import { eventually } from '../eventually.ts';
import { findFreePort } from '../sandbox/serverProcess.ts';
import { startBadServer } from './support/badServers.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import { environmentWith, failureOf, readAll, said, secretsOf } from './support/serviceReadings.ts';
import { findVictoriaMetrics, startVictoriaMetrics } from './support/victoriaMetrics.ts';

const metrics = { hits: 'shop_hits_total', misses: 'shop_misses_total' };

function open(url: string, secrets: Record<string, string> = {}): ServiceProbe {
  const settings = { prometheus: { url, job: 'shop' }, metrics };
  return openPrometheusProbe(environmentWith(settings), secretsOf(secrets), systemClock);
}

describe('the health of a real VictoriaMetrics', function () {
  this.timeout(120_000);

  it('is read with what it offers: what it lacks is said, and is no fault', async function () {
    const command = await findVictoriaMetrics().catch((error: unknown) => {
      console.log(`      skipped: VictoriaMetrics cannot be had here: ${String(error)}`);
      return this.skip();
    });
    const folder = await mkdtemp(join(tmpdir(), 'cache-ops-victoria-'));
    const server = await startVictoriaMetrics(command, folder);
    const probe = open(server.url);
    try {
      const pushed = 'up{job="shop",instance="shop-1"} 1\nshop_hits_total{job="shop"} 5\n';
      await fetch(`${server.url}/api/v1/import/prometheus`, { method: 'POST', body: pushed });
      const report = await eventually(async () => {
        const now = await readAll(probe);
        assert.equal(said(now, 'metric/hits')[1], 'healthy');
        return now;
      }, 20_000);
      assert.deepEqual(said(report, 'targets'), ['1 of 1 up', 'healthy'], 'it scrapes nothing itself; up says it');
      assert.deepEqual(said(report, 'reload'), ['not offered', 'fact']);
      assert.deepEqual(said(report, 'version'), ['not said', 'fact']);
      assert.deepEqual(said(report, 'alerts'), ['no rule is loaded', 'fact']);
      assert.match(said(report, 'headSeries')[0], /^\d/);
      assert.deepEqual(said(report, 'metric/misses'), ['shop_misses_total: no such series', 'degraded']);
    } finally {
      probe.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

const vector = (values: Readonly<Record<string, number>>) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: Object.entries(values).map(([mark, value]) => ({ metric: { cache_ops: mark }, value: [1, String(value)] })),
  },
});

describe('an engine with Prometheus’ interface (stand-in)', () => {
  it('without targets, rules and status addresses is judged by its queries, as Thanos’ and Mimir’s queriers are', async () => {
    const engine = await startHttpStandIn(({ url = '' }) => {
      if (url.startsWith('/api/v1/query'))
        return { body: vector({ answers: 1, targets: 2, up: 1, '0': 12, '1': 400 }) };
      if (url.startsWith('/api/v1/status/buildinfo'))
        return { body: { status: 'success', data: { application: 'Grafana Mimir', version: '2.14.0' } } };
      return { status: 404, body: '404 page not found' };
    });
    const report = await readAll(open(engine.url));
    await engine.stop();
    assert.deepEqual(said(report, 'version'), ['Grafana Mimir 2.14.0', 'fact']);
    assert.deepEqual(said(report, 'targets'), ['1 of 2 up', 'degraded']);
    assert.equal(said(report, 'metric/hits')[1], 'healthy');
    assert.deepEqual(said(report, 'metric/misses'), ['shop_misses_total, 6 min 40 s old', 'degraded']);
    for (const id of ['ready', 'alerts', 'reload', 'headSeries'])
      assert.deepEqual(said(report, id), ['not offered', 'fact']);
  });

  it('that forbids a part says which, and the whole is not healthy', async () => {
    const engine = await startHttpStandIn(({ url = '' }) => {
      if (url.startsWith('/api/v1/query')) return { body: vector({ answers: 1, targets: 1, up: 1, '0': 1, '1': 1 }) };
      return { status: 403, body: { message: 'rules:read is missing for secret-token' } };
    });
    const probe = openPrometheusProbe(
      environmentWith({ prometheus: { url: engine.url, job: 'shop' }, metrics }),
      secretsOf({ 'prometheus.token': 'secret-token' }),
      systemClock,
    );
    const report = await readAll(probe);
    await engine.stop();
    assert.equal(report.state, 'unknown');
    assert.equal(said(report, 'alerts')[0], 'not permitted');
    const detail = report.readings.find(({ id }) => id === 'alerts')?.detail ?? '';
    assert.match(
      detail,
      /\/api\/v1\/rules may not be read with this login \(HTTP 403\)\. It said: rules:read is missing/,
    );
    assert.doesNotMatch(detail, /secret-token/);
  });
});

describe('a Prometheus that is not one, or not well', () => {
  it('is not there', async () => {
    const { code, next } = await failureOf(open(`http://127.0.0.1:${await findFreePort()}`));
    assert.equal(code, 'refused');
    assert.match(next ?? '', /port/);
  });

  it('is starting', async () => {
    const server = await startHttpStandIn(() => ({ status: 503, body: 'Service Unavailable' }));
    const { code, message } = await failureOf(open(server.url));
    await server.stop();
    assert.equal(code, 'busy');
    assert.match(message, /not ready \(HTTP 503\)/);
  });

  it('is another web server that answers 200 to everything', async () => {
    const server = await startHttpStandIn(() => ({ body: '<html>Welcome</html>' }));
    const { message } = await failureOf(open(server.url));
    await server.stop();
    assert.match(message, /not Prometheus’ query interface/);
  });

  it('sends on to a login page, and no secret goes there', async () => {
    const login = await startHttpStandIn(() => ({ body: 'login' }));
    const server = await startHttpStandIn(() => ({ status: 302, headers: { location: `${login.url}/login` } }));
    const { code, message } = await failureOf(open(server.url, { 'prometheus.token': 'secret' }));
    await Promise.all([server.stop(), login.stop()]);
    assert.equal(code, 'settings');
    assert.match(message, /sends on to .*\/login/);
    assert.deepEqual(login.asked, []);
  });

  it('hangs: the read ends by itself, and at once when nobody wants it any more', async () => {
    const server = await startBadServer();
    const probe = open(`http://127.0.0.1:${server.port}`);
    const controller = new AbortController();
    const reading = probe.read(controller.signal, true);
    controller.abort();
    await assert.rejects(reading, { code: 'cancelled' });
    assert.equal((await failureOf(probe)).code, 'timedOut');
    probe.close();
    await server.stop();
  });
});
