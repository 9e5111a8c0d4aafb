import assert from 'node:assert/strict';
import { looksLikeChecklist } from '../../../../src/core/checklist/looksLikeChecklist.ts';
import type { Item } from '../../../../src/core/checklist/model.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { readSample, samples, skipWithoutSamples } from '../../../fixtures/samples.ts';
import { everyNode } from './outline.ts';

const expected = [
  { boxes: 38, ticked: 17, commented: 11, blocks: 27 },
  { boxes: 23, ticked: 0, commented: 0, blocks: 14 },
  { boxes: 96, ticked: 0, commented: 0, blocks: 14 },
  { boxes: 0, ticked: 0, commented: 0, blocks: 24 },
  { boxes: 24, ticked: 12, commented: 0, blocks: 23 },
];

const drawnIn = (text: string): Item[] =>
  everyNode(text)
    .filter((node) => node.kind === 'item')
    .filter(({ form }) => form === 'drawn');

describe('checklists as teams wrote them', () => {
  before(function () {
    skipWithoutSamples(this);
  });

  for (const [index, counts] of expected.entries()) {
    it(`counts what is in sample ${index}`, () => {
      const { checklist } = openDocument(readSample(index));
      assert.deepEqual(checklist.counts, counts);
      assert.ok(looksLikeChecklist(checklist));
    });
  }

  it('reads the double-encoded lists of requirements, and nothing else, as drawn items', () => {
    const text = readSample(3);
    const branches = text.split('\n').flatMap((line, index) => (/â”[œ”]â”€/.test(line) ? [index] : []));
    const lines = new Set(drawnIn(text).map(({ range }) => range.line));
    assert.ok(branches.length > 100);
    assert.deepEqual(
      branches.filter((line) => !lines.has(line)),
      [],
    );
    assert.ok(drawnIn(text).some((item) => item.text === 'Memory: 8GB RAM minimum (recommended: 16GB+)'));
    assert.deepEqual(
      [0, 1, 2, 4].flatMap((index) => drawnIn(readSample(index))),
      [],
    );
  });

  it('shows no double-encoded label', () => {
    for (const index of samples.keys()) {
      for (const node of everyNode(readSample(index))) {
        const label = node.kind === 'stage' ? node.title : node.kind === 'item' ? node.text : node.summary;
        assert.doesNotMatch(label, /â|ðŸ|‚|\uf8ff|√/u);
      }
    }
  });
});
