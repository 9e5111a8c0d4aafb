import assert from 'node:assert/strict';
import { array, assert as assertProperty, dictionary, property, string } from 'fast-check';
import { chainStart, hashIn, readChain, seal } from '../../../../src/core/journal/chain.ts';

function fileOf(bodies: readonly object[]): string {
  let previous = chainStart;
  return bodies
    .map((body) => {
      const line = seal(body, previous);
      previous = hashIn(line);
      return `${line}\n`;
    })
    .join('');
}

const three = fileOf([{ n: 1 }, { n: 2 }, { n: 3 }]);
const messagesOf = (text: string): readonly string[] => readChain(text).problems.map(({ message }) => message);

describe('The chain of a journal', () => {
  it('is whole as it was written, whatever the entries say', () => {
    assertProperty(
      property(array(dictionary(string(), string())), (bodies) => {
        const { problems, lines, torn } = readChain(fileOf(bodies));
        assert.deepEqual([problems, lines.length, torn], [[], bodies.length, false]);
      }),
    );
  });

  it('names the line that was edited, also the last one', () => {
    assert.deepEqual(messagesOf(three.replace('"n":2', '"n":9')), [
      'Line 2 was edited: what it says does not match its hash.',
    ]);
    assert.deepEqual(messagesOf(three.replace('"n":3', '"n":9')), [
      'Line 3 was edited: what it says does not match its hash.',
    ]);
  });

  it('names the place where a line was written anew, taken out or moved', () => {
    const [one = '', two = '', last = ''] = three.split('\n');
    const forged = seal({ n: 9 }, hashIn(one));
    assert.deepEqual(messagesOf([one, forged, last, ''].join('\n')), [
      'Line 3 does not follow line 2: lines between them are missing, or line 2 was written anew.',
    ]);
    assert.equal(messagesOf([one, last, ''].join('\n')).length, 1);
    assert.equal(messagesOf([two, last, ''].join('\n'))[0]?.slice(0, 34), 'Line 1 is not the first that was w');
    assert.deepEqual(messagesOf([one, 'not JSON', last, ''].join('\n')), [
      'Line 2 is no JSON: it was damaged or edited.',
      'Line 3 does not follow line 2: lines between them are missing, or line 2 was written anew.',
    ]);
  });

  it('takes a last line without its end for not written', () => {
    const { lines, problems, torn } = readChain(three.slice(0, -10));
    assert.deepEqual([lines.length, problems, torn], [2, [], true]);
  });
});
