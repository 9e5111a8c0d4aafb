import assert from 'node:assert/strict';
import type { MarkedValue } from '../../../../src/core/metrics/prometheusLookups.ts';
import { lookupExpressions, lookupsFromPrometheus } from '../../../../src/core/metrics/prometheusLookups.ts';
import type { CacheMetrics } from '../../../../src/core/metrics/promql.ts';
import { rateWords } from '../../../../src/core/metrics/sourcedHitRate.ts';

const cache: CacheMetrics = {
  job: 'shop',
  metrics: { hits: 'h_total', misses: 'm_total', by: 'namespace' },
};
const nowMs = Date.UTC(2026, 0, 5, 12);

function read(values: Readonly<Record<string, number>>, ageMs: number | undefined = 4000) {
  const marked = Object.entries(values).map(([mark, value]): MarkedValue => ({ mark, labels: {}, value }));
  return lookupsFromPrometheus(cache, 300_000, marked, { ageMs, oldMs: 60_000, nowMs });
}

// What the expressions give is asked of a real Prometheus in test/live/hitRate.test.ts.
describe('what Prometheus says of hits and misses', () => {
  it('is a rate with what it rests on', () => {
    const found = read({ hits: 30, misses: 10, samples: 20 });
    assert.equal(rateWords(found.rate), '75.0 %, last 5 min');
    assert.equal(found.samples, 20);
    assert.equal(found.newestAtMs, nowMs - 4000);
    assert.equal(found.restart, undefined);
  });

  it('counts one missing side as none, and both missing is no data', () => {
    assert.equal(rateWords(read({ hits: 30 }).rate), '100 %, last 5 min');
    assert.match(read({ hits: 30 }).doubt ?? '', /no series of misses/);
    assert.equal(read({ hits: 30, misses: 0 }).doubt, undefined);
    assert.equal(rateWords(read({ misses: 30 }).rate), '0 %, last 5 min');
    assert.equal(rateWords(read({ hits: 0, misses: 0 }).rate), 'no traffic, last 5 min');
    assert.equal(rateWords(read({ samples: 1 }).rate), 'no data: scraped only once so far');
    assert.equal(rateWords(read({ hits: 7, samples: 1 }).rate), 'no data: scraped only once so far');
    assert.equal(
      rateWords(read({ hits: Number.NaN, misses: Infinity }).rate),
      'no data: the hits or misses are not a number',
    );
  });

  it('is no data when the newest sample is old, whatever the window still holds', () => {
    assert.equal(rateWords(read({ hits: 30 }, 61_000).rate), 'no data: the newest sample is 1 min 1 s old');
  });

  it('says that the application restarted, by its start or by its counters', () => {
    assert.match(read({ hits: 3, uptime: 125 }).restart ?? '', /started 2 min 5 s ago, within the window/);
    assert.match(read({ hits: 3, uptime: 86_400, 'resets of misses': 2 }).restart ?? '', /^Counters began anew/);
    assert.equal(read({ hits: 3, uptime: 86_400, 'resets of hits': 0 }).restart, undefined);
  });

  it('is asked for only as far as the settings name it', () => {
    const plain = lookupExpressions({ job: undefined, metrics: { hits: 'h_total', misses: 'm_total' } }, 300_000);
    assert.deepEqual([...plain.keys()], ['hits', 'misses', 'samples', 'resets of hits', 'resets of misses']);
  });
});
