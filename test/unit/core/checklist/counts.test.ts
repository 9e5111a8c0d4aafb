import assert from 'node:assert/strict';
import type { Checklist } from '../../../../src/core/checklist/model.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { readFixture } from './outline.ts';

interface Counted {
  readonly file: string;
  /** Counted by hand, and how. */
  readonly by: string;
  readonly counts: Checklist['counts'];
}

const counted: readonly Counted[] = [
  {
    file: 'counted-release.md',
    by: 'boxes by stage 6 + 5 + 1 + 1, ticked 4 + 2; commented 2 + 3; blocks 1 + 3 + 1; the table has none',
    counts: { boxes: 13, ticked: 6, commented: 5, blocks: 5 },
  },
  {
    file: 'counted-runbook.md',
    by: 'no box; blocks: two below steps, the requirements, the quoted one, the example as one',
    counts: { boxes: 0, ticked: 0, commented: 0, blocks: 5 },
  },
  {
    file: 'counted-doubtful.md',
    by: 'boxes 3 + 2 quoted + 1 folded + 2 below a bullet, ticked 2 + 1 + 1; commented 2 + 1 + 1; blocks 3',
    counts: { boxes: 8, ticked: 4, commented: 4, blocks: 3 },
  },
];

describe('what a checklist holds', () => {
  for (const { file, by, counts } of counted) {
    it(`is counted exactly in ${file}: ${by}`, () => {
      const text = readFixture(file);
      assert.deepEqual(openDocument(text).checklist.counts, counts);
      for (const lineEnd of ['\r\n', '\r'])
        assert.deepEqual(openDocument(text.replaceAll('\n', lineEnd)).checklist.counts, counts);
    });
  }

  it('is counted anew after a tick', () => {
    const document = openDocument(readFixture('counted-release.md'));
    const ticked = document.update(document.text.replace('- [ ] latency', '- [x] latency'));
    assert.deepEqual(ticked.checklist.counts, { boxes: 13, ticked: 7, commented: 5, blocks: 5 });
  });
});
