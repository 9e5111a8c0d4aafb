import { utimes } from 'node:fs/promises';
import { answering, answeringAll } from '../making/http.ts';
import { suspend } from '../making/processes.ts';
import { until } from '../making/redis.ts';
import { ask } from '../../sandbox/ask.ts';
import { exposed, metrics, ruleFile, scraped } from '../making/prometheus.ts';
import type { State } from '../state.ts';

/** What is not its query is read every two minutes. */
const withinSeconds = 140;

export const prometheusStates: readonly State[] = [
  {
    name: 'Prometheus: well',
    service: 'prometheus',
    make: async (stage) => ({ settings: (await scraped(stage)).settings }),
    expect: {
      state: 'healthy',
      says: /^healthy$/,
      readings: { targets: ['healthy', /1 of 1 up/], 'metric/hits': ['healthy', /s old/] },
    },
  },
  {
    name: 'Prometheus: it is gone',
    service: 'prometheus',
    make: async (stage) => {
      const { server, settings } = await scraped(stage);
      return { settings, worsen: () => server.kill() };
    },
    expect: { state: 'down', says: /^connection refused/ },
  },
  {
    name: 'Prometheus: it hangs',
    service: 'prometheus',
    make: async (stage) => {
      const { server, settings } = await scraped(stage);
      return { settings, worsen: () => suspend(stage, server) };
    },
    expect: { state: 'down', says: /^timed out/ },
  },
  {
    name: 'Prometheus: not ready',
    service: 'prometheus',
    standIn: true,
    make: async (stage) => {
      const { url } = await answeringAll(stage, { status: 503, body: 'Service Unavailable' });
      return { settings: { prometheus: { url, job: 'shop' }, metrics } };
    },
    expect: { state: 'down', says: /^not ready.*HTTP 503/ },
  },
  {
    name: 'Prometheus: something else answers there',
    service: 'prometheus',
    standIn: true,
    make: async (stage) => {
      const { url } = await answeringAll(stage, { body: '<html>Welcome</html>' });
      return { settings: { prometheus: { url } } };
    },
    expect: { state: 'down', says: /^unexpected answer.*not Prometheus’ query interface/ },
  },
  {
    name: 'Prometheus: login refused',
    service: 'prometheus',
    standIn: true,
    make: async (stage) => {
      const { url } = await answeringAll(stage, { status: 401, body: 'Unauthorized' });
      return { settings: { prometheus: { url, token: '${secret}' } }, secret: 'guess' };
    },
    expect: { state: 'unknown', says: /^login failed.*HTTP 401/ },
  },
  {
    name: 'Prometheus: only queries are permitted',
    service: 'prometheus',
    standIn: true,
    make: async (stage) => {
      const result = ['answers', 'targets', 'up', '0', '1'].map((mark) => ({
        metric: { cache_ops: mark },
        value: [1, '1'],
      }));
      const query = { body: { status: 'success', data: { resultType: 'vector', result } } };
      const refused = { status: 403, body: { message: 'rules:read is missing' } };
      const others = ['status/buildinfo', 'targets', 'rules', 'status/runtimeinfo', 'status/tsdb'];
      const { url } = await answering(stage, {
        '/api/v1/query': query,
        '/-/ready': refused,
        ...Object.fromEntries(others.map((one) => [`/api/v1/${one}`, refused])),
      });
      return { settings: { prometheus: { url, job: 'shop' }, metrics } };
    },
    expect: {
      state: 'unknown',
      says: /^unknown: /,
      readings: {
        alerts: ['unknown', /not permitted.*rules:read/],
        ready: ['unknown', /not permitted/],
        version: ['unknown', /not permitted/],
        reload: ['unknown', /not permitted/],
        headSeries: ['unknown', /not permitted/],
      },
    },
  },
  {
    name: 'Prometheus: the target is down',
    service: 'prometheus',
    make: async (stage) => {
      const { settings, app, query } = await scraped(stage);
      const worsen = async (): Promise<void> => {
        await app.stop();
        await until(() => query('up'), /^0$/);
        await until(() => query('shop_hits_total'), /^nothing$/);
      };
      return { settings, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: targets, target shop-1/,
      readings: {
        targets: ['degraded', /0 of 1 up/],
        'target/shop-1': ['degraded', /^down: .*connection refused/],
        'metric/hits': ['degraded', /no data now/],
        'metric/misses': ['degraded', /no data now/],
      },
    },
  },
  {
    name: 'Prometheus: the job is not scraped',
    service: 'prometheus',
    make: async (stage) => {
      const { server } = await scraped(stage);
      return { settings: { prometheus: { url: server.url, job: 'shoop' } } };
    },
    expect: { state: 'degraded', says: /^degraded: targets/, readings: { targets: ['degraded', /none of job shoop/] } },
  },
  {
    name: 'Prometheus: a metric is no longer exposed',
    service: 'prometheus',
    make: async (stage) => {
      const { settings, page, query } = await scraped(stage);
      const worsen = async (): Promise<void> => {
        page.text = 'shop_hits_total 7\n';
        await until(() => query('shop_misses_total'), /^nothing$/);
      };
      return { settings, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: metric misses/,
      readings: { 'metric/misses': ['degraded', /no data now/] },
    },
  },
  {
    name: 'Prometheus: a metric never was',
    service: 'prometheus',
    make: async (stage) => {
      const { server } = await scraped(stage);
      return {
        settings: { prometheus: { url: server.url, job: 'shop' }, metrics: { ...metrics, misses: 'shop_mises_total' } },
      };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: metric misses/,
      readings: { 'metric/misses': ['degraded', /no such series/] },
    },
  },
  {
    name: 'Prometheus: a metric is stale',
    service: 'prometheus',
    make: async (stage) => {
      const { settings, page, query } = await scraped(stage);
      const worsen = async (): Promise<void> => {
        const old = Date.now() - 240_000;
        page.text = `stale_hits_total 7 ${old}\nshop_misses_total 3\nshop_hits_total 7\n`;
        await until(() => query('time() - timestamp(stale_hits_total) > bool 200'), /^1$/);
      };
      await worsen();
      return { settings: { ...settings, metrics: { ...metrics, hits: 'stale_hits_total' } } };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: metric hits/,
      readings: { 'metric/hits': ['degraded', /4 min.* old.*older than/] },
    },
  },
  {
    name: 'Prometheus: an alert about the cache fires',
    service: 'prometheus',
    make: async (stage) => {
      const alert = 'alert: FewHits\n        expr: shop_hits_total > 100\n        labels: { severity: warning }';
      const { settings, page, query } = await scraped(stage, ruleFile(alert));
      const worsen = async (): Promise<void> => {
        page.text = exposed.replace('7', '700');
        await until(() => query('ALERTS{alertstate="firing"}'), /^1$/);
      };
      return { settings, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: alerts, alert fewhits/,
      readings: { alerts: ['degraded', /1 firing/], 'alert/FewHits/0': ['degraded', /^firing.*severity=warning/] },
    },
  },
  {
    name: 'Prometheus: an alert about something else fires',
    service: 'prometheus',
    make: async (stage) => {
      const { settings, query } = await scraped(stage, ruleFile('alert: Others\n        expr: vector(1)'));
      await until(() => query('ALERTS{alertstate="firing"}'), /^1$/);
      return { settings };
    },
    expect: { state: 'healthy', says: /^healthy$/, readings: { alerts: ['healthy', /0 firing, 1 firing elsewhere/] } },
  },
  {
    name: 'Prometheus: a rule cannot be evaluated',
    service: 'prometheus',
    make: async (stage) => {
      const broken = 'alert: Broken\n        expr: shop_hits_total * on () {job="shop"} > 0';
      const { settings, server } = await scraped(stage, ruleFile(broken));
      await until(async () => (await ask(`${server.url}/api/v1/rules`)).body, /"health":"err"/);
      return { settings };
    },
    expect: {
      state: 'unknown',
      says: /^unknown: rule broken/,
      readings: { 'rule/Broken': ['unknown', /cannot be evaluated/] },
    },
  },
  {
    name: 'Prometheus: its configuration was written, and not loaded',
    service: 'prometheus',
    make: async (stage) => {
      const { settings, server } = await scraped(stage);
      const worsen = (): Promise<void> => {
        const inTwoSeconds = Date.now() / 1000 + 2;
        return utimes(server.configFile, inTwoSeconds, inTwoSeconds);
      };
      return {
        settings: { ...settings, prometheus: { url: server.url, job: 'shop', files: [server.configFile] } },
        worsen,
      };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: configuration/,
      readings: { reload: ['degraded', /changed on disk, reload needed.*Reload Prometheus/] },
      withinSeconds,
    },
  },
  {
    name: 'Prometheus: a reload failed',
    service: 'prometheus',
    make: async (stage) => {
      const { settings, configure } = await scraped(stage);
      const worsen = (): Promise<void> => until(() => configure('scrape_configs: nothing'), /^500$/);
      return { settings, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: configuration/,
      readings: { reload: ['degraded', /reload failed.*still in force/] },
      withinSeconds,
    },
  },
];
