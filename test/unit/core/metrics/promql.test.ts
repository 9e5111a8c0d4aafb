import assert from 'node:assert/strict';
import * as promql from '../../../../src/core/metrics/promql.ts';
import type { CacheMetrics } from '../../../../src/core/metrics/promql.ts';
import { narrow, ofJob, partOfHistogram } from '../../../../src/core/metrics/selector.ts';

const plain: CacheMetrics = { metrics: { hits: 'h_total', misses: 'm_total{type="miss",}' }, job: undefined };

// What the expressions give is asked of a real Prometheus in test/live/promql.test.ts.
describe('PromQL for the application’s metrics', () => {
  it('counts a missing series as none and divides only by traffic', () => {
    const hits = '(sum(rate(h_total[300s])) or 0 * sum(rate(m_total{type="miss"}[300s])))';
    const misses = '(sum(rate(m_total{type="miss"}[300s])) or 0 * sum(rate(h_total[300s])))';
    assert.equal(promql.hitRate(plain, { window: 300_000 }), `${hits} / ((${hits} + ${misses}) > 0)`);
  });

  it('is narrowed to job and label values, and split by a label', () => {
    const query = promql.hitsPerSecond(
      { ...plain, job: 'shop' },
      { window: '$__rate_interval', by: 'namespace', only: { namespace: 'a "b"' } },
    );
    assert.ok(
      query.startsWith(
        String.raw`(sum by (namespace) (rate(h_total{namespace="a \"b\"",job="shop"}[$__rate_interval])) or 0 * sum by (namespace)`,
      ),
      query,
    );
  });

  it('asks for nothing that the settings do not name', () => {
    const scope = { window: 60_000 };
    assert.equal(promql.hitRateOfKind(plain, 'exact', scope), undefined);
    assert.equal(promql.latencyQuantile(plain, 0.95, scope), undefined);
    assert.equal(promql.latencyMean(plain, scope), undefined);
    assert.equal(promql.errorRate(plain, scope), undefined);
    const timed = { ...plain, metrics: { ...plain.metrics, latency: 'run_seconds' } };
    assert.equal(
      promql.latencyQuantile(timed, 0.95, scope),
      'histogram_quantile(0.95, sum by (le) (rate(run_seconds_bucket[60s])))',
    );
    assert.equal(promql.latencyQuantile(timed, 0.95, { ...scope, answered: 'cached' }), undefined);
  });

  it('has a window that two scrapes fit into', () => {
    assert.equal(promql.windowOfStep(15_000, 15_000), 60_000);
    assert.equal(promql.windowOfStep(600_000, 15_000), 600_000);
    assert.equal(promql.windowText(1), '1s');
  });
});

describe('a selector', () => {
  it('is narrowed, whatever it names already', () => {
    assert.equal(ofJob('a_total', undefined), 'a_total');
    assert.equal(ofJob('a_total', 'sh"op'), String.raw`a_total{job="sh\"op"}`);
    assert.equal(ofJob('a_total{kind="exact",}', 'shop'), 'a_total{kind="exact",job="shop"}');
    assert.equal(ofJob('a_total{}', 'shop'), 'a_total{job="shop"}');
    assert.equal(narrow('a_total{}', []), 'a_total');
  });

  it('of a histogram names the part that is asked for', () => {
    assert.equal(partOfHistogram('run_seconds{tool="a"}', '_bucket'), 'run_seconds_bucket{tool="a"}');
    assert.equal(partOfHistogram('run_seconds_bucket', '_count'), 'run_seconds_count');
  });
});
