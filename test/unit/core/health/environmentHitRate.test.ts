import assert from 'node:assert/strict';
import { environmentHitRate } from '../../../../src/core/health/environmentHitRate.ts';
import type { EnvironmentHitRate } from '../../../../src/core/health/environmentHitRate.ts';
import type { ServiceId } from '../../../../src/core/health/monitorServices.ts';
import { presentEnvironment } from '../../../../src/core/health/present.ts';
import { presentHitRate, presentHitRateParts } from '../../../../src/core/health/presentHitRate.ts';
import { outdate } from '../../../../src/core/health/reading.ts';
import type { ServiceReport } from '../../../../src/core/health/reading.ts';
import { hitRateOf } from '../../../../src/core/metrics/hitRate.ts';
import { withoutRate } from '../../../../src/core/metrics/sourcedHitRate.ts';
import { hitRateValue } from '../../../../src/core/run/hitRateValue.ts';
import { environmentOf, measured, noon, refused, reportWith } from './hitRates.ts';

const all = {
  redis: { url: 'redis://localhost' },
  prometheus: { url: 'http://localhost:9090' },
  application: { metrics: 'http://localhost/metrics', stats: 'http://localhost/stats' },
  metrics: { hits: 'h_total', misses: 'm_total' },
  limits: { hitRate: { warning: '60%', critical: '30%' } },
};
const shop = environmentOf(all);

type Reports = Readonly<Partial<Record<ServiceId, ServiceReport>>>;

const reportsOf = (reports: Reports): ReadonlyMap<ServiceId, ServiceReport | undefined> =>
  new Map((['redis', 'prometheus', 'application'] as const).map((id) => [id, reports[id]]));

const rateOf = (reports: Reports, environment = shop): EnvironmentHitRate =>
  environmentHitRate(environment, reportsOf(reports));

const row = (reports: Reports, environment = shop) => presentHitRate(environment, rateOf(reports, environment), noon);

const prometheus = reportWith(measured('prometheus', hitRateOf(700, 300, 300_000)));
const application = reportWith(
  measured('metricsPage', hitRateOf(80, 20, 240_000)),
  measured('statistics', hitRateOf(9, 1, 3_600_000)),
);
const redis = reportWith(measured('keyspace', hitRateOf(95, 5, 300_000)));

describe('the hit rate of an environment', () => {
  it('comes from the best source that has one, and says why not from a better one', () => {
    assert.equal(row({ prometheus, application, redis }).description, '70.0 %, last 5 min · Prometheus');
    const second = row({ prometheus: refused, application, redis });
    assert.equal(second.description, '80.0 %, last 4 min · application’s metrics page');
    assert.match(second.tooltip ?? '', /^Not from Prometheus: no data: connection refused\.$/m);
    const noCounters = reportWith(
      withoutRate('metricsPage', 'read only once so far'),
      measured('statistics', hitRateOf(9, 1, 3_600_000)),
    );
    const third = row({ prometheus: refused, application: noCounters, redis });
    assert.equal(third.description, '90.0 %, last 1 h · application’s statistics');
    assert.match(third.tooltip ?? '', /^Not from application’s metrics page: no data: read only once so far\.$/m);
  });

  it('of the keyspace is never taken for the application’s', () => {
    const rate = rateOf({ prometheus: refused, application: refused, redis });
    assert.equal(rate.state, 'unknown');
    assert.equal(rate.judgement, 'unjudged');
    const shown = row({ prometheus: refused, application: refused, redis });
    assert.equal(shown.description, '95.0 %, last 5 min · Redis keyspace · the application’s is not known');
    assert.notEqual(shown.icon?.name, 'pass');
    const value = hitRateValue(rate, undefined);
    assert.ok(value.kind === 'unknown');
    assert.match(value.why, /^Prometheus: connection refused; .*keyspace hit rate of Redis is not the applic/);
  });

  it('of the keyspace is judged where the settings name nothing better', () => {
    const redisOnly = environmentOf({ redis: all.redis, limits: all.limits });
    const rate = rateOf({ redis }, redisOnly);
    assert.equal(rate.state, 'healthy');
    assert.deepEqual(hitRateValue(rate, undefined), {
      kind: 'known',
      ratio: 0.95,
      from: 'hit rate from Redis keyspace, last 5 min',
    });
  });

  it('is judged by the limits, in the environment’s row too', () => {
    const low = (hits: number) => ({
      prometheus: reportWith(measured('prometheus', hitRateOf(hits, 100 - hits, 300_000))),
      application,
      redis,
    });
    assert.equal(row(low(50)).description, '50.0 %, last 5 min · Prometheus · warning');
    assert.match(row(low(50)).tooltip ?? '', /Below the warning limit of 60\.0 %\./);
    assert.equal(row(low(10)).icon?.name, 'error');
    const view = { active: false, folderName: undefined, reports: reportsOf(low(10)) };
    assert.equal(presentEnvironment(shop, view).description, 'development · hit rate 10.0 %, critical · all 3 healthy');
    assert.notEqual(presentEnvironment(shop, view).icon?.name, 'pass');
  });

  it('without traffic is not judged, and passes over no source', () => {
    const quiet = reportWith(measured('prometheus', hitRateOf(0, 0, 300_000)));
    const rate = rateOf({ prometheus: quiet, application, redis });
    assert.equal(rate.state, 'fact');
    assert.equal(row({ prometheus: quiet, application, redis }).description, 'no traffic, last 5 min · Prometheus');
    assert.deepEqual(hitRateValue(rate, undefined), {
      kind: 'unknown',
      why: 'There was no traffic, last 5 min.',
      from: 'hit rate from Prometheus, last 5 min',
    });
  });

  it('that was not read for a while is not known', () => {
    assert.equal(rateOf({ prometheus: outdate(prometheus) }).state, 'unknown');
    assert.equal(row({ prometheus: outdate(prometheus) }).description, 'no data: not read for a while');
    assert.equal(row({}).description, 'no data: not read yet');
  });

  it('that nothing measures says what would', () => {
    const bare = environmentOf({ qdrant: { url: 'http://localhost:6333' } });
    assert.equal(row({}, bare).description, 'not measured');
    assert.match(row({}, bare).tooltip ?? '', /Set metrics\.hits and metrics\.misses/);
    assert.equal(row({}, bare).expandable, 'no');
  });

  it('lists kinds, namespaces and every source below it', () => {
    const detailed = reportWith(
      measured('prometheus', hitRateOf(700, 300, 300_000), {
        parts: [
          { kind: 'exact', name: 'exact', rate: hitRateOf(500, 500, 300_000) },
          { kind: 'namespace', name: 'search', rate: hitRateOf(75, 25, 300_000) },
          { kind: 'namespace', name: 'idle', rate: hitRateOf(0, 0, 300_000) },
        ],
      }),
    );
    const reports = { prometheus: detailed, application: refused, redis };
    const rows = presentHitRateParts(shop, rateOf(reports), noon);
    assert.deepEqual(
      rows.map(({ label, description }) => `${label}: ${description}`),
      [
        'Exact: 50.0 % of all lookups · 500 hits',
        'search: 75.0 % · 75 hits, 25 misses',
        'idle: no traffic, last 5 min',
        'From Prometheus: 70.0 %, last 5 min, 31 samples · in use',
        'From application’s metrics page: no data: connection refused',
        'From application’s statistics: no data: connection refused',
        'From Redis keyspace: 95.0 %, last 5 min, 31 samples',
      ],
    );
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
    const search = hitRateValue(rateOf(reports), 'search');
    assert.equal(search.kind === 'known' && search.ratio, 0.75);
    assert.equal(hitRateValue(rateOf(reports), 'other').kind, 'unknown');
  });
});
