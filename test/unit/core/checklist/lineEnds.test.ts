import assert from 'node:assert/strict';
import { outlineOf, everyNode, find, readFixture } from './outline.ts';

const rollout = readFixture('rollout.md');

describe('line ends and byte order marks', () => {
  for (const [name, lineEnd] of [
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ] as const) {
    it(`reads ${name} like LF, with offsets into the text as it is`, () => {
      const text = rollout.replaceAll('\n', lineEnd);
      assert.deepEqual(outlineOf(text), outlineOf(rollout));
      const lines = everyNode(rollout).map(({ range }) => range.line);
      assert.deepEqual(
        everyNode(text).map(({ range }) => range.line),
        lines,
      );
      const { range } = find(text, 'quoted twice');
      assert.equal(text.slice(range.start, range.end), '- [x] quoted twice');
    });
  }

  it('reads a document whose line ends are mixed', () => {
    assert.deepEqual(outlineOf('# One\r\n- [ ] a\r- [x] b\n\r\n<div>\r\n\r\n- [ ] c\n'), [
      '# One',
      '  [ ] a',
      '  [x] b',
      '  [ ] c',
    ]);
  });

  it('counts the byte order mark as the first character', () => {
    assert.deepEqual(outlineOf(`\ufeff${rollout}`), outlineOf(rollout));
    assert.deepEqual(outlineOf('\ufeff- [ ] a\n  - [ ] b\n- [ ] c'), [
      '# Before the first heading',
      '  [ ] a',
      '    [ ] b',
      '  [ ] c',
    ]);
    assert.equal(find('\ufeff# One\n- [ ] a', 'a').range.start, 7);
    assert.deepEqual(outlineOf('\ufeff---\r\nowner: us\r\n---\r\n# One\r\n'), ['# One']);
  });
});
