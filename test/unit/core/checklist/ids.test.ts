import assert from 'node:assert/strict';
import { everyNode, readFixture } from './outline.ts';

const idsOf = (text: string): string[] => everyNode(text).map(({ id }) => id);

describe('ids', () => {
  it('are paths of words, with an ordinal where they would be the same', () => {
    assert.deepEqual(idsOf('- [ ] a\n# One\n- [ ] Do it\n- [x] Do **it**\n## One\n# One\n- [ ] ✅\n'), [
      '~',
      '~/a',
      'one',
      'one/do-it',
      'one/do-it~2',
      'one/one',
      'one~2',
      'one~2/item',
    ]);
  });

  it('outlive edits elsewhere', () => {
    const text = readFixture('rollout.md');
    const ids = new Set(idsOf(text));
    const edited = text
      .replace('Some words before the work.', 'Other words.\n\n- [ ] a new first item\n')
      .replace('## Deploy', '### One more\n\n- [ ] new\n\n## Deploy')
      .replace('- [ ] star', '- [x] star');
    const now = new Set(idsOf(edited));
    assert.deepEqual(
      [...ids].filter((id) => !now.has(id)),
      [],
    );
    assert.equal(now.size, ids.size + 3);
  });
});
