import assert from 'node:assert/strict';
import { understand } from '../../../../src/core/checklist/meaning/understand.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { rulesOf } from '../../../../src/core/watch/rulesOf.ts';
import { remedyFor } from '../../../../src/core/watch/troubleshooting.ts';
import { readSample, skipWithoutSamples } from '../../../fixtures/samples.ts';
import { environmentOf, everything } from './support.ts';

/** Heading and line (from 1) of the section offered for an alert; `value` in the base unit. */
function offered(text: string, when: string, value?: number): string | undefined {
  const [rule] = rulesOf(environmentOf({ ...everything, alerts: [when] }).settings);
  assert.ok(rule);
  const { checklist } = openDocument(text);
  const remedy = remedyFor({ checklist, meaning: understand(checklist, text), text }, rule, value);
  return remedy && `${remedy.title}, line ${remedy.range.line + 1}`;
}

const runbook = `# Runbook

## Hit rate
- [ ] Hit rate > 60%

## Troubleshooting

### The cache is useless
**Symptoms:** hit rate < 5%, bills rise

### Few hits
**Symptom:** hit rate < 60%

### Answers are slow
Look at the network.

### Redis does not answer
**Symptom:** Redis is not reachable

### Qdrant does not answer
**Symptom:** Qdrant is not reachable
`;

describe('The troubleshooting section for an alert', () => {
  it('is found by its symptom; of two, the one whose number is what was read', () => {
    assert.equal(offered(runbook, 'hit rate < 50% for 5m', 0.4), 'Few hits, line 11');
    assert.equal(offered(runbook, 'hit rate < 50% for 5m', 0.01), 'The cache is useless, line 8');
    assert.equal(offered(runbook, 'p95 > 100ms', 400), 'Answers are slow, line 14');
  });

  it('is that of the service that is down', () => {
    assert.equal(offered(runbook, 'qdrant down'), 'Qdrant does not answer, line 20');
    assert.equal(offered(runbook, 'redis down for 1m'), 'Redis does not answer, line 17');
  });

  it('is not invented: work is no remedy, and nothing fits everything', () => {
    assert.equal(offered(runbook, 'evictions > 5/min'), undefined);
    assert.equal(offered('# A\n\n## Hit rate\n- [ ] hit rate < 50%\n', 'hit rate < 50%', 0.1), undefined);
  });

  describe('in the sample documents', () => {
    before(function () {
      skipWithoutSamples(this);
    });

    it('stands under headings', () => {
      const [first, second] = [readSample(0), readSample(1)];
      assert.match(offered(first, 'hit rate < 30%', 0.2) ?? '', /^Issue: Cache hit rate < 50%, line 520$/);
      assert.match(offered(first, 'p95 > 100ms', 300) ?? '', /^Issue: Latency increase despite cache hits/);
      assert.match(offered(first, 'memory > 90%', 0.95) ?? '', /^Issue: Out of memory \(Redis\)/);
      assert.match(offered(second, 'hit rate < 60%', 0) ?? '', /^Cache Not Working/);
      assert.match(offered(second, 'hit rate < 60%', 0.4) ?? '', /^Low Hit Rate/);
      assert.match(offered(second, 'redis memory > 500MB', 6e8) ?? '', /^High Memory Usage/);
    });

    it('stands in a drawn tree', () => {
      const text = readSample(3);
      assert.match(offered(text, 'p95 > 100ms for 10m', 400) ?? '', /^High Response Times/);
      assert.match(offered(text, 'hit rate < 30% for 15m', 0.2) ?? '', /^Low Cache Hit Rates/);
      assert.match(offered(text, 'memory > 90% for 2m', 0.95) ?? '', /^Memory Issues/);
    });
  });
});
