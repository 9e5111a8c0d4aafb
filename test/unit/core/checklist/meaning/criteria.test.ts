import assert from 'node:assert/strict';
import { readCriteria } from '../../../../../src/core/checklist/meaning/criteria/read.ts';
import { meaningOf } from './understood.ts';

const MB = 1024 ** 2;

/** A criterion in short: metric, comparator, value, unit; then what else it says. */
function inShort(text: string, isWarning = false): readonly string[] {
  return readCriteria(text, isWarning).map(({ metric, comparator, value, unit, ...more }) => {
    const number = Number.isNaN(value) ? '' : ` ${value} ${unit}`;
    const extra = Object.keys(more).length === 0 ? '' : ` ${JSON.stringify(more)}`;
    return `${metric} ${comparator}${number}${extra}`;
  });
}

describe('criteria', () => {
  const says = (text: string, ...criteria: readonly string[]) => assert.deepEqual(inShort(text), criteria, text);

  it('compare a metric with a number', () => {
    says('Hit rate of the cache ≥ 60%', 'Hit rate of the cache >= 0.6 ratio');
    says('Hit rate: >80%', 'Hit rate > 0.8 ratio');
    says('Redis memory usage < 500MB (1000 active users)', `Redis memory usage < ${500 * MB} bytes`);
    says('Dashboard opens in < 500 ms', 'Dashboard opens < 500 ms');
    says('Memory in use is < 60MB', `Memory in use < ${60 * MB} bytes`);
    says('Fragmentation < 1.5, unless there is less than 10 MB in use', 'Fragmentation < 1.5 count');
    says('hit_rate > 0.6', 'hit_rate > 0.6 ratio');
  });

  it('compare in words', () => {
    says('p95 of an answer is below 25 ms', 'p95 of an answer < 25 ms {"percentile":95}');
    says('At least 1GB RAM free (512MB of it for Redis)', `RAM free >= ${1024 * MB} bytes`);
    says('Error rate stays under 0.1%', 'Error rate < 0.001 ratio');
    says('Hit rate no less than 50 percent', 'Hit rate >= 0.5 ratio');
    says('Uptime exceeds 3600 s', 'Uptime > 3600000 ms');
  });

  it('name a percentile, an average, the calls that are meant, and a window', () => {
    says('Cache writes: <5ms average', 'Cache writes < 5 ms {"statistic":"average"}');
    says('API response time: <200ms p95', 'API response time < 200 ms {"percentile":95}');
    says('API p95 latency <200ms', 'API p95 latency < 200 ms {"percentile":95}');
    says(
      'Answers < 1ms for cache hits, < 100ms for cache misses',
      'Answers < 1 ms {"scope":"cached"}',
      'Answers < 100 ms {"scope":"uncached"}',
    );
    says('p95 of cached answers < 25ms', 'p95 of cached answers < 25 ms {"percentile":95,"scope":"cached"}');
    says('Hit rate > 60% over the last hour', 'Hit rate > 0.6 ratio {"windowMs":3600000}');
    says('No evictions: < 1 per minute', 'evictions < 1 perMinute');
  });

  it('are targets in brackets, with what one would rather have', () => {
    says('Look at the hit rate (target: >60%)', 'hit rate > 0.6 ratio');
    says('Hit rate > 60% (target: 70-80%)', 'Hit rate > 0.6 ratio {"aim":{"low":0.7,"high":0.8}}');
    says('Hit rate: 83.3% (target: 60%, reached: +38%)', 'Hit rate >= 0.6 ratio {"reported":0.833}');
    assert.deepEqual(readCriteria('Hit rate: target >40%, optimal >60%')[0]?.aim, { low: 0.6, high: Infinity });
    says('Share of failures small (< 1% error rate kept)', 'error rate kept < 0.01 ratio');
    says('System: target 99.9% availability', 'availability >= 0.999 ratio');
    says('All pass (100% success rate)', 'success rate >= 1 ratio');
  });

  it('are changes against the baseline', () => {
    says(
      'P95 latency reduction > 50% for cached calls',
      'P95 latency reduction > 0.5 ratio {"percentile":95,"scope":"cached","relativeToBaseline":"reduction"}',
    );
    says('API latency improved by >60%', 'API latency > 0.6 ratio {"relativeToBaseline":"reduction"}');
    says('Load of the database reduced by >50%', 'Load of the database > 0.5 ratio {"relativeToBaseline":"reduction"}');
    says('Memory usage reduced by 67%', 'Memory usage >= 0.67 ratio {"relativeToBaseline":"reduction"}');
    says('20% faster second runs', 'second runs >= 0.2 ratio {"relativeToBaseline":"reduction"}');
    says('Throughput improved by >10%', 'Throughput > 0.1 ratio {"relativeToBaseline":"increase"}');
    says(
      'No latency regressions for uncached calls',
      'latency <= 0 ratio {"relativeToBaseline":"increase","scope":"uncached"}',
    );
    says('Page performance improved', 'Page performance > 0 ratio {"relativeToBaseline":"reduction"}');
  });

  it('are trends, and things of which there may be none', () => {
    says('Memory usage stable', 'Memory usage stable');
    says('Memory usage stable over 1000+ queries', 'Memory usage stable');
    says('No leaks (stable memory usage)', 'memory usage stable');
    says('Response times consistent', 'Response times stable');
    says('No cache evictions', 'cache evictions = 0 count');
    says('Zero production incidents', 'production incidents = 0 count');
    says('N+1 queries: 0 detected', 'N+1 queries = 0 count');
    says('Qdrant is quick enough (no slow queries)', 'slow queries = 0 count');
    says('No cache-related errors in logs', 'cache-related errors = 0 count');
  });

  it('are warnings only where something warns', () => {
    assert.deepEqual(inShort('Memory usage growing without bound', true), ['Memory usage rising']);
    assert.deepEqual(inShort('Sudden spike in misses (look at Redis)', true), ['misses rising']);
    assert.deepEqual(inShort('Memory usage growing without bound'), []);
  });

  it('are not versions, ports, sizes of other things, settings and questions', () => {
    for (const text of [
      'Python 3.12+ available',
      'PostgreSQL 15+ with pgvector',
      'Docker and Docker Compose installed (20.10+)',
      'Port 6379 available',
      'Use Redis Cluster for >10GB of data',
      'Verify ENABLE_CACHE=1 in the application',
      'Response times improved?',
      'Number of keys is within 10% of before',
      'CPU: 4+ cores (recommended: 8+ cores)',
      'Savings validated (about $274/year at 10x traffic)',
      'Days 1-3 complete',
      'No breaking changes',
      'Team trained',
    ]) {
      says(text);
    }
  });

  it('come from items, bullets, table rows, comments, headings and alert rules', () => {
    const { criteria } = meaningOf(`# Rollout

- [ ] Hit rate > 60%
- Error rate < 1%

| Metric | Baseline | Target | Actual |
|--------|----------|--------|--------|
| p95 | 300ms | <200 ms | ___ ms |
| Keys | | | |

\`\`\`bash
redis-cli INFO
# Target: >80% hit rate
\`\`\`

\`\`\`yaml
rules:
  - name: "Slow"
    condition: "p95_response_time > 100ms"
    duration: "10m"
\`\`\`

**Roll back** when the hit rate stays < 40% for 15 minutes, or p95 stays > 400ms for 5 minutes.

## Troubleshooting

### Low hit rate (<40%)

- Redis uses >500 MB

**Fix:**

- Bring the hit rate > 50%
`);
    const rows = criteria.map(({ range, metric, comparator, value, sense, windowMs, baseline }) =>
      [range.line + 1, metric, comparator, value, sense, windowMs, baseline]
        .filter((one) => one !== undefined)
        .join(' '),
    );
    assert.deepEqual(rows, [
      '3 Hit rate > 0.6 target',
      '4 Error rate < 0.01 target',
      '8 p95 < 200 target 300',
      '13 hit rate > 0.8 target',
      '19 p95_response_time > 100 alarm 600000',
      '23 hit rate < 0.4 alarm 900000',
      '23 p95 > 400 alarm 300000',
      '27 hit rate < 0.4 alarm',
      '29 Redis memory > 524288000 alarm',
      '33 hit rate > 0.5 target',
    ]);
  });

  it('are read where the text was double-encoded', () => {
    const { criteria } = meaningOf('# A\n\n- [ ] Cache hit rate â‰¥ 60%\n');
    assert.deepEqual(
      criteria.map(({ comparator, value }) => [comparator, value]),
      [['>=', 0.6]],
    );
  });
});
