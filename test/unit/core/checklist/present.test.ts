import assert from 'node:assert/strict';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { childrenOf, presentDocument, presentNode } from '../../../../src/core/checklist/present.ts';
import { find, readFixture } from './outline.ts';

const text = readFixture('rollout.md');
const row = (start: string, of = text) => presentNode(find(of, start));

const labels = (of: string): string[] =>
  openDocument(of).checklist.stages.flatMap(({ children }) => children.map((node) => presentNode(node).label));
const titles = (of: string): string[] => childrenOf(openDocument(of).checklist).map((node) => presentNode(node).label);

describe('rows of the checklist view', () => {
  it('show a stage with its progress in words', () => {
    assert.deepEqual(row('Access'), {
      id: 'rolling-out-the-cache/before/access',
      label: 'Access',
      description: '5 of 12',
      icon: { name: 'circle-large' },
      tooltip: 'Access\n5 of 12 ticked\nLine 13',
      contextValue: 'stage.work',
      expandable: 'collapsed',
      spoken: 'Access, 5 of 12 ticked',
    });
    assert.equal(row('Steps').description, undefined);
    assert.equal(row('Sign-off').icon?.name, 'pass');
  });

  it('say in words what a stage is for, and that it does not count', () => {
    const rollback = row('Rollback plan');
    assert.equal(rollback.description, 'rollback, 0 of 3');
    assert.match(rollback.tooltip ?? '', /Does not count/);
    assert.equal(rollback.contextValue, 'stage.rollback');
    assert.equal(row('Contact').description, 'contact, 0 of 1');
  });

  it('show an item with its box, the progress below it, and its notes', () => {
    const qdrant = row('Qdrant');
    assert.equal(qdrant.description, '1 of 2');
    assert.deepEqual(qdrant.checkbox, {
      checked: false,
      tooltip: 'Tick',
      spoken: 'Qdrant: collections are listed, see the guide, not ticked',
    });
    assert.equal(qdrant.contextValue, 'item.task.open');
    assert.match(qdrant.tooltip ?? '', /• any reader will do/);
    assert.equal(row('star').expandable, 'no');
    assert.equal(row('Compiled').contextValue, 'item.commented.ticked');
  });

  it('show steps and drawn lines without a box', () => {
    assert.equal(row('Watch it').checkbox, undefined);
    assert.equal(row('Watch it').contextValue, 'item.step');
    assert.equal(row('Machine').checkbox, undefined);
  });

  it('show the language and first line of a command block, and its boxes', () => {
    const block = row('$ docker compose');
    assert.deepEqual(
      [block.label, block.description, block.icon?.name, block.contextValue],
      ['$ docker compose up -d cache', 'console, 2 of 3', 'terminal', 'block.shell'],
    );
    assert.equal(row('Requirements').contextValue, 'block.code');
    assert.equal(row('', '```\n```\n').label, 'Before the first heading');
  });

  it('name what has no words of its own', () => {
    assert.deepEqual(labels('```\n```\n\n1. ```sh\n   redis-cli PING\n   ```\n2.\n'), [
      'Empty block',
      'redis-cli PING',
      'No text',
    ]);
    assert.equal(presentNode(openDocument('#\n').checklist.stages[0] ?? assert.fail()).label, 'Untitled');
  });

  it('cut a long label at a word and keep the whole in the tooltip', () => {
    const long = `Check ${'every single key '.repeat(20)}twice`;
    const item = row('Check', `- [ ] ${long}\n`);
    assert.ok(item.label.length <= 101 && item.label.endsWith('…') && !item.label.endsWith(' …'));
    assert.ok(item.tooltip?.startsWith(long));
    assert.ok(row('a', `- [ ] a${'🚀'.repeat(100)}`).label.isWellFormed());
  });
});

describe('the row of a document', () => {
  const { checklist } = openDocument(text);
  const base = {
    id: 'file:///w/docs/rollout.md',
    path: 'docs/rollout.md',
    checklist,
    problem: undefined,
    added: false,
  };

  it('shows title, progress and file', () => {
    const { label, description, contextValue, spoken } = presentDocument(base);
    assert.deepEqual(
      [label, description, contextValue, spoken],
      ['Rolling out the cache', '8 of 17, docs/rollout.md', 'document', 'Rolling out the cache, 8 of 17 ticked'],
    );
    assert.equal(presentDocument({ ...base, added: true }).contextValue, 'document.added');
  });

  it('says why a document cannot be shown', () => {
    const shown = presentDocument({ ...base, checklist: undefined, problem: 'docs/rollout.md cannot be read.' });
    assert.deepEqual(
      [shown.label, shown.description, shown.expandable],
      ['rollout.md', 'cannot be shown, docs/rollout.md', 'no'],
    );
    assert.match(shown.tooltip ?? '', /cannot be read/);
  });

  it('opens to its stages, past a heading that only repeats the title', () => {
    assert.deepEqual(titles('# Title\n\n- [ ] a\n\n## One\n\n## Two\n'), ['a', 'One', 'Two']);
    assert.deepEqual(titles('# One\n\n# Two\n'), ['One', 'Two']);
    assert.deepEqual(titles('# Rollback\n\n- [ ] a\n'), ['Rollback']);
    assert.deepEqual(childrenOf(undefined), []);
  });
});
