import assert from 'node:assert/strict';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { nodesOf } from '../../../../src/core/checklist/walk.ts';
import { commandsMovedTo, commandsOfBlock } from '../../../../src/core/evidence/anchors.ts';
import { carryOver } from '../../../../src/core/evidence/carryOver.ts';
import { failed, knowing, passed, understood } from './understood.ts';

const fence = '```';
const text = `# Plan

## Before

- [ ] It answers: \`redis-cli PING\`
- [ ] There is room

  ${fence}bash
  free --mega
  ${fence}

- [ ] Restart: \`systemctl restart one\`
- [ ] Restart: \`systemctl restart one\`

## After

- [ ] Watch
`;

describe('an edit of a document that is not understood anew yet', () => {
  const document = understood(text);
  const overview = knowing(document, { PING: passed, free: failed });
  const after = (now: string) =>
    carryOver({ ...document, overview }, { text: now, checklist: openDocument(now).checklist }, undefined);
  const labels = (now: string): readonly string[] => {
    const known = after(now).nodes;
    return [...nodesOf(openDocument(now).checklist.stages)]
      .filter((node) => known.has(node.id))
      .map((node) => (node.kind === 'item' ? node.text : node.kind));
  };

  it('leaves the verdicts where they are, and where lines above them were inserted or ticked', () => {
    const all = ['It answers: redis-cli PING', 'There is room', 'block'];
    assert.deepEqual(labels(text), all);
    assert.deepEqual(labels(text.replace('# Plan', '# Plan\n\nA new line.')), all);
    assert.deepEqual(
      labels(text.replace('- [ ] It', '- [x] It').replace('- [ ] Watch', '- [ ] Look\n- [ ] Watch')),
      all,
    );
  });

  it('takes them from what says something else now, or whose commands do', () => {
    assert.deepEqual(labels(text.replace('PING', 'INFO')), ['There is room', 'block']);
    assert.deepEqual(labels(text.replace('--mega', '--giga')), ['It answers: redis-cli PING']);
  });

  it('takes them from twins whose number has changed: it may be any of them', () => {
    const twin = '- [ ] Restart: `systemctl restart one`\n';
    const twins = { ...document, overview: knowing(document, { restart: passed }) };
    assert.equal(twins.overview.nodes.size, 2);
    const more = text.replace(twin, twin + twin);
    assert.equal(carryOver(twins, { text: more, checklist: openDocument(more).checklist }, undefined).nodes.size, 0);
    assert.equal(carryOver(twins, { text, checklist: openDocument(text).checklist }, undefined).nodes.size, 2);
  });

  it('counts what is left below each stage', () => {
    const known = after(text.replace('PING', 'INFO'));
    assert.deepEqual(
      [...known.tallies.values()].map(({ passed: well, failed: ill }) => [well, ill]),
      [
        [0, 1],
        [0, 1],
      ],
    );
  });

  it('leaves the commands of a block where it reads the same, at their new line', () => {
    const commandsAfter = (now: string) => {
      const block = [...nodesOf(openDocument(now).checklist.stages)].find((node) => node.kind === 'block');
      assert.ok(block);
      return commandsMovedTo(block, now, document);
    };
    const [meaning] = document.meaning.blocks.values();
    assert.ok(meaning);
    const [own] = commandsOfBlock(meaning, text);
    const moved = text.replace('## Before', 'One line.\n\n## Before');
    const [found] = commandsAfter(moved) ?? [];
    assert.ok(own && found);
    assert.deepEqual(found.anchor, own.anchor);
    assert.equal(moved.slice(found.part.range.start, found.part.range.end), 'free --mega');
    assert.equal(found.part.range.line, own.part.range.line + 2);
    assert.equal(commandsAfter(text.replace('--mega', '--giga')), undefined);
  });
});
