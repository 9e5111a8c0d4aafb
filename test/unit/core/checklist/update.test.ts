import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { differenceOf } from '../../../../src/core/checklist/difference.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { readAnew } from './outline.ts';

describe('the difference between two texts', () => {
  it('is the least stretch at one place', () => {
    assert.deepEqual(differenceOf('abcd', 'abXcd'), { from: 2, to: 2, insertLength: 1 });
    assert.deepEqual(differenceOf('aaa', 'aa'), { from: 2, to: 3, insertLength: 0 });
    assert.deepEqual(differenceOf('', ''), { from: 0, to: 0, insertLength: 0 });
  });

  it('turns one text into the other, also where they are long', () => {
    const part = fc.constantFrom('', 'a', 'b'.repeat(5000), 'a'.repeat(9000), 'ab'.repeat(4096));
    const text = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { from, to, insertLength } = differenceOf(before, after);
        assert.equal(before.slice(0, from) + after.slice(from, from + insertLength) + before.slice(to), after);
      }),
    );
  });
});

describe('updating a document', () => {
  const text = `---\nowner: us\n---\n${'# One\n\n- [ ] a\n\n'.repeat(200)}`;
  const document = openDocument(text);
  const same = (next: string, changes?: Parameters<typeof document.update>[1]): void =>
    assert.deepEqual(readAnew(document.update(next, changes).checklist), openDocument(next).checklist);

  it('needs no list of changes', () => {
    same(text.replace('- [ ] a', '- [x] a'));
    same(text);
    same('');
  });

  it('takes several changes at once, in any order', () => {
    const next = text.replace('# One', '## Two').replace(/a\n\n$/, 'abc\n\n');
    const first = text.indexOf('# One');
    const last = text.lastIndexOf('a');
    same(next, [
      { from: last + 1, to: last + 1, insertLength: 2 },
      { from: first, to: first + 5, insertLength: 6 },
    ]);
  });

  it('follows front matter that grows, goes or comes', () => {
    same(text.replace('us', 'nobody at all'));
    same(text.replace('---\n', ''));
    same(`\ufeff${text}`);
    assert.deepEqual(
      openDocument('# One\n').update('---\na: b\n---\n# One\n').checklist,
      openDocument('---\na: b\n---\n# One\n').checklist,
    );
  });

  it('is not misled by changes that do not fit', () => {
    const next = text.replaceAll('- [ ] a', '- [x] b');
    same(next, [{ from: 5, to: 4, insertLength: 1 }]);
    same(`${next}x`, [{ from: 0, to: 0, insertLength: 0 }]);
    same(next, [{ from: 0, to: text.length + 1, insertLength: next.length + 1 }]);
  });
});
