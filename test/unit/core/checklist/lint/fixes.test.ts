import assert from 'node:assert/strict';
import type { LintFix } from '../../../../../src/core/checklist/lint/types.ts';
import { readSample, samples, skipWithoutSamples } from '../../../../fixtures/samples.ts';
import { lint, withCommands } from './lint.ts';

const own = [
  withCommands("redis-cli -h h -a $P KEYS 'a:*' | xargs redis-cli -a $P DEL\n# Or: redis-cli -a $P KEYS b"),
  withCommands('# Edit .env\ndocker-compose restart a\ncurl $QDRANT_URL/health\ndocker-compose restart b'),
  '# P\n\n## Rollback\n\n- [ ] A\n- [ ] A\n- [ ] A\n\n> ```sh\n> redis-cli -a "$P" \\\n>   KEYS *\n> ```\n',
  withCommands(`curl -X POST $QDRANT_URL/collections/snapshot -d '{"collection_name": "x"}'`).replaceAll('\n', '\r\n'),
];

function apply(text: string, { edits }: LintFix): string {
  return edits
    .toSorted((a, b) => b.offset - a.offset)
    .reduce(
      (before, { offset, length, content }) => before.slice(0, offset) + content + before.slice(offset + length),
      text,
    );
}

function countsOf(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of lint(text)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}

/** Each fix of a document on its own: what it was for is gone, nothing else has come. */
function checkFixes(text: string): number {
  const before = countsOf(text);
  let fixes = 0;
  for (const { rule, fixes: offered } of lint(text)) {
    for (const fix of offered) {
      const after = countsOf(apply(text, fix));
      assert.ok((after.get(rule) ?? 0) < (before.get(rule) ?? 0), `${rule}: ${fix.title}`);
      for (const [other, count] of after) assert.ok(count <= (before.get(other) ?? 0), `${fix.title} brought ${other}`);
      fixes++;
    }
  }
  return fixes;
}

describe('lint: quick fixes', () => {
  it('each end what they are for, and bring nothing new', () => {
    assert.deepEqual(own.map(checkFixes), [4, 4, 4, 1]);
  });

  it('do so in checklists as teams wrote them', function () {
    skipWithoutSamples(this);
    const fixes = [...samples.keys()].map((index) => checkFixes(readSample(index)));
    // 000: ten of eleven passwords (one is handed on by xargs), two ways to ask for health, the snapshot, two restarts.
    assert.deepEqual(fixes, [15, 0, 1, 0, 0]);
  });
});
