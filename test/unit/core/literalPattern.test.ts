import assert from 'node:assert/strict';
import { literalPattern } from '../../../src/core/literalPattern.ts';

describe('A literal pattern', () => {
  it('matches its text and nothing else, with any flags', () => {
    const text = String.raw`a.b*c+d?^e$ (f) [g] {h} i|j \k/l-m`;
    for (const flags of ['', 'i', 'u', 'v']) {
      const pattern = new RegExp(`^(?:${literalPattern(text)})$`, flags);
      assert.match(text, pattern);
      assert.doesNotMatch(text.replace('.', 'x'), pattern);
    }
  });
});
