import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { redact } from '../../../../src/core/environment/references.ts';
import { OutputRedactor } from '../../../../src/core/run/redactOutput.ts';

function redactPieces(pieces: readonly string[], secrets: readonly string[]): string {
  const redactor = new OutputRedactor(secrets);
  return pieces.map((piece) => redactor.push(piece)).join('') + redactor.end();
}

describe('Secrets in output that comes in pieces', () => {
  it('are found where two pieces meet', () => {
    assert.equal(redactPieces(['token hun', 'ter22 ok'], ['hunter22']), 'token ••• ok');
    assert.equal(redactPieces(Array.from('token hunter22 ok'), ['hunter22']), 'token ••• ok');
  });

  it('are found encoded, where two pieces meet', () => {
    assert.equal(redactPieces(['url p%4', '0ss%2Fword.'], ['p@ss/word']), 'url •••.');
    assert.equal(redactPieces([String.raw`json a\"b`, 'cd.'], ['a"bcd']), 'json •••.');
  });

  it('hold nothing else back: a line without the beginning of a secret is shown at once', () => {
    const redactor = new OutputRedactor(['hunter22', 's3cret']);
    assert.equal(redactor.push('Waiting for rollout to finish\n'), 'Waiting for rollout to finish\n');
    assert.equal(redactor.push('user: hu'), 'user: ');
    assert.equal(redactor.push('go\n'), 'hugo\n');
  });

  it('give up what was held back when nothing more comes', () => {
    assert.equal(redactPieces(['it ends with hunt'], ['hunter22']), 'it ends with hunt');
  });

  it('do not hide one another', () => {
    assert.equal(redactPieces(['abcd', 'efgh!'], ['abcd', 'abcdefgh']), '•••!');
    assert.equal(redactPieces(['xyab', 'cd'], ['xyab', 'abcd']), '•••cd');
  });

  it('are hidden exactly as in one piece, however it is split', () => {
    const secret = fc.string({
      unit: fc.constantFrom('a', 'b', '/', ' ', '"', 'é', '😀', '%'),
      minLength: 4,
      maxLength: 7,
    });
    const secrets = fc.array(secret, { minLength: 1, maxLength: 3 });
    const text = secrets.chain((known) =>
      fc.tuple(
        fc.constant(known),
        fc.array(
          fc.oneof(
            fc.constantFrom(...known, ...known.map(encodeURIComponent), ...known.map((one) => JSON.stringify(one))),
            fc.string({ unit: fc.constantFrom('a', 'b', '/', ' ', 'x', '\n') }),
          ),
        ),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      ),
    );
    fc.assert(
      fc.property(text, ([known, parts, lengths]) => {
        const whole = parts.join('');
        const pieces: string[] = [];
        for (let at = 0; at < whole.length; at += pieces.at(-1)?.length ?? 0) {
          pieces.push(whole.slice(at, at + (lengths.next().value ?? 1)));
        }
        assert.equal(redactPieces(pieces, known), redact(whole, known));
      }),
      { numRuns: 300 },
    );
  });
});
