import assert from 'node:assert/strict';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import type { AlertRule } from '../../../../src/core/watch/rule.ts';
import { queriesOf, rulesOf } from '../../../../src/core/watch/rulesOf.ts';
import { environmentOf, everything } from './support.ts';

function rulesFrom(settings: object): readonly AlertRule[] {
  return rulesOf(environmentOf({ ...everything, ...settings }).settings);
}

/** What a rule is read from, and held against. */
function boundTo({ condition }: AlertRule): string {
  if (condition.kind === 'unbound') return `unbound: ${condition.setting ?? condition.why}`;
  if (condition.kind === 'state') return `${condition.service} ${condition.reading ?? 'down'}`;
  const { reading, comparison } = condition;
  const where = { redis: 'field' in reading ? reading.field : '', hitRate: 'hit rate', prometheus: 'prometheus' }[
    reading.source
  ];
  return `${where} ${comparison.comparator} ${comparison.value} ${comparison.unit}`;
}

function one(written: unknown, settings: object = {}): AlertRule {
  const [rule] = rulesFrom({ ...settings, alerts: [written] });
  assert.ok(rule);
  return rule;
}

describe('Alerts in the settings', () => {
  it('are read in the words of the checklists, with their durations', () => {
    const rules = rulesFrom({
      alerts: [
        'error_rate > 5% for 5m',
        'memory_usage > 90% for 2m',
        'p95_response_time > 100ms for 10m',
        'cache_hit_rate < 30% for 15 minutes',
        'redis memory >= 500MB',
        'evictions > 100/min for 1h',
        'redis down for 30s',
      ],
    });
    assert.deepEqual(
      rules.map((rule) => [boundTo(rule), rule.holdMs / 1000]),
      [
        ['prometheus > 0.05 ratio', 300],
        ['memoryShare > 0.9 ratio', 120],
        ['prometheus > 100 ms', 600],
        ['hit rate < 0.3 ratio', 900],
        [`usedMemory >= ${500 * 1024 ** 2} bytes`, 0],
        ['evictionRate > 100 perMinute', 3600],
        ['redis down', 30],
      ],
    );
    assert.deepEqual([...new Set(rules.map(({ severity }) => severity))], ['warning']);
  });

  it('can say how bad it is and what to do', () => {
    const rule = one({ when: 'p99 > 1s for 5m', severity: 'critical', message: 'Scale out.' });
    assert.deepEqual(
      [rule.severity, rule.message, rule.id],
      ['critical', 'Scale out.', 'critical: p99 > 1s for 5 min'],
    );
  });

  it('that nothing measures say so, with the setting that would change it', () => {
    assert.equal(boundTo(one('p95 > 100ms', { metrics: undefined })), 'unbound: metrics.latency');
    assert.match(boundTo(one('queue length > 5')), /^unbound: Nothing that is read here measures "queue length"/);
    assert.equal(boundTo(one('evictions > 0')), 'unbound: alerts');
    assert.equal(boundTo(one('grafana down')), 'unbound: grafana');
  });

  it('that are no condition are a problem of the settings, with an example', () => {
    const { problems } = readEnvironments({ shop: { ...everything, alerts: ['slow', { when: 5 }] } }, undefined);
    assert.equal(problems.length, 2);
    for (const { message } of problems) assert.match(message, /p95 > 100ms for 10m/);
  });
});

describe('Limits', () => {
  it('are watched too, each for a minute; a critical hit rate apart', () => {
    const rules = rulesFrom({
      limits: {
        hitRate: { warning: '60%', critical: '30%' },
        redisMemory: '500MB',
        qdrantMemory: '2GB',
        roundTrip: '5ms',
        p95: '200ms',
        errorRate: '1%',
        evictionsPerMinute: 100,
      },
    });
    assert.deepEqual(
      rules.map((rule) => `${rule.severity} ${rule.when}: ${boundTo(rule)}`),
      [
        'critical hit rate < 30 %: hit rate < 0.3 ratio',
        'warning hit rate < 60 %: hit rate < 0.6 ratio',
        `warning redis memory > 500 MB: usedMemory > ${500 * 1024 ** 2} bytes`,
        'warning qdrant memory > 2.0 GB: qdrant memory',
        'warning round trip > 5.00 ms: roundTrip > 5 ms',
        'warning p95 > 200 ms: prometheus > 200 ms',
        'warning error rate > 1 %: prometheus > 0.01 ratio',
        'warning evictions > 100 per minute: evictionRate > 100 perMinute',
      ],
    );
    assert.ok(rules.every(({ holdMs }) => holdMs === 60_000));
    assert.equal(queriesOf(rules).length, 2, 'the hit rate is read already');
  });
});
