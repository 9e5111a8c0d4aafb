import assert from 'node:assert/strict';
import { headlineOf } from '../../../../src/core/dashboard/headline.ts';
import type { HeadlineInput } from '../../../../src/core/dashboard/headline.ts';

const fromMs = new Date(2026, 2, 4, 12, 0).getTime();
const grid = { fromMs, stepMs: 60_000, count: 5 };
const nowMs = fromMs + 4 * 60_000;

function say(hits: readonly (number | null)[], more: Partial<HeadlineInput> = {}) {
  const misses = hits.map((value) => (value === null ? null : 10 - value));
  return headlineOf({
    grid,
    rates: { namespaces: [{ name: 'search', hits, misses }], hits, misses },
    limits: { warning: 0.6, critical: 0.3 },
    resets: [],
    markers: [],
    troubles: [],
    counted: 'application',
    nowMs,
    ...more,
  });
}

describe('The headline of a dashboard', () => {
  it('says that the cache pays off, and since when', () => {
    assert.equal(say([8, 8, 8, 8, 8]).text, '80.0 % hit rate: above the 60.0 % target all through this range.');
    assert.equal(say([8, 2, 8, 8, 8]).text, '80.0 % hit rate: above the 60.0 % target since 12:02 (2 min).');
  });

  it('says that it does not, since when, and what may be why', () => {
    const markers = [{ id: '1', atMs: fromMs + 100_000, label: 'Flush', detail: '', tone: 'change' as const }];
    const troubles = ['Redis: connection refused'];
    const { tone, text, details } = say([8, 8, 5, null, 4], { markers, troubles, resets: [fromMs + 60_000] });
    assert.equal(tone, 'warning');
    assert.equal(text, '40.0 % hit rate: below the 60.0 % target since 12:02 (2 min).');
    assert.match(
      details.join(' '),
      /^Not working now: Redis: connection refused\. Counters began anew at 12:01:00.*About then: Flush\./,
    );
    assert.equal(say([2, 2, 2, 2, 2]).tone, 'critical');
  });

  it('takes nothing that ended for what is so now, and tells no traffic from no data', () => {
    const long = { ...grid, count: 8 };
    const ended = say([8, 8, 8, null, null, null, null, null], { grid: long });
    assert.equal(ended.tone, 'unknown');
    assert.equal(ended.text, 'No data since 12:02 (5 min): until then the hit rate was 80.0 %.');
    const [hits, misses] = [
      [8, 8, 8, 0, 0, 0, 0, 0],
      [2, 2, 2, 0, 0, 0, 0, 0],
    ];
    const idle = say(hits, { grid: long, rates: { namespaces: [], hits, misses } });
    assert.equal(idle.text, 'No traffic since 12:02 (5 min): until then the hit rate was 80.0 %.');
    assert.match(say([8, null, null, null, null, 8, 8, 8], { grid: long }).details.join(), /no data of 4 min of this/);
    const none = [0, 0, 0, 0, 0];
    assert.match(say(none, { rates: { namespaces: [], hits: none, misses: none } }).text, /^No traffic in this range/);
  });

  it('holds a rate against no target where nobody counts misses', () => {
    const [hits, misses] = [
      [8, 8, 8, 8, 8],
      [0, 0, 0, 0, 0],
    ];
    const { tone, text } = say(hits, { rates: { namespaces: [], hits, misses, missesUnknown: true } });
    assert.equal(tone, 'unknown');
    assert.equal(text, 'At most 100 % hit rate: misses unknown.');
  });

  it('says nothing of what is not known', () => {
    assert.equal(say([null, null, null, null, null]).tone, 'unknown');
    assert.match(say([8, 8, 8, 8, 8], { limits: undefined }).text, /no target is set/);
    assert.match(say([8, 8, 8, 8, 8], { counted: 'keyspace' }).text, /keyspace hit rate/);
  });
});
