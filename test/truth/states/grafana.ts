import { healthyGrafana } from '../../live/support/grafanaStandIn.ts';
import type { StandInAnswer } from '../../live/support/httpStandIn.ts';
import { answering, answeringAll } from '../making/http.ts';
import type { State } from '../state.ts';

/** There is no Grafana that could be started here: a healthy stand-in, and what of it is then different. */
function becoming(name: string, answers: Readonly<Record<string, StandInAnswer>>, expect: State['expect']): State {
  return {
    name: `Grafana: ${name}`,
    service: 'grafana',
    standIn: true,
    make: async (stage) => {
      const all = { ...healthyGrafana };
      const { url } = await answering(stage, all);
      return {
        settings: { grafana: { url, dashboards: ['cache-1'] } },
        worsen: () => Promise.resolve(Object.assign(all, answers)),
      };
    },
    expect,
  };
}

const rule = (more: object): StandInAnswer => ({
  body: { status: 'success', data: { groups: [{ rules: [{ type: 'alerting', name: 'Few hits', ...more }] }] } },
});
const rules = '/api/prometheus/grafana/api/v1/rules';

/** What is not its health is read every two minutes. */
const withinSeconds = 140;

export const grafanaStates: readonly State[] = [
  becoming(
    'well',
    {},
    { state: 'healthy', says: /^healthy$/, readings: { 'dashboard/cache-1': ['healthy', /^there/] } },
  ),
  becoming(
    'its database fails',
    { '/api/health': { status: 503, body: { database: 'failing', version: '11.2.0' } } },
    { state: 'down', says: /^down: database/, readings: { database: ['down', /failing.*no dashboard loads/] } },
  ),
  becoming(
    'the dashboard is deleted',
    { '/api/search': { body: [] } },
    {
      state: 'degraded',
      says: /^degraded: dashboard cache-1/,
      readings: { 'dashboard/cache-1': ['degraded', /^missing/] },
      withinSeconds,
    },
  ),
  becoming(
    'its data source is not reachable',
    { '/api/datasources/uid/p1/health': { status: 400, body: { status: 'ERROR', message: 'connection refused' } } },
    {
      state: 'degraded',
      says: /^degraded: data source prometheus/,
      readings: { 'dataSource/Prometheus': ['degraded', /connection refused/] },
      withinSeconds,
    },
  ),
  becoming(
    'a rule fires',
    { [rules]: rule({ state: 'firing', health: 'ok', alerts: [{ activeAt: '2026-01-01T00:00:00Z' }] }) },
    {
      state: 'degraded',
      says: /^degraded: /,
      readings: { rules: ['degraded', /1 firing/], 'rule/Few hits': ['degraded', /^firing for/] },
      withinSeconds,
    },
  ),
  becoming(
    'a rule has no data',
    { [rules]: rule({ state: 'inactive', health: 'nodata' }) },
    {
      state: 'unknown',
      says: /^unknown: rule few hits/,
      readings: { 'rule/Few hits': ['unknown', /no data/] },
      withinSeconds,
    },
  ),
  {
    name: 'Grafana: the token is refused',
    service: 'grafana',
    standIn: true,
    make: async (stage) => {
      const refused = { status: 401, body: { message: 'Unauthorized' } };
      const { url } = await answering(stage, {
        '/api/health': { body: { database: 'ok', version: '11.2.0' } },
        '/api/search': refused,
        '/api/datasources': refused,
        [rules]: refused,
      });
      return { settings: { grafana: { url, dashboards: ['cache-1'] } } };
    },
    expect: {
      state: 'unknown',
      says: /^unknown: /,
      readings: {
        dashboards: ['unknown', /not permitted/],
        dataSources: ['unknown', /not permitted/],
        rules: ['unknown', /not permitted/],
      },
    },
  },
  {
    name: 'Grafana: something else answers there',
    service: 'grafana',
    standIn: true,
    make: async (stage) => {
      const { url } = await answeringAll(stage, { body: '<html>Welcome</html>' });
      return { settings: { grafana: { url } } };
    },
    expect: { state: 'down', says: /^unexpected answer.*not as Grafana does/ },
  },
];
