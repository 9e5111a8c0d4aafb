import assert from 'node:assert/strict';
import { openGrafanaProbe } from '../../src/clients/grafanaProbe.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ServiceProbe } from '../../src/core/health/monitor.ts';
import { findFreePort } from '../sandbox/serverProcess.ts';
import { healthyGrafana } from './support/grafanaStandIn.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import type { HttpStandIn, StandInAnswer } from './support/httpStandIn.ts';
import { environmentWith, failureOf, readAll, reading, said, secretsOf } from './support/serviceReadings.ts';

// There is no Grafana that could be started here: a stand-in written from the documentation of its HTTP API.

const token = 'glsa_of-this-test';

function open(url: string, key: string | undefined = token, dashboards?: readonly string[]): ServiceProbe {
  const environment = environmentWith({ grafana: { url, ...(dashboards && { dashboards }) } });
  return openGrafanaProbe(environment, secretsOf(key === undefined ? {} : { 'grafana.token': key }), systemClock);
}

/** As of now: mocha loads a file long before its tests run. */
const rules = () => [
  {
    type: 'alerting',
    name: 'Few hits',
    state: 'firing',
    health: 'ok',
    alerts: [{ activeAt: new Date(Date.now() - 600_000).toISOString() }],
  },
  { type: 'alerting', name: 'Slow', state: 'inactive', health: 'ok', alerts: [] },
  { type: 'alerting', name: 'Blind', state: 'inactive', health: 'nodata' },
  { type: 'alerting', name: 'Broken', state: 'inactive', health: 'error', lastError: 'parse error' },
];

/** Dashboards are searched for as they are there. */
const { '/api/search': _, ...healthy } = healthyGrafana;
const dashboards = [{ uid: 'cache-1', title: 'Cache overview' }];

async function withGrafana<T>(
  answers: Readonly<Record<string, StandInAnswer>>,
  work: (grafana: HttpStandIn) => Promise<T>,
): Promise<T> {
  const server = await startHttpStandIn(({ url = '', headers }) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    // Health is open; everything else wants the token.
    if (pathname !== '/api/health' && headers.authorization !== `Bearer ${token}`)
      return { status: 401, body: { message: 'Unauthorized' } };
    if (answers[pathname]) return answers[pathname];
    if (pathname !== '/api/search') return { status: 404, body: { message: 'Not found' } };
    const [uid, query] = [searchParams.get('dashboardUIDs'), searchParams.get('query')?.toLowerCase()];
    return {
      body: dashboards.filter(
        (one) => (uid === null || one.uid === uid) && one.title.toLowerCase().includes(query ?? ''),
      ),
    };
  });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

describe('the health of a Grafana (stand-in)', () => {
  it('says version, dashboards, data sources, rules', async () => {
    await withGrafana(healthy, async ({ url }) => {
      const report = await readAll(open(url));
      assert.equal(report.summary, 'healthy');
      assert.deepEqual(said(report, 'version'), ['Grafana 11.2.0', 'fact']);
      assert.deepEqual(said(report, 'database'), ['ok', 'healthy']);
      assert.deepEqual(said(report, 'dashboards'), ['1 visible', 'fact']);
      assert.deepEqual(said(report, 'dataSource/Prometheus'), ['prometheus, reachable', 'healthy']);
      assert.deepEqual(said(report, 'rules'), ['0 firing, 1 rule', 'healthy']);
    });
  });

  it('finds dashboards by uid or title, and those that are missing', async () => {
    await withGrafana(healthy, async ({ url }) => {
      const report = await readAll(open(url, token, ['cache-1', 'cache OVERVIEW', 'Cache']));
      assert.deepEqual(said(report, 'dashboard/cache-1'), ['there, uid cache-1', 'healthy']);
      assert.deepEqual(said(report, 'dashboard/cache OVERVIEW'), ['there, uid cache-1', 'healthy']);
      assert.deepEqual(said(report, 'dashboard/Cache'), ['missing', 'degraded']);
    });
  });

  it('says which rules fire since when, and which cannot be evaluated or have no data', async () => {
    const answers = {
      ...healthy,
      '/api/prometheus/grafana/api/v1/rules': { body: { data: { groups: [{ rules: rules() }] } } },
    };
    await withGrafana(answers, async ({ url }) => {
      const report = await readAll(open(url));
      assert.deepEqual(said(report, 'rules'), ['1 firing, 4 rules', 'degraded']);
      assert.match(said(report, 'rule/Few hits')[0], /^firing for 10 min/);
      assert.deepEqual(said(report, 'rule/Blind'), ['no data', 'unknown']);
      assert.deepEqual(said(report, 'rule/Broken'), ['cannot be evaluated', 'unknown']);
      assert.equal(reading(report, 'rule/Broken').detail, 'parse error');
    });
  });

  it('is degraded when a data source is not reachable from it, with the reason', async () => {
    const check = { status: 400, body: { status: 'ERROR', message: 'connection refused' } };
    await withGrafana({ ...healthy, '/api/datasources/uid/p1/health': check }, async ({ url }) => {
      const report = await readAll(open(url));
      assert.deepEqual(said(report, 'dataSource/Prometheus'), ['prometheus: connection refused', 'degraded']);
    });
  });

  it('whose data source cannot be checked is not said to be well', async () => {
    const check = { status: 404, body: { message: 'Plugin not found' } };
    await withGrafana({ ...healthy, '/api/datasources/uid/p1/health': check }, async ({ url }) => {
      assert.deepEqual(said(await readAll(open(url)), 'dataSource/Prometheus'), ['prometheus, not checked', 'fact']);
    });
  });

  it('is not green without a login, though its health is open to everybody', async () => {
    await withGrafana(healthy, async ({ url }) => {
      const report = await readAll(openGrafanaProbe(environmentWith({ grafana: { url } }), secretsOf(), systemClock));
      assert.deepEqual(said(report, 'database'), ['ok', 'healthy']);
      assert.equal(report.state, 'unknown');
      for (const id of ['dashboards', 'dataSources', 'rules'])
        assert.deepEqual(said(report, id), ['not permitted', 'unknown']);
    });
  });

  it('with a viewer’s token says which part takes more rights', async () => {
    const answers = {
      ...healthy,
      '/api/datasources': { status: 403, body: { message: 'Permissions needed: datasources:read' } },
    };
    await withGrafana(answers, async ({ url }) => {
      const report = await readAll(open(url));
      assert.deepEqual(said(report, 'dataSources'), ['not permitted', 'unknown']);
      assert.match(reading(report, 'dataSources').detail ?? '', /Permissions needed: datasources:read/);
    });
  });

  it('without a database is down', async () => {
    const health = { status: 503, body: { database: 'failing', version: '11.2.0' } };
    await withGrafana({ ...healthy, '/api/health': health }, async ({ url }) => {
      const report = await readAll(open(url));
      assert.equal(report.state, 'down');
      assert.deepEqual(said(report, 'database'), ['failing', 'down']);
    });
  });

  it('is not there, or something else is', async () => {
    assert.equal((await failureOf(open(`http://127.0.0.1:${await findFreePort()}`))).code, 'refused');
    const page = await startHttpStandIn(() => ({ body: '<html>Sign in</html>' }));
    assert.match((await failureOf(open(page.url))).message, /not as Grafana does/);
    await page.stop();
  });
});
