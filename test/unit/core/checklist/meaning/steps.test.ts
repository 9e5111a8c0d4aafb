import assert from 'node:assert/strict';
import { parseInline, stepsOf } from '../../../../../src/core/checklist/meaning/steps.ts';
import { understand } from '../../../../../src/core/checklist/meaning/understand.ts';
import { openDocument } from '../../../../../src/core/checklist/parse.ts';
import { nodesOf } from '../../../../../src/core/checklist/walk.ts';
import { parseBlock } from '../../../../../src/core/shell/parseBlock.ts';
import { realParser } from '../../shell/parser.ts';
import { itemOf } from './understood.ts';

describe('the steps of a block', () => {
  const parser = realParser();

  async function stepsIn(markdown: string) {
    const { checklist } = openDocument(markdown);
    const meaning = understand(checklist, markdown);
    const block = [...nodesOf(checklist.stages)].find((node) => node.kind === 'block');
    if (block?.kind !== 'block') throw new Error('no block');
    const understood = meaning.blocks.get(block.id);
    if (understood === undefined) throw new Error('not understood');
    return stepsOf(understood, await parseBlock(markdown, block, parser));
  }

  it('are its commands with their statements, what a person does, and the way out', async () => {
    const steps = await stepsIn(
      '1. Do:\n\n   ```bash\n   redis-cli ping # Expected: PONG\n\n   # Edit .env\n   FLAG=1\n\n   ssh <host>\n   ls\n   ```\n',
    );
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ['command', 'manual', 'handOver'],
    );
    const [command, , leave] = steps;
    assert.ok(command?.kind === 'command' && leave?.kind === 'handOver');
    assert.equal(command.statement.code, 'redis-cli ping');
    assert.equal(command.expectations.length, 1);
    assert.equal(leave.command, 'ssh <host>');
    assert.equal(leave.rest, 'ls');
  });

  it('have one step for each command that was listed', async () => {
    const markdown = '```bash\ncat << EOF | grep a\n$(date)\nEOF\nsleep 1 &\nfor i in 1; do ls; done; ls\n```\n';
    const { checklist } = openDocument(markdown);
    const [block] = understand(checklist, markdown).blocks.values();
    assert.deepEqual(
      (await stepsIn(markdown)).map(({ range }) => range),
      block?.parts.map(({ range }) => range),
    );
  });

  it('of a command in a sentence stand where the command stands', async () => {
    const markdown = '# A\n\n- [ ] Memory: `docker exec <container> redis-cli INFO memory` returns data\n';
    const [command] = itemOf(markdown)?.commands ?? [];
    assert.ok(command !== undefined);
    const [step] = await parseInline(command, parser);
    assert.ok(step?.kind === 'command');
    assert.deepEqual(step.range, command.range);
    assert.equal(step.expectations[0]?.expectation.kind, 'nonEmpty');
    const [placeholder] = step.statement.placeholders;
    assert.equal(markdown.slice(placeholder?.range.start, placeholder?.range.end), '<container>');
  });
});
