import assert from 'node:assert/strict';
import { understand, understandInSteps } from '../../../../src/core/checklist/meaning/understand.ts';
import { openDocument, openInSteps } from '../../../../src/core/checklist/parse.ts';
import type { ParsedDocument } from '../../../../src/core/checklist/parse.ts';
import { rowIdOf } from '../../../../src/core/checklist/rowId.ts';
import { nodesOf } from '../../../../src/core/checklist/walk.ts';
import { largeChecklist } from '../../../fixtures/largeChecklist.ts';
import { readAnew } from './outline.ts';

/** Generous: in one step, each of these takes several times as long. */
const longestStepMs = 25;
const rounds = 3;

interface Carried<T> {
  readonly result: T;
  /** How long the thread was busy with the longest step: the least of some rounds, since others may disturb one. */
  readonly longestMs: number;
}

function carryOut<T>(begin: () => Generator<undefined, T>): Carried<T> {
  const carried = Array.from({ length: rounds }, () => carryOutOnce(begin()));
  return carried.reduce((one, other) => (other.longestMs < one.longestMs ? other : one));
}

function carryOutOnce<T>(steps: Generator<undefined, T>): Carried<T> {
  let longestMs = 0;
  for (;;) {
    const before = process.threadCpuUsage();
    const { done, value } = steps.next();
    const { user, system } = process.threadCpuUsage(before);
    longestMs = Math.max(longestMs, (user + system) / 1000);
    if (done === true) return { result: value, longestMs };
  }
}

for (const stages of [1, 200]) {
  describe(`A checklist of 10,000 items in ${stages === 1 ? 'one stage' : `${stages} stages`}`, function () {
    this.timeout(20_000);
    const text = largeChecklist({ items: 10_000, stages, blocks: 1_000 });
    const whole = openDocument(text);

    it('is read in short steps to the same checklist', () => {
      const { result, longestMs } = carryOut(() => openInSteps(text));
      assert.deepEqual(result.checklist, whole.checklist);
      assert.equal(whole.checklist.counts.boxes, 10_000);
      assert.ok(longestMs < longestStepMs, `${longestMs} ms`);
    });

    it('is read again in short steps when one of its boxes is ticked', () => {
      const ticked = text.replace('- [ ] Shard 5 ', '- [x] Shard 5 ');
      const { result, longestMs } = carryOut(() => whole.updateInSteps(ticked));
      assert.deepEqual(result.checklist, openDocument(ticked).checklist);
      assert.ok(longestMs < longestStepMs, `${longestMs} ms`);
    });

    it('is read again in short steps, and its rows are kept, when its heading and items are renamed', () => {
      const rows = (document: ParsedDocument): string[] => [...nodesOf(document.checklist.stages)].map(rowIdOf);
      let document = whole;
      for (const [from, to] of [
        ['# Moving', '# Now moving'],
        ['Shard 5 ', 'Shard five '],
        ['Shard 9999 ', 'The last shard but one '],
      ] as const) {
        const before = document;
        const { result, longestMs } = carryOut(() => before.updateInSteps(before.text.replace(from, to)));
        assert.deepEqual(rows(result), rows(whole));
        assert.notDeepEqual(readAnew(result.checklist), readAnew(document.checklist));
        assert.ok(longestMs < longestStepMs, `${longestMs} ms`);
        document = result;
      }
      assert.deepEqual(readAnew(document.checklist), openDocument(document.text).checklist);
    });

    it('is understood in short steps to the same meaning', () => {
      const { result, longestMs } = carryOut(() => understandInSteps(whole.checklist, text));
      assert.deepEqual(result, understand(whole.checklist, text));
      assert.equal([...result.blocks.values()].filter(({ isShell }) => isShell).length, 1_000);
      assert.ok(longestMs < longestStepMs, `${longestMs} ms`);
    });
  });
}
