import assert from 'node:assert/strict';
import { cleanLabel, slugOf } from '../../../../src/core/checklist/label.ts';

describe('labels', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['**Day 1**: done', 'Day 1: done'],
    ['__bold__ and _slanted_ and *slanted*', 'bold and slanted and slanted'],
    ['***both*** ~~gone~~', 'both gone'],
    ['see [the *guide*](https://example.com "title")', 'see the guide'],
    ['[![badge](a.png)](https://example.com) and ![picture](b.png)', 'badge and picture'],
    ['[text][reference] <https://example.com>', 'text https://example.com'],
    ['run `redis-cli --scan \\* **x**`', 'run redis-cli --scan \\* **x**'],
    ['``a ` b`` and `c`', 'a ` b and c'],
    ['ENABLE_SEMANTIC_CACHE_V2 stays, 5 * 3 * 2 too', 'ENABLE_SEMANTIC_CACHE_V2 stays, 5 * 3 * 2 too'],
    ['latency <5ms and < 500MB, key <your-key>', 'latency <5ms and < 500MB, key <your-key>'],
    ['a<br/>b <b>bold</b> <!-- hidden --> c', 'ab bold c'],
    ['A &amp; B &lt; C, \\*starred\\*', 'A & B < C, *starred*'],
    ['first\n   second\n> third', 'first second third'],
    ['a\u0000b\tc', 'a b c'],
    ['unclosed ** and ` and [', 'unclosed ** and ` and ['],
  ];
  for (const [raw, label] of cases) {
    it(`shows ${JSON.stringify(raw)} as a person reads it`, () => assert.equal(cleanLabel(raw), label));
  }

  it('end at some length, in reasonable time', () => {
    assert.equal(cleanLabel('**a '.repeat(100_000)).length, 1999);
  });

  it('become ids of letters and digits', () => {
    assert.equal(slugOf('1.2 Größe & `TTL`!', 'stage'), '1-2-größe-ttl');
    assert.equal(slugOf('✅', 'stage'), 'stage');
    assert.ok(slugOf('𝒜'.repeat(100), 'stage').isWellFormed());
  });
});
