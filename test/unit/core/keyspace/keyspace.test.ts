import assert from 'node:assert/strict';
import { keyspaceCsv, keyspaceJson } from '../../../../src/core/keyspace/export.ts';
import type { KeyPage, KeyspaceAnalysis } from '../../../../src/core/keyspace/model.ts';
import { coverageOf, usualBudget } from '../../../../src/core/keyspace/model.ts';
import { prefixOf } from '../../../../src/core/keyspace/prefix.ts';
import { keyspaceReport } from '../../../../src/core/keyspace/report.ts';
import { KeyspaceTally, otherPrefixes } from '../../../../src/core/keyspace/tally.ts';

type Row = readonly [key: string, type: string, ttlMs: number, bytes: number];

function page(...rows: readonly Row[]): KeyPage {
  return {
    keys: rows.map(([key]) => key),
    types: rows.map(([, type]) => type),
    ttlsMs: rows.map(([, , ttl]) => ttl),
    bytes: rows.map(([, , , bytes]) => bytes),
  };
}

function analysis(rows: readonly Row[], more: Partial<KeyspaceAnalysis> = {}): KeyspaceAnalysis {
  const tally = new KeyspaceTally();
  tally.add(page(...rows));
  return {
    environment: 'staging',
    db: 0,
    startedAtMs: 0,
    tookMs: 1_500,
    ended: 'complete',
    by: 'EVAL_RO',
    budget: usualBudget,
    nodes: [{ address: 'cache:6379', total: rows.length, seen: rows.length, complete: true }],
    ...tally.result(),
    ...more,
  };
}

describe('the prefix of a key', () => {
  const cases: readonly [string, string][] = [
    ['cache:search:9f3', 'cache:search:'],
    ['cache:search:en:9f3', 'cache:search:'],
    ['user:17', 'user:'],
    ['user:17:cart', 'user:*:'],
    ['t/4be0643f-1d98-573b-97cd-ca98a65347dd/x', 't/*/'],
    ['plain', '(no prefix)'],
    ['', '(no prefix)'],
    [':', ':'],
  ];
  for (const [key, prefix] of cases) {
    it(`of "${key}" is "${prefix}"`, () => assert.equal(prefixOf(key), prefix));
  }
});

describe('adding up keys', () => {
  it('puts each expiry into the bucket that it is under', () => {
    const tally = new KeyspaceTally();
    for (const ttl of [-1, 0, 59_999, 60_000, 3_599_999, 86_399_999, 604_799_999, 604_800_000]) {
      tally.add(page(['k', 'string', ttl, -1]));
    }
    assert.deepEqual(tally.result().ttl, { withoutExpiry: 1, buckets: [2, 2, 1, 1, 1] });
  });

  it('estimates memory from what was measured, and does not where nothing was', () => {
    const { prefixes, memory } = analysis([
      ['a:1', 'string', -1, 100],
      ['a:2', 'string', -1, -1],
      ['b:1', 'hash', -1, -1],
    ]);
    assert.deepEqual(
      prefixes.map(({ name, keys, memory: { bytes } }) => [name, keys, bytes]),
      [
        ['a:', 2, 200],
        ['b:', 1, undefined],
      ],
    );
    assert.equal(memory.bytes, 300);
  });

  it('counts keys that were gone and keys it may not read, neither as anything else', () => {
    const found = analysis([
      ['a', 'none', -2, -1],
      ['b', 'string', -2, -1],
      ['c', '?', -3, -1],
    ]);
    assert.deepEqual([found.seen, found.gone, found.denied], [1, 2, 1]);
    assert.equal(found.ttl.withoutExpiry, 0);
  });

  it('keeps the environment’s namespaces as groups of their own', () => {
    const tally = new KeyspaceTally([{ name: 'search', prefix: 'cache:search:en:' }]);
    tally.add(page(['cache:search:en:1', 'string', -1, 1], ['cache:search:de:1', 'string', -1, 1]));
    assert.deepEqual(
      tally
        .result()
        .prefixes.map(({ name }) => name)
        .toSorted(),
      ['cache:search:', 'cache:search:en:'],
    );
  });

  it('keeps no more as keys grow: many prefixes become one, of big keys the biggest are kept', () => {
    const tally = new KeyspaceTally();
    for (let index = 0; index < 5_000; index++) tally.add(page([`p${index}x:k`, 'string', -1, index + 1]));
    const { prefixes, biggest } = tally.result();
    assert.equal(prefixes.length, 2_001);
    assert.equal(prefixes.find(({ name }) => name === otherPrefixes)?.keys, 3_000);
    assert.deepEqual([biggest.length, biggest[0]?.bytes, biggest.at(-1)?.bytes], [25, 5_000, 4_976]);
  });
});

describe('the report of a keyspace', () => {
  it('says its coverage before any number', () => {
    const nodes = [{ address: 'cache:6379', total: 200, seen: 50, complete: false }];
    const text = keyspaceReport(analysis([['a:1', 'string', -1, 9]], { nodes, ended: 'cancelled' }), '10:00:00');
    assert.match(text, /Coverage 25\.0 %: 1 keys seen of 200 by DBSIZE at the start; it was cancelled\./);
    assert.ok(text.indexOf('Coverage') < text.indexOf('## Keys by prefix'));
    assert.equal(coverageOf(nodes), 0.25);
    assert.equal(coverageOf([{ address: 'a', total: 10, seen: 7, complete: true }]), 1, 'some expired meanwhile');
  });

  it('says that unmeasured keys may be bigger', () => {
    const text = keyspaceReport(
      analysis([
        ['a:1', 'string', -1, 9],
        ['a:2', 'string', 5, -1],
      ]),
      '',
    );
    assert.match(text, /Of the 1 keys that were measured; there may be bigger ones/);
    assert.match(text, /\| `a:` \| 2 \| 100 % \| █{20} \| 18 B \| 1 \|/);
    assert.match(text, /\| under 1 min \| 1 \| 50\.0 % \|/);
  });

  it('lets no key become Markdown, a formula or a new line', () => {
    const hostile = '=1+1`|\n[x](command:y)';
    const found = analysis([[hostile, 'string', -1, 9]]);
    const line = keyspaceReport(found, '')
      .split('\n')
      .find((one) => one.includes('command:y'));
    assert.match(line ?? '', /^\| `=1\+1ˋ\\\|\uFFFD\[x\]\(command:y\)` \|/);
    assert.match(keyspaceCsv(found), /biggest,"'=1\+1`\|\n\[x\]\(command:y\)",1,9/);
  });

  it('is exported whole', () => {
    const found = analysis([['a:1', 'string', 30_000, 9]]);
    const data: unknown = JSON.parse(keyspaceJson(found));
    assert.ok(typeof data === 'object' && data !== null && 'coverage' in data && 'expiry' in data);
    assert.equal(data.coverage, 1);
    assert.deepEqual(data.expiry, {
      none: 0,
      'under 1 min': 1,
      'under 1 h': 0,
      'under 1 day': 0,
      'under 7 days': 0,
      '7 days or more': 0,
    });
    assert.match(keyspaceCsv(found), /^kind,name,keys,bytes,without_expiry\r\nprefix,a:,1,9,0\r\n/);
  });

  it('has something to say of an empty database', () => {
    const text = keyspaceReport(analysis([]), '');
    assert.match(text, /0 keys, memory not measured/);
    assert.doesNotMatch(text, /NaN|Infinity/);
  });
});
