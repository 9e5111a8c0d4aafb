import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { HeadTail } from '../../../../src/core/run/headTail.ts';

function keep(pieces: readonly string[], head: number, tail: number): ReturnType<HeadTail['read']> {
  const kept = new HeadTail({ head, tail });
  for (const piece of pieces) kept.push(piece);
  return kept.read();
}

describe('Head and tail of an output', () => {
  it('are the whole of it while it fits', () => {
    assert.deepEqual(keep(['abc', 'def'], 3, 3), { head: 'abcdef', tail: '', omittedCharacters: 0 });
  });

  it('leave out the middle and count it', () => {
    assert.deepEqual(keep(['abcd', 'ef', 'ghij'], 3, 2), { head: 'abc', tail: 'ij', omittedCharacters: 5 });
  });

  it('never cut a character in two', () => {
    const { head, tail } = keep(['a😀b', 'c😀😀'], 2, 3);
    assert.deepEqual([head, tail], ['a', '😀']);
  });

  it('account for every character, however the text comes', () => {
    const pieces = fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, fc.nat(20), fc.integer({ min: 1, max: 20 }), (texts, headLimit, tailLimit) => {
        const whole = texts.join('');
        const { head, tail, omittedCharacters } = keep(texts, headLimit, tailLimit);
        assert.equal(head.length + omittedCharacters + tail.length, whole.length);
        assert.ok(whole.startsWith(head) && whole.endsWith(tail));
        assert.ok(head.length + tail.length <= headLimit + tailLimit);
        if (whole.length <= headLimit) assert.equal(head, whole);
      }),
    );
  });
});
