import assert from 'node:assert/strict';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import { alertReadings } from '../../../../src/core/health/prometheusAlerts.ts';
import type { Rule } from '../../../../src/core/health/prometheusAlerts.ts';
import { metricReadings, wantedMetrics } from '../../../../src/core/health/prometheusMetrics.ts';
import { reportPrometheus } from '../../../../src/core/health/prometheusReport.ts';
import type { PrometheusDetails, PrometheusSample } from '../../../../src/core/health/prometheusReport.ts';

const nowMs = Date.UTC(2026, 0, 5, 12);
const hits = { label: 'Hits', selector: 'shop_hits_total' };
const wanted = { job: 'shop', metrics: [hits] };
const part = <T>(value: T) => ({ kind: 'value', value, readAtMs: nowMs }) as const;

const details: PrometheusDetails = {
  ready: part('ready'),
  version: part('Prometheus 2.42.0'),
  targets: part([{ instance: 'a', job: 'shop', health: 'up', lastError: '', scrapeIntervalMs: 15_000 }]),
  rules: part([]),
  reload: part({ succeeded: true, at: undefined }),
  headSeries: part(1200),
  seenLately: part(new Set<number>()),
  files: [],
};
const sample: PrometheusSample = {
  essential: { agesSeconds: new Map([[0, 4]]), targets: 1, up: 1, firing: 0, numbers: part(new Map()) },
  details,
  address: 'prometheus:9090',
  tookMs: 3,
  readAtMs: nowMs,
};

const rule: Rule = { name: 'Slow', query: 'vector(1) > 0', health: 'ok', lastError: '', labels: {}, alerts: [] };
const firing = {
  state: 'firing',
  activeAt: '2026-01-05T11:30:00Z',
  labels: { alertname: 'Slow', path: '/a' },
  summary: undefined,
};

describe('the configuration of Prometheus', () => {
  const readingsFor = (at: string | undefined, writtenAtMs: number | undefined) =>
    reportPrometheus(
      {
        ...sample,
        details: {
          ...details,
          reload: part({ succeeded: true, at }),
          files: [{ path: 'monitoring/prometheus.yml', writtenAtMs }],
        },
      },
      wanted,
    ).readings;
  const loaded = '2026-01-05T11:00:00Z';
  const loadedMs = Date.parse(loaded);

  it('that was written after it was loaded needs a reload', () => {
    const found = readingsFor(loaded, loadedMs + 1000).find(({ id }) => id === 'reload');
    assert.equal(found?.value, 'changed on disk, reload needed');
    assert.equal(found?.state, 'degraded');
    assert.match(found?.detail ?? '', /was loaded 1 h ago: monitoring\/prometheus\.yml\./);
  });

  it('that was written before, or in the very second, does not', () => {
    for (const writtenAtMs of [loadedMs - 1, loadedMs + 999]) {
      const found = readingsFor(loaded, writtenAtMs).find(({ id }) => id === 'reload');
      assert.deepEqual([found?.value, found?.state], ['loaded 1 h ago', 'healthy']);
    }
  });

  it('whose file is not there is not known to be in force', () => {
    const found = readingsFor(loaded, undefined).find(({ id }) => id === 'file/monitoring/prometheus.yml');
    assert.deepEqual([found?.value, found?.state], ['could not be read', 'unknown']);
  });
});

describe('the metrics an environment names', () => {
  it('are looked for by selector, a histogram by its count, errors not at all', () => {
    const { environments } = readEnvironments(
      {
        shop: {
          redis: { url: 'redis://localhost' },
          metrics: {
            hits: 'h_total{kind="exact"}',
            misses: 'm_total',
            latency: 'run_seconds',
            requests: 'r_total',
            errors: 'r_total{status=~"5.."}',
          },
        },
      },
      undefined,
    );
    assert.deepEqual(
      wantedMetrics(environments[0]?.settings ?? assert.fail()).map(({ selector }) => selector),
      ['h_total{kind="exact"}', 'm_total', 'run_seconds_count', 'r_total'],
    );
  });

  it('are fresh by the scrape interval, and not for ever', () => {
    const state = (ageSeconds: number, intervalMs: number | undefined) =>
      metricReadings(new Map([[0, ageSeconds]]), part(new Set()), [hits], intervalMs)[0]?.state;
    assert.equal(state(59, 15_000), 'healthy');
    assert.equal(state(61, 15_000), 'degraded');
    assert.equal(state(119, undefined), 'healthy');
    assert.equal(state(121, undefined), 'degraded');
  });

  it('without a sample are never healthy, whatever could be found out about it', () => {
    const absent = (seen: PrometheusDetails['seenLately']) => metricReadings(new Map(), seen, [hits], 15_000)[0];
    assert.equal(absent(part(new Set([0])))?.value, 'shop_hits_total: no data now');
    assert.equal(absent(part(new Set()))?.value, 'shop_hits_total: no such series');
    const failed = { kind: 'failed', failure: { code: 'timedOut', message: '', next: undefined } } as const;
    assert.equal(absent(failed)?.state, 'degraded');
  });
});

describe('alerts', () => {
  const state = (one: Rule) => alertReadings([one], wanted, nowMs)[0]?.state;

  it('concern the environment by query, by label, or where nothing tells', () => {
    assert.equal(state({ ...rule, alerts: [firing] }), 'healthy');
    assert.equal(state({ ...rule, query: 'rate(shop_hits_total[5m]) < 1', alerts: [firing] }), 'degraded');
    assert.equal(state({ ...rule, labels: { job: 'shop' }, alerts: [firing] }), 'degraded');
    assert.equal(
      alertReadings([{ ...rule, alerts: [firing] }], { job: undefined, metrics: [] }, nowMs)[0]?.state,
      'degraded',
    );
  });

  it('say since when and with which labels', () => {
    const [, alert] = alertReadings([{ ...rule, labels: { job: 'shop' }, alerts: [firing] }], wanted, nowMs);
    assert.equal(alert?.label, 'Alert Slow');
    assert.equal(alert.value, 'firing for 30 min, path=/a');
  });

  it('that are pending are no finding, and a rule that cannot be evaluated is unknown', () => {
    assert.equal(state({ ...rule, labels: { job: 'shop' }, alerts: [{ ...firing, state: 'pending' }] }), 'healthy');
    const [, broken] = alertReadings([{ ...rule, health: 'err', lastError: 'many-to-many' }], wanted, nowMs);
    assert.equal(broken?.state, 'unknown');
    assert.match(broken.detail ?? '', /many-to-many/);
  });
});

describe('a Prometheus', () => {
  it('is healthy when it answers, scrapes and has what is named', () => {
    assert.equal(reportPrometheus(sample, wanted).summary, 'healthy');
  });

  it('is degraded, not down, when what it scrapes is down', () => {
    const down = part([{ instance: 'a', job: 'shop', health: 'down', lastError: 'refused', scrapeIntervalMs: 15_000 }]);
    const report = reportPrometheus({ ...sample, details: { ...details, targets: down } }, wanted);
    assert.equal(report.state, 'degraded');
    assert.equal(report.summary, 'degraded: targets, target a');
  });

  it('whose targets may not be read is judged by up, and unknown without', () => {
    const failure = { code: 'permission', message: 'Not allowed.', next: undefined } as const;
    const blind = { ...details, targets: { kind: 'failed', failure } as const };
    const report = reportPrometheus({ ...sample, details: blind }, wanted);
    assert.equal(report.readings.find(({ id }) => id === 'targets')?.value, '1 of 1 up');
    const essential = { ...sample.essential, targets: undefined, up: undefined };
    assert.equal(reportPrometheus({ ...sample, essential, details: blind }, wanted).state, 'unknown');
  });

  it('does not take a target that was not scraped yet for healthy', () => {
    const fresh = part([{ instance: 'a', job: 'shop', health: 'unknown', lastError: '', scrapeIntervalMs: 15_000 }]);
    const report = reportPrometheus({ ...sample, details: { ...details, targets: fresh } }, wanted);
    assert.notEqual(report.state, 'healthy');
  });
});
