import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { understand } from '../../../../src/core/checklist/meaning/understand.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { alarmsOf, ruleFile, toPrometheusRules } from '../../../../src/core/watch/prometheusRules.ts';
import { rulesOf } from '../../../../src/core/watch/rulesOf.ts';
import { scrapeConfig } from '../../../../src/core/watch/scrapeConfig.ts';
import { readSample, skipWithoutSamples } from '../../../fixtures/samples.ts';
import { environmentOf, everything } from './support.ts';

const environment = environmentOf({
  ...everything,
  application: { metrics: 'http://shop.internal:8000/metrics?all=1', token: '${secret}' },
  limits: { hitRate: { critical: '30%' }, redisMemory: '500MB' },
  alerts: [
    { when: 'p95 > 100ms for 10m', severity: 'critical', message: 'See {{ the }} runbook.' },
    'application down',
  ],
});
const translated = toPrometheusRules(environment, rulesOf(environment.settings));

describe('Alerts as rules of Prometheus', () => {
  it('ask what is asked here, in Prometheus’ units, for as long', () => {
    assert.deepEqual(
      translated.rules.map(({ alert, for: lasting, labels }) => [alert, lasting, labels['severity']]),
      [
        ['HitRateBelow30Percent', '60s', 'critical'],
        ['P95Above100ms', '600s', 'critical'],
        ['ApplicationDown', undefined, 'warning'],
      ],
    );
    const [hitRate, p95, down] = translated.rules;
    assert.match(hitRate?.expr ?? '', /^\(.*shop_hits_total.*\) < 0\.3$/);
    assert.match(p95?.expr ?? '', /^\(histogram_quantile\(0\.95, .*\)\) > 0\.1$/);
    assert.equal(down?.expr, '(absent(up{job="shop"} == 1)) == 1');
    assert.equal(p95?.annotations['summary'], 'shop: p95 > 100ms for 10 min');
    assert.equal(p95.annotations['description'], 'See {{ "{{" }} the }} runbook.', 'no template of ours');
  });

  it('leave out what Prometheus cannot judge, and say why', () => {
    assert.deepEqual(translated.leftOut, [
      {
        when: 'redis memory > 500 MB',
        why: 'It is read from Redis itself, which no configured metric of Prometheus shows.',
      },
    ]);
  });
});

describe('A rule file', () => {
  const others = `# ours
groups:
  - name: shop   # by hand
    rules:
      - alert: Mine
        expr: 'vector(1) > 0'
  - name: cache-ops shop
    interval: 30s
    rules:
      - alert: Old
        expr: vector(0)
`;

  it('gets the group of the environment; other groups and comments stay', () => {
    const text = ruleFile('rules.yml', environment, translated.rules, others);
    assert.match(text, /^# ours\ngroups:\n {2}- name: shop # by hand\n/);
    const { groups } = parse(text);
    assert.deepEqual(groups[0], parse(others).groups[0]);
    assert.deepEqual(groups[1], { name: 'cache-ops shop', interval: '30s', rules: translated.rules });
    assert.equal(groups.length, 2);
    assert.equal(ruleFile('rules.yml', environment, translated.rules, text), text, 'again the same');
  });

  it('begins with one where there is none, or only a remark', () => {
    assert.deepEqual(parse(ruleFile('rules.yml', environment, translated.rules)).groups.length, 1);
    assert.match(ruleFile('rules.yml', environment, translated.rules, '# nothing yet\n'), /# nothing yet/);
  });

  it('that cannot be read is refused with the line', () => {
    assert.throws(
      () => ruleFile('rules.yml', environment, [], 'groups:\n  - name: [\n'),
      /rules\.yml cannot be read, line \d/,
    );
    assert.throws(() => ruleFile('rules.yml', environment, [], 'groups: 5\n'), /“groups” is no list/);
    assert.throws(() => ruleFile('rules.yml', environment, [], '- a\n'), /no list of settings/);
  });
});

describe('The alarms of a checklist', () => {
  const alarmsIn = (text: string): readonly string[] => {
    const { checklist } = openDocument(text);
    const alarms = alarmsOf(checklist, understand(checklist, text), environment);
    return alarms.map(({ when, holdMs, severity }) => `${severity}: ${when} for ${holdMs / 60_000} min`);
  };

  it('are rules too, without the symptoms of its troubleshooting', () => {
    const text =
      '# A\n\n## Watch\n\n**Watch for:**\n- hit rate < 50%\n\n## Goals\n\n- [ ] p95 < 200ms\n\n## Troubleshooting\n\n### Hit rate < 10%\n';
    assert.deepEqual(alarmsIn(text), ['warning: hit rate < 50 % for 5 min']);
  });

  it('have the durations and severities of its alert list', function () {
    skipWithoutSamples(this);
    const alarms = alarmsIn(readSample(3));
    for (const expected of [
      'critical: error_rate > 5 % for 5 min',
      'critical: memory_usage > 90 % for 2 min',
      'warning: p95_response_time > 100 ms for 10 min',
      'warning: cache_hit_rate < 30 % for 15 min',
    ])
      assert.ok(alarms.includes(expected), `${expected} is not among ${alarms.join('; ')}`);
  });
});

describe('A scrape configuration', () => {
  const mine = `global: { scrape_interval: 5s }
scrape_configs:
  # the shop
  - job_name: shop
    scrape_interval: 30s
    static_configs:
      - targets: ['old:1']
  - job_name: other
    static_configs: [{ targets: ['other:1'] }]
`;

  it('gets the job of the application; all else stays', () => {
    const { text, notes } = scrapeConfig('prometheus.yml', environment, mine);
    const { scrape_configs: jobs, global } = parse(text);
    assert.deepEqual(global, { scrape_interval: '5s' });
    assert.deepEqual(jobs[0], {
      job_name: 'shop',
      scrape_interval: '30s',
      static_configs: [{ targets: ['shop.internal:8000'] }],
      scheme: 'http',
      metrics_path: '/metrics',
      params: { all: ['1'] },
    });
    assert.deepEqual(jobs[1], parse(mine).scrape_configs[1]);
    assert.match(text, /# the shop/);
    assert.match(notes.join(), /wants a login, which is not written here/);
    assert.ok(!text.includes('secret'));
  });

  it('keeps the labels of a target that is there already', () => {
    const labelled = mine.replace("['old:1']", "['shop.internal:8000']\n        labels: { instance: shop-1 }");
    const { scrape_configs: jobs } = parse(scrapeConfig('prometheus.yml', environment, labelled).text);
    assert.equal(jobs[0].static_configs[0].labels.instance, 'shop-1');
  });

  it('says what the environment does not name', () => {
    assert.throws(
      () => scrapeConfig('p.yml', environmentOf({ ...everything }), mine),
      /application\.metrics is not set/,
    );
  });
});
