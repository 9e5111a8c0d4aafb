import assert from 'node:assert/strict';
import { ApplicationLookups } from '../../../../src/core/health/applicationLookups.ts';
import { lookupsFromStatistics } from '../../../../src/core/health/applicationStatistics.ts';
import type { Part } from '../../../../src/core/health/monitorParts.ts';
import type { SourcedHitRate } from '../../../../src/core/metrics/sourcedHitRate.ts';
import { rateWords } from '../../../../src/core/metrics/sourcedHitRate.ts';
import { environmentOf, noon } from './hitRates.ts';

const { settings } = environmentOf({
  application: { metrics: 'http://localhost/metrics' },
  metrics: {
    hits: 'hits_total{tier="cache"}',
    misses: 'misses_total',
    by: 'namespace',
    kind: { label: 'kind', exact: 'exact', semantic: 'similar' },
  },
});

/** A metrics page. */
function page(search: number, similar: number, searchMisses: number, others = ''): string {
  return `# TYPE hits_total counter
hits_total{tier="cache",namespace="search",kind="exact"} ${search}
hits_total{tier="cache",namespace="search",kind="similar"} ${similar}
hits_total{tier="local",namespace="search",kind="exact"} 999999
misses_total{namespace="search"} ${searchMisses}
${others}`;
}

function read(...pages: readonly (string | Part<string>)[]): SourcedHitRate {
  const lookups = new ApplicationLookups(settings);
  let last: SourcedHitRate | undefined;
  for (const [index, one] of pages.entries()) {
    const metrics: Part<string> =
      typeof one === 'string' ? { kind: 'value', value: one, readAtMs: noon + index * 10_000 } : one;
    [last] = lookups.ratesOf({ metrics, stats: undefined }, index * 10_000);
  }
  return last ?? assert.fail('Nothing was read.');
}

const words = (one: SourcedHitRate): string => rateWords(one.rate);

describe('the hit rate off an application’s metrics page', () => {
  it('is of what was counted between reads, and none after the first', () => {
    assert.equal(words(read(page(1000, 0, 0))), 'no data: read only once so far');
    const rate = read(page(1000, 100, 9000), page(1020, 110, 9010), page(1040, 120, 9020));
    assert.equal(words(rate), '75.0 %, last 20 s');
    assert.equal(rate.samples, 3);
    assert.equal(rate.newestAtMs, noon + 20_000);
    assert.deepEqual(
      rate.parts.map((part) => [part.kind, part.name, rateWords(part.rate)]),
      [
        ['exact', 'exact', '50.0 %, last 20 s'],
        ['semantic', 'semantic', '25.0 %, last 20 s'],
        ['namespace', 'search', '75.0 %, last 20 s'],
      ],
    );
  });

  it('is not told by counters that are no number, and goes on when they are one again', () => {
    const broken = page(1020, 110, 9010).replace('9010', 'NaN');
    assert.equal(words(read(page(1000, 100, 9000), broken)), 'no data: its hits or misses are not a number');
    assert.equal(words(read(page(1000, 100, 9000), broken, page(1040, 120, 9020))), '75.0 %, last 20 s');
  });

  it('tells namespaces apart, and counts a missing series as none', () => {
    const more = (hits: number): string => `hits_total{tier="cache",namespace="summary"} ${hits}\n`;
    const rate = read(page(0, 0, 0, more(5)), page(0, 0, 4, more(11)));
    assert.deepEqual(
      rate.parts.filter(({ kind }) => kind === 'namespace').map(({ name, rate: of }) => [name, rateWords(of)]),
      [
        ['summary', '100 %, last 10 s'],
        ['search', '0 %, last 10 s'],
      ],
    );
  });

  it('is no traffic when nothing was counted: not 0 %, and not NaN', () => {
    assert.equal(words(read(page(7, 7, 7), page(7, 7, 7))), 'no traffic, last 10 s');
  });

  it('goes on across a restart, and says so', () => {
    const rate = read(page(1000, 0, 1000), page(1010, 0, 1010), page(10, 0, 0));
    assert.equal(words(rate), '66.7 %, last 20 s');
    assert.match(rate.restart ?? '', /^The application restarted within the window/);
  });

  it('is not made of pages that several processes give in turn', () => {
    const of = (hits: number, startedSeconds: number): string =>
      page(hits, 0, 5, `process_start_time_seconds ${startedSeconds}\n`);
    assert.match(words(read(of(1000, 50), of(10, 90), of(1010, 50))), /^no data: several processes answer/);
  });

  it('says why there is none', () => {
    assert.equal(words(read('other_total 5\n')), 'no data: it exposes neither the hits nor the misses');
    assert.equal(words(read({ kind: 'notOffered' })), 'no data: not found (HTTP 404)');
    const failure = { code: 'timedOut', message: 'shop:80 did not answer within 5 s.', next: undefined } as const;
    assert.equal(words(read({ kind: 'failed', failure })), 'no data: shop:80 did not answer within 5 s');
    const old = `hits_total{tier="cache"} 5 ${noon - 600_000}\n`;
    assert.equal(words(read(old, old)), 'no data: its counters bear an old time');
  });

  it('counts a page only once, however often it is looked at', () => {
    const same: Part<string> = { kind: 'value', value: page(7, 0, 0), readAtMs: noon };
    assert.equal(words(read(same, same, same)), 'no data: read only once so far');
  });

  it('is not told by a part of its counters either', () => {
    const rate = read(page(1, Number.NaN, 0), page(4, Number.NaN, 1));
    assert.equal(words(rate), 'no data: its hits or misses are not a number');
  });
});

describe('the hit rate by access counts', () => {
  const of = (statistics: unknown): SourcedHitRate => lookupsFromStatistics(statistics, noon);

  it('is (access_count − 1) / access_count, of each entry and of all, over the age of the oldest', () => {
    const rate = of({
      total_entries: 2,
      entries: {
        nlp_service: { access_count: 2, age_seconds: 240, last_accessed: '2025-12-13T10:30:00' },
        embeddings: { access_count: 8, age_seconds: 118 },
      },
    });
    assert.equal(words(rate), '80.0 %, last 4 min');
    assert.deepEqual(
      rate.parts.map(({ name, rate: entry }) => [name, rateWords(entry)]),
      [
        ['embeddings', '87.5 %, last 2 min'],
        ['nlp_service', '50.0 %, last 4 min'],
      ],
    );
  });

  it('is no traffic while nothing is cached, and since start where no age is given', () => {
    assert.equal(words(of({ total_entries: 0, entries: {} })), 'no traffic, since start');
    assert.equal(words(of({ entries: { a: { access_count: 4 } } })), '75.0 %, since start');
    assert.equal(words(of({ entries: { a: { access_count: 1 } } })), '0 %, since start');
  });

  it('is none where the statistics are of another kind', () => {
    for (const other of [undefined, null, [], { entries: { redis: 5 } }, { entries: { a: { access_count: -1 } } }])
      assert.match(words(of(other)), /^no data: it lists no entries with access_count$/);
  });
});
