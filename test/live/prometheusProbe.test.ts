import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPrometheusProbe } from '../../src/clients/prometheusProbe.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ServiceProbe } from '../../src/core/health/monitor.ts';
import { eventually } from '../eventually.ts';
import { ask } from '../sandbox/ask.ts';
import { makeCertificates } from '../sandbox/certificates.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import type { PrometheusServer } from '../sandbox/prometheus.ts';
import { startHttpStandIn, passOn } from './support/httpStandIn.ts';
import type { HttpStandIn } from './support/httpStandIn.ts';
import { environmentWith, failureOf, readAll, reading, said, secretsOf } from './support/serviceReadings.ts';

const metrics = { hits: 'shop_hits_total', misses: 'shop_misses_total', latency: 'shop_seconds', by: 'namespace' };

const exposed = `# TYPE shop_hits_total counter
shop_hits_total{namespace="search"} 7
shop_misses_total 3
shop_seconds_count 10
shop_seconds_sum 1.5
shop_seconds_bucket{le="+Inf"} 10
`;

const rules = `groups:
  - name: shop
    rules:
      - alert: FewHits
        expr: shop_hits_total < 1000
        labels: { severity: warning }
        annotations: { summary: Fewer hits than usual. }
      - alert: SomebodyElses
        expr: vector(1)
      - alert: Quiet
        expr: shop_hits_total > 1e9
`;

describe('the health of a real Prometheus', function () {
  this.timeout(60_000);
  let folder: string;
  let app: HttpStandIn;
  let server: PrometheusServer;
  let probe: ServiceProbe;
  let page = exposed;

  const open = (prometheus: object = {}, more: object = { metrics }): ServiceProbe =>
    openPrometheusProbe(
      environmentWith({ prometheus: { url: server.url, job: 'shop', ...prometheus }, ...more }),
      secretsOf(),
      systemClock,
    );

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-prometheus-'));
    app = await startHttpStandIn(() => ({ body: page, headers: { 'content-type': 'text/plain; version=0.0.4' } }));
    await writeFile(join(folder, 'rules.yml'), rules);
    server = await startPrometheus({ folder, targets: [{ job: 'shop', instance: 'shop-1', port: app.port }] });
    probe = open();
  });
  after(async () => {
    probe?.close();
    await server?.stop();
    await app?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('says what is scraped, how fresh it is, and what fires, with since and labels', async () => {
    const report = await eventually(async () => {
      const now = await readAll(probe);
      assert.match(said(now, 'alert/FewHits/0')[0], /^firing for .*severity=warning/);
      return now;
    }, 30_000);
    assert.deepEqual(said(report, 'targets'), ['1 of 1 up', 'healthy']);
    const [hits, state] = said(report, 'metric/hits');
    assert.match(hits, /^shop_hits_total, \d+ s old$/);
    assert.equal(state, 'healthy');
    assert.equal(said(report, 'metric/misses')[1], 'healthy');
    assert.match(said(report, 'metric/latency')[0], /^shop_seconds_count, /);
    assert.equal(reading(report, 'alert/FewHits/0').detail, 'Fewer hits than usual.');
    assert.deepEqual(said(report, 'alerts'), ['1 firing, 1 firing elsewhere, 3 rules', 'degraded']);
    assert.equal(report.state, 'degraded');
    assert.match(said(report, 'version')[0], /^Prometheus \d+\.\d+/);
    assert.deepEqual(said(report, 'ready'), ['yes', 'healthy']);
    assert.match(said(report, 'reload')[0], /^loaded .* ago$/);
    assert.match(said(report, 'headSeries')[0], /^[1-9]/);
  });

  it('asks one query at a poll while nothing changes', async () => {
    const counting = await startHttpStandIn((request) => passOn(server.url, request));
    const counted = open({ url: counting.url });
    await readAll(counted);
    counting.asked.length = 0;
    await counted.read(new AbortController().signal, false);
    assert.equal(counting.asked.length, 1);
    assert.match(counting.asked[0] ?? '', /^\/api\/v1\/query\?/);
    counted.close();
    await counting.stop();
  });

  it('asks apart what alerts need once that was refused: nothing else is the worse for it', async () => {
    const counting = await startHttpStandIn((request) => passOn(server.url, request));
    const asking = open(
      { url: counting.url },
      {
        metrics: { ...metrics, requests: 'shop_hits_total', errors: 'shop_errors_total{status=~"["}' },
        limits: { errorRate: '1%' },
      },
    );
    const first = await readAll(asking);
    assert.equal(said(first, 'metric/hits')[1], 'healthy');
    assert.ok(first.numbers && 'failure' in first.numbers);
    assert.match(first.numbers.failure.message, /Prometheus refused the query: .*missing/);
    assert.equal(first.hitRates?.length, 1);
    counting.asked.length = 0;
    await asking.read(new AbortController().signal, false);
    assert.equal(counting.asked.length, 2, 'not tried together again');
    asking.close();
    await counting.stop();
  });

  it('does not judge other teams’ targets where no job is configured', async () => {
    const everything = open({ job: undefined });
    const report = await readAll(everything);
    assert.deepEqual(said(report, 'targets'), ['1 of 1 up', 'fact']);
    everything.close();
  });

  it('finds a job that is not scraped, and a metric that never was', async () => {
    const other = open({ job: 'shoop' }, { metrics: { ...metrics, misses: 'shop_mises_total' } });
    const report = await readAll(other);
    assert.deepEqual(said(report, 'targets'), ['none of job shoop', 'degraded']);
    assert.deepEqual(said(report, 'metric/misses'), ['shop_mises_total: no such series', 'degraded']);
    other.close();
  });

  it('finds a metric that is no longer exposed', async () => {
    page = exposed.replace('shop_misses_total 3\n', '');
    await eventually(async () => {
      assert.deepEqual(said(await readAll(probe), 'metric/misses'), ['shop_misses_total: no data now', 'degraded']);
    }, 20_000);
    assert.equal(said(await readAll(probe), 'metric/hits')[1], 'healthy');
    page = exposed;
  });

  it('finds a target that is down, at the next poll, with its error', async () => {
    const { port } = app;
    await app.stop();
    const report = await eventually(async () => {
      const now = await probe.read(new AbortController().signal, false);
      assert.deepEqual(said(now, 'targets'), ['0 of 1 up', 'degraded']);
      return now;
    }, 20_000);
    assert.match(said(report, 'target/shop-1')[0], /^down: .*connection refused/);
    assert.match(said(report, 'target/shop-1')[0], new RegExp(String(port)));
    assert.match(said(report, 'metric/hits')[0], /no data now/);
  });

  it('says that a reload failed and the old configuration is in force', async () => {
    const before = await readFile(server.configFile, 'utf8');
    await writeFile(server.configFile, 'scrape_configs: nothing');
    assert.equal((await ask(`${server.url}/-/reload`, { method: 'POST' })).status, 500);
    const report = await readAll(probe);
    assert.deepEqual(said(report, 'reload'), ['reload failed', 'degraded']);
    await writeFile(server.configFile, before);
    assert.equal((await ask(`${server.url}/-/reload`, { method: 'POST' })).status, 200);
    assert.equal(said(await readAll(probe), 'reload')[1], 'healthy');
  });

  it('says that its configuration was written since it was loaded, and that it is loaded again', async () => {
    const watching = open({ files: [server.configFile] });
    assert.equal(said(await readAll(watching), 'reload')[1], 'healthy');
    const inTwoSeconds = Date.now() / 1000 + 2;
    await utimes(server.configFile, inTwoSeconds, inTwoSeconds);
    assert.deepEqual(said(await readAll(watching), 'reload'), ['changed on disk, reload needed', 'degraded']);
    await eventually(async () => {
      await ask(`${server.url}/-/reload`, { method: 'POST' });
      assert.equal(said(await readAll(watching), 'reload')[1], 'healthy');
    }, 10_000);
    watching.close();
  });

  it('is reached through TLS with an own authority, a path prefix, a login and a tenant’s header', async () => {
    const certificates = await makeCertificates(join(folder, 'certificates'));
    const [key, cert] = await Promise.all([
      readFile(certificates.server.key, 'utf8'),
      readFile(certificates.server.cert, 'utf8'),
    ]);
    const gate = await startHttpStandIn(
      async (request) => {
        const { authorization } = request.headers;
        const login = `Basic ${Buffer.from('desk:let me in').toString('base64')}`;
        if (authorization !== login && authorization !== 'Bearer token-1') return { status: 401, body: 'Unauthorized' };
        if (request.headers['x-scope-orgid'] !== 'shop') return { status: 403, body: 'no org id' };
        if (request.url?.startsWith('/prometheus/') !== true) return { status: 404, body: 'not here' };
        request.url = request.url.slice('/prometheus'.length);
        return passOn(server.url, request);
      },
      { key, cert },
    );
    const url = `${gate.url}/prometheus/`;
    const tls = { ca: certificates.ca };
    const headers = { 'X-Scope-OrgID': 'shop' };
    const through = (settings: object, secrets: Record<string, string> = {}): ServiceProbe =>
      openPrometheusProbe(environmentWith({ prometheus: { url, ...settings } }), secretsOf(secrets), systemClock);
    try {
      const basic = through({ tls, headers, username: 'desk' }, { 'prometheus.password': 'let me in' });
      assert.match(said(await readAll(basic), 'version')[0], /^Prometheus/);
      const bearer = through({ tls, headers }, { 'prometheus.token': 'token-1' });
      assert.match(said(await readAll(bearer), 'version')[0], /^Prometheus/);
      assert.equal(
        (await failureOf(through({ tls, headers }, { 'prometheus.token': 'token-2' }))).code,
        'authentication',
      );
      const tenant = await failureOf(through({ tls }, { 'prometheus.token': 'token-1' }));
      assert.equal(tenant.code, 'permission');
      assert.match(tenant.message, /It said: no org id/);
      assert.equal((await failureOf(through({ headers }, { 'prometheus.token': 'token-1' }))).code, 'tls');
      basic.close();
      bearer.close();
    } finally {
      await gate.stop();
    }
  });
});
