import assert from 'node:assert/strict';
import { bindCriterion } from '../../../../../src/core/checklist/meaning/criteria/bind.ts';
import type { BindingSettings } from '../../../../../src/core/checklist/meaning/criteria/bind.ts';
import { judgeCriterion } from '../../../../../src/core/checklist/meaning/criteria/judge.ts';
import type { Binding, Criterion } from '../../../../../src/core/checklist/meaning/criteria/types.ts';
import { readEnvironments } from '../../../../../src/core/environment/read.ts';
import { meaningOf } from './understood.ts';

function settings(environment: Readonly<Record<string, unknown>>): BindingSettings {
  const { environments, problems } = readEnvironments({ test: environment }, undefined);
  const [only] = environments;
  if (only === undefined) throw new Error(problems.map(({ message }) => message).join(' '));
  return only.settings;
}

const full = settings({
  redis: { url: 'redis://localhost:6379' },
  prometheus: { url: 'http://localhost:9090' },
  metrics: {
    hits: 'tool_cache_hits_total',
    misses: 'tool_cache_misses_total',
    by: 'namespace',
    latency: 'tool_run_seconds',
    cached: 'cached',
    requests: 'http_requests_total',
    errors: 'http_requests_total{status=~"5.."}',
  },
  namespaces: { search: { prefix: 'cache:search:' } },
  limits: { hitRate: { warning: '60%' } },
});
const redisOnly = settings({ redis: { url: 'redis://localhost:6379' } });

function criterion(text: string): Criterion {
  const [first] = meaningOf(`# A\n\n- [ ] ${text}\n`).criteria;
  if (first === undefined) throw new Error(`No criterion: ${text}`);
  return first;
}

function readingOf(text: string, environment = full): string {
  const binding: Binding = bindCriterion(criterion(text), environment);
  if (binding.kind === 'unbound') return `unbound: ${binding.setting ?? ''}`;
  const { reading } = binding;
  if (reading.source === 'hitRate') return `hit rate ${reading.namespace ?? ''}`.trim();
  return reading.source === 'redis' ? `redis ${reading.field}` : reading.query;
}

describe('binding a criterion', () => {
  it('reads the hit rate that is shown everywhere else, and another window from Prometheus', () => {
    assert.equal(readingOf('Cache hit rate > 60%'), 'hit rate');
    assert.equal(readingOf('Hit rate of `search` > 70%'), 'hit rate search');
    const query = readingOf('Hit rate > 60% over the last hour');
    assert.match(query, /rate\(tool_cache_hits_total\[3600s\]\)/);
    assert.match(query, /tool_cache_misses_total/);
    assert.match(query, /> 0\)$/, 'no traffic gives no value');
    assert.match(readingOf('Hit rate of `search` > 70% over the last hour'), /hits_total\{namespace="search"\}/);
    assert.equal(readingOf('Hit rate > 60% over the last hour', redisOnly), 'unbound: prometheus');
  });

  it('takes Redis’ own hit rate where no metrics are named, and says so', () => {
    const binding = bindCriterion(criterion('Hit rate > 60%'), redisOnly);
    assert.ok(binding.kind === 'bound' && binding.reading.source === 'hitRate');
    assert.match(binding.note ?? '', /not the application’s/);
    assert.equal(
      readingOf('Hit rate > 60%', settings({ qdrant: { url: 'http://localhost:6333' } })),
      'unbound: metrics',
    );
  });

  it('asks for the percentile, the average and the calls that are meant', () => {
    assert.match(
      readingOf('API p99 latency < 200ms'),
      /^histogram_quantile\(0\.99, sum by \(le\) \(rate\(tool_run_seconds_bucket\[300s\]\)\)\)$/,
    );
    assert.match(
      readingOf('Response time < 1ms average'),
      /^sum\(rate\(tool_run_seconds_sum\[300s\]\)\) \/ \(sum\(rate\(tool_run_seconds_count/,
    );
    assert.match(readingOf('p95 of cached answers < 25ms'), /tool_run_seconds_bucket\{cached=~/);
    assert.match(readingOf('p95 of uncached answers < 25ms'), /cached!~/);
    const binding = bindCriterion(criterion('Response time < 500ms'), full);
    assert.match((binding.kind === 'bound' && binding.note) || '', /names no percentile/);
  });

  it('reads Redis for memory, evictions, keys and round trips', () => {
    assert.equal(readingOf('Redis memory usage < 500MB'), 'redis usedMemory');
    assert.equal(readingOf('Memory usage stable'), 'redis usedMemory');
    assert.equal(readingOf('Memory usage < 80%'), 'redis memoryShare');
    assert.equal(readingOf('No cache evictions'), 'redis evictedKeys');
    assert.equal(readingOf('Evictions < 100 per minute'), 'redis evictionRate');
    assert.equal(readingOf('Cache read latency: <5ms average'), 'redis roundTrip');
    assert.equal(readingOf('Fragmentation ratio < 1.5'), 'redis fragmentation');
    assert.equal(readingOf('Redis uptime > 3600 s'), 'redis uptime');
  });

  it('finds the error rate in the metrics the environment names', () => {
    assert.match(readingOf('< 1% error rate maintained'), /http_requests_total\{status=~"5\.\."\}/);
    assert.equal(readingOf('Error rate < 1%', redisOnly), 'unbound: metrics.errors');
  });

  it('reads a rate in the unit that it is given in', () => {
    const scaleOf = (text: string): string => {
      const binding = bindCriterion(criterion(text), full);
      assert.ok(binding.kind === 'bound' && binding.reading.source === 'prometheus');
      return `${binding.reading.unit} × ${binding.reading.scale}`;
    };
    assert.equal(scaleOf('Cache misses < 300 per minute'), 'perMinute × 60');
    assert.equal(scaleOf('Cache misses < 5 per second'), 'perSecond × 1');
  });

  it('says what is not bound, and by what it would be', () => {
    assert.equal(readingOf('p95 < 200ms', redisOnly), 'unbound: metrics.latency');
    assert.equal(readingOf('Dashboard load time < 500ms'), 'unbound: ');
    assert.equal(readingOf('N+1 queries: 0 detected'), 'unbound: ');
    const binding = bindCriterion(criterion('Dashboard load time < 500ms'), full);
    assert.match((binding.kind === 'unbound' && binding.why) || '', /"Dashboard load time"/);
  });

  it('says where the environment’s own limit is another one', () => {
    const other = bindCriterion(criterion('Hit rate > 70%'), full);
    const same = bindCriterion(criterion('Hit rate > 60%'), full);
    assert.match((other.kind === 'bound' && other.note) || '', /limits/);
    assert.equal(same.kind === 'bound' && same.note, undefined);
  });
});

describe('judging a criterion', () => {
  const judge = (text: string, value: number | undefined, baseline?: number) =>
    judgeCriterion(criterion(text), value, baseline);

  it('compares, at the border too', () => {
    assert.equal(judge('Hit rate ≥ 60%', 0.6).kind, 'passed');
    assert.equal(judge('Hit rate > 60%', 0.6).kind, 'failed');
    assert.equal(judge('Redis memory < 1MB', 1024 ** 2 - 1).kind, 'passed');
    assert.equal(judge('No cache evictions', 0).kind, 'passed');
    assert.equal(judge('No cache evictions', 3).kind, 'failed');
  });

  it('says what was read and what was wanted, in the document’s units', () => {
    assert.equal(judge('Hit rate > 60%', 0.424).why, '42.4 %, and wanted is > 60 %');
    assert.match(judge('Redis memory < 500MB', 1024 ** 3).why ?? '', /^1\.0 GB, and wanted is < 500 MB$/);
  });

  it('never passes and never fails without data', () => {
    for (const value of [undefined, Number.NaN]) {
      const verdict = judge('Hit rate > 60%', value);
      assert.equal(verdict.kind, 'inconclusive');
      assert.match(verdict.why ?? '', /Hit rate/);
    }
  });

  it('judges changes against the baseline, and asks for one', () => {
    assert.equal(judge('P95 latency reduction > 50%', 40, 100).kind, 'passed');
    assert.equal(judge('P95 latency reduction > 50%', 60, 100).kind, 'failed');
    assert.equal(
      judge('P95 latency reduction > 50%', 120, 100).why,
      '20 % more than the baseline, and wanted is > 50 %',
    );
    assert.equal(judge('No latency regressions', 100, 100).kind, 'passed');
    assert.equal(judge('No latency regressions', 101, 100).kind, 'failed');
    assert.match(judge('API latency improved by >60%', 40).why ?? '', /no baseline/);
    assert.equal(judge('API latency improved by >60%', 40, 0).kind, 'inconclusive');
  });

  it('judges trends', () => {
    assert.equal(judge('Memory usage stable', 105, 100).kind, 'passed');
    assert.equal(judge('Memory usage stable', 50, 100).kind, 'passed');
    assert.equal(judge('Memory usage stable', 130, 100).kind, 'failed');
    assert.equal(judge('Memory usage stable', 130).kind, 'inconclusive');
  });

  it('fails an alarm whose condition holds', () => {
    const [alarm] = meaningOf('# A\n\n**Watch for**:\n\n- Hit rate dropping below 50%\n').criteria;
    assert.ok(alarm !== undefined);
    assert.equal(alarm.sense, 'alarm');
    assert.equal(judgeCriterion(alarm, 0.4).kind, 'failed');
    assert.equal(judgeCriterion(alarm, 0.6).kind, 'passed');
  });
});
