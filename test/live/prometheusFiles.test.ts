import assert from 'node:assert/strict';
import { checkWithPromtool } from '../../src/clients/promtool.ts';
import { understand } from '../../src/core/checklist/meaning/understand.ts';
import { openDocument } from '../../src/core/checklist/parse.ts';
import { dashboardOf } from '../../src/core/watch/grafanaDashboard.ts';
import { alarmsOf, ruleFile, toPrometheusRules } from '../../src/core/watch/prometheusRules.ts';
import { rulesOf } from '../../src/core/watch/rulesOf.ts';
import { scrapeConfig } from '../../src/core/watch/scrapeConfig.ts';
import { readSample, samples } from '../fixtures/samples.ts';
import { ensureProgram } from '../sandbox/install.ts';
import { environmentWith, never } from './support/serviceReadings.ts';

const environment = environmentWith({
  redis: { url: 'redis://localhost:6379' },
  prometheus: { url: 'http://localhost:9090', job: 'it’s "the" shop' },
  application: { metrics: 'https://shop.internal/metrics?all=1' },
  metrics: {
    hits: 'shop_hits_total{kind=~"exact|semantic"}',
    misses: 'shop_misses_total',
    by: 'namespace',
    latency: 'shop_seconds',
    cached: 'cached',
    requests: 'requests_total',
    errors: 'requests_total{status=~"5.."}',
  },
  namespaces: { search: { prefix: 'cache:search:' } },
  limits: { hitRate: { warning: '60%', critical: '30%' }, p50: '50ms', p95: '200ms', p99: '1s', errorRate: '1%' },
  alerts: [
    {
      when: 'p95 of cached answers > 100ms for 10m',
      severity: 'critical',
      message: 'Say "why": {{ $labels }}, 100 %.',
    },
    'hit rate of search < 40% for 15m',
    'application down for 1m',
    'average response time > 150ms',
    'misses > 5/s',
  ],
});

const mine = '# by hand\ngroups:\n  - name: mine\n    rules:\n      - alert: Mine\n        expr: vector(1) > 0\n';

describe('Files for a real Prometheus', () => {
  let promtool: string;
  before(async () => {
    promtool = await ensureProgram('promtool');
  });

  it('of rules are accepted by promtool, with a document’s alarms and with other groups beside', async () => {
    const texts = samples.map((_, index) => readSample(index));
    const alarms = texts.flatMap((text) => {
      const { checklist } = openDocument(text);
      return alarmsOf(checklist, understand(checklist, text), environment);
    });
    const { rules, leftOut } = toPrometheusRules(environment, [...rulesOf(environment.settings), ...alarms]);
    assert.ok(rules.length >= 11, String(rules.length));
    assert.ok(!leftOut.some(({ when }) => /p9|hit rate|misses/.test(when)), JSON.stringify(leftOut));
    for (const before of [undefined, mine]) {
      const text = ruleFile('rules.yml', environment, rules, before);
      assert.deepEqual(await checkWithPromtool('rules', text, never, promtool), { kind: 'accepted' }, text);
    }
  });

  it('and a dashboard ask what Prometheus can read', async () => {
    const dashboard = JSON.stringify(dashboardOf(environment, 'prom'));
    const queries: string[] = [];
    JSON.parse(dashboard, (key, value: unknown) => {
      if (key === 'expr') queries.push(String(value));
      return value;
    });
    assert.ok(queries.length >= 9, String(queries.length));
    const rules = queries.map((query, index) => ({
      alert: `Q${index}`,
      expr: query.replaceAll('$__rate_interval', '5m'),
      labels: {},
      annotations: {},
    }));
    const text = ruleFile('rules.yml', environment, rules);
    assert.deepEqual(await checkWithPromtool('rules', text, never, promtool), { kind: 'accepted' }, text);
  });

  it('that promtool refuses are said to be, with its reason', async () => {
    const wrong = ruleFile('rules.yml', environment, [{ alert: 'A', expr: 'sum(', labels: {}, annotations: {} }]);
    const checked = await checkWithPromtool('rules', wrong, never, promtool);
    assert.ok(checked.kind === 'refused');
    assert.match(checked.why, /rules\.yml.*could not parse expression/);
    assert.deepEqual(await checkWithPromtool('rules', wrong, never, '/nowhere/promtool'), { kind: 'notChecked' });
  });

  it('of its configuration are accepted by promtool, new and beside other jobs', async () => {
    const before = `rule_files: ['not here/*.yml']\nscrape_configs:\n  - job_name: other\n    static_configs: [{ targets: ['other:1'] }]\n`;
    for (const known of [undefined, before]) {
      const { text } = scrapeConfig('prometheus.yml', environment, known);
      assert.deepEqual(await checkWithPromtool('config', text, never, promtool), { kind: 'accepted' }, text);
    }
  });
});
