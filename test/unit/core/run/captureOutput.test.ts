import assert from 'node:assert/strict';
import { OutputCapture, outputText } from '../../../../src/core/run/captureOutput.ts';

function capture(pieces: readonly (string | readonly number[])[], secrets: readonly string[] = [], keep = 1_000) {
  const shown: string[] = [];
  const output = new OutputCapture({ secrets, keepCharacters: keep, onText: (text) => shown.push(text) });
  for (const piece of pieces) output.push(typeof piece === 'string' ? Buffer.from(piece) : Uint8Array.from(piece));
  output.end();
  return { ...output.read(), shown: shown.join('') };
}

describe('Captured output', () => {
  it('puts together a character whose bytes come apart', () => {
    const { head, binary, bytes } = capture([
      [0xe2, 0x9c],
      [0x85, 0x0a],
    ]);
    assert.deepEqual({ head, binary, bytes }, { head: '✅\n', binary: false, bytes: 4 });
  });

  it('says when it is binary, and shows what can be shown', () => {
    assert.equal(capture([[0x41, 0xff, 0x42]]).binary, true);
    assert.equal(capture([[0x41, 0xff, 0x42]]).head, 'A\uFFFDB');
    assert.equal(capture([[0x41, 0, 0x42]]).binary, true);
    assert.equal(capture([[0x41, 0xe2]]).head, 'A\uFFFD', 'cut off in the middle of a character');
  });

  it('shows and keeps no secret, at no boundary', () => {
    const { head, shown } = capture(['a hun', 'ter22 b'], ['hunter22']);
    assert.deepEqual([head, shown], ['a ••• b', 'a ••• b']);
  });

  it('cuts after secrets are replaced, so that no half of one is left at the cut', () => {
    const { head, tail } = capture(['xxxhunter22yyyyyyyyyyhunter22'], ['hunter22'], 8);
    assert.doesNotMatch(head + tail, /hunt|er22/);
  });

  it('as one text says how much is left out', () => {
    assert.equal(
      outputText(capture(['0123456789'.repeat(200)], [], 10)),
      '01234\n… 1,990 characters left out …\n56789',
    );
    assert.equal(outputText(capture(['no newline'])), 'no newline');
  });
});
