import assert from 'node:assert/strict';
import { groupsOf, mostSiblings, presentGroup } from '../../../../src/core/checklist/groups.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';

function stageOf(items: number) {
  const lines = Array.from({ length: items }, (_, index) => `- [${index % 2 === 0 ? 'x' : ' '}] Shard ${index + 1}`);
  const [stage] = openDocument(`# All shards\n\n${lines.join('\n')}\n`).checklist.stages;
  assert.ok(stage);
  return stage;
}

describe('many rows side by side', () => {
  it('stand as they are while they are no more than some hundreds', () => {
    const stage = stageOf(mostSiblings);
    assert.equal(groupsOf(stage.children, stage), undefined);
  });

  it('are shown by the hundred, each row once and in order, with how far each part is', () => {
    const stage = stageOf(901);
    const groups = groupsOf(stage.children, stage) ?? [];
    assert.deepEqual(
      groups.flatMap(({ children }) => children),
      stage.children,
    );
    const rows = groups.map((group) => presentGroup(group));
    assert.deepEqual(
      rows.map(({ label, description }) => `${label} · ${description}`),
      [
        '1–200 · 100 of 200',
        '201–400 · 100 of 200',
        '401–600 · 100 of 200',
        '601–800 · 100 of 200',
        '801–901 · 51 of 101',
      ],
    );
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
    assert.equal(groups[1]?.range.line, stage.children[200]?.range.line, 'goes to its first line');
  });

  it('keep their ids when one of them is ticked', () => {
    const [one, other] = [stageOf(500), stageOf(500)].map((stage) =>
      groupsOf(stage.children, stage)?.map(({ id }) => id),
    );
    assert.deepEqual(one, other);
  });
});
