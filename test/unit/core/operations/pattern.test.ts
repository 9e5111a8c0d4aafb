import assert from 'node:assert/strict';
import { checkPattern, patternOfPrefix } from '../../../../src/core/operations/flush/pattern.ts';

describe('A pattern to flush by', () => {
  for (const pattern of ['', '*', '**', '?*', '*?*'])
    it(`is refused when it means nothing or everything: "${pattern}"`, () =>
      assert.throws(() => checkPattern(pattern), { code: 'settings' }));

  for (const [pattern, said] of [
    [
      'cache:[ab]*',
      'The [ in cache:[ab]* means any one of the characters in it. For the character itself write \\[ instead.',
    ],
    ['cache:[a*', 'The [ in cache:[a* is never closed. For the character itself write \\[ instead.'],
    ['cache:search:1', 'cache:search:1 has no wildcard: it matches the key of exactly that name only.'],
    ['*:search', '*:search begins with a wildcard: it matches across all namespaces.'],
    ['cache:* ', 'The pattern begins or ends with a space, which counts.'],
  ] as const)
    it(`is warned about: ${pattern}`, () => assert.deepEqual(checkPattern(pattern).warnings, [said]));

  for (const pattern of ['cache:*', String.raw`cache:\[ab\]*`, 'cache:?:x*'])
    it(`passes: ${pattern}`, () => assert.deepEqual(checkPattern(pattern).warnings, []));

  it('for a prefix stands for every character of it', () => {
    assert.equal(patternOfPrefix('cache:search:'), 'cache:search:*');
    assert.equal(patternOfPrefix('a[1]*?\\'), String.raw`a\[1\]\*\?\\*`);
  });
});
