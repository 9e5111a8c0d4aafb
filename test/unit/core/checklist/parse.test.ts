import assert from 'node:assert/strict';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { everyNode, find, outlineOf, readFixture } from './outline.ts';

const rollout = readFixture('rollout.md');

describe('reading a checklist', () => {
  it('finds stages, items, steps and commands, nested as written', () => {
    assert.deepEqual(outlineOf(rollout), [
      '# Before the first heading',
      '  [ ] Read this page to the end',
      '# Rolling out the cache',
      '  # Before',
      '    # Access',
      '      [x] Redis: you can sign in as ops',
      '      [ ] Qdrant: collections are listed, see the guide',
      '        [x] reading works',
      '          [ ] writing is refused',
      '      [x] a box below it',
      '      [ ] star',
      '      [ ] plus',
      '      [x] numbered',
      '      [ ] numbered otherwise',
      '      [ ] quoted box that goes on in the next line',
      '      [x] quoted twice',
      '      [ ] inside a fold',
      '    # Steps',
      '      1. Lower the time to live:',
      '        $ bash: redis-cli CONFIG SET maxmemory-policy allkeys-lru',
      '      1. Watch it',
      '        1. by namespace',
      '        1. in total',
      '      1. ',
      '        $ sh: redis-cli INFO stats',
      '  # Deploy',
      '    $ console: $ docker compose up -d cache',
      '      #[ ] The container is up',
      '      #[x] It logs no error',
      '      #[x] Compiled',
      '    $ yaml: Requirements:',
      '      ├ Machine',
      '        ├ Memory: at least 4 GB',
      '        ├ Disk: none',
      '      ├ Network is open on port 6379',
      '    $ : cache/',
      '    $ : │ the app  ├─────┤ Redis  │',
      '    $ : redis-cli PING',
      '  # Rollback plan',
      '    [ ] Switch the flag off',
      '    [ ] Restart',
      '    # How we know it worked',
      '      [ ] Errors are gone',
      '  # Troubleshooting',
      '    [ ] Look at the log',
      '  # Contact & Escalation',
      '    [ ] Call the owner',
      '  # Sign-off',
      '    [x] Approved',
      '    $ bash: echo "this fence is never closed"',
    ]);
  });

  it('counts list boxes, commented boxes and fenced blocks', () => {
    const { counts, title } = openDocument(rollout).checklist;
    assert.equal(title, 'Rolling out the cache');
    assert.deepEqual(counts, { boxes: 19, ticked: 6, commented: 3, blocks: 7 });
  });

  it('knows where everything stands', () => {
    const lines = rollout.split('\n');
    for (const node of everyNode(rollout)) {
      if (node.kind !== 'item' || node.text === '') continue;
      const word = /[a-z]{4,}/i.exec(node.text)?.[0] ?? '';
      assert.ok(lines[node.range.line]?.includes(word), `"${node.text}" is not on line ${node.range.line + 1}`);
      assert.equal(rollout.slice(0, node.range.start).split('\n').length - 1, node.range.line);
    }
  });

  it('gives a stage all that stands below its heading', () => {
    const { range } = find(rollout, 'Rollback plan');
    const text = rollout.slice(range.start, range.end);
    assert.ok(text.startsWith('## Rollback plan') && text.trimEnd().endsWith('Errors are gone'));
  });

  it('keeps the bullets and paragraphs of a step as its notes', () => {
    const step = find(rollout, 'Watch it');
    assert.ok(step.kind === 'item');
    assert.deepEqual(step.notes, ['the hit rate falls first', 'then it recovers', 'Give it ten minutes.']);
  });

  it('skips front matter, and keeps offsets those of the document', () => {
    const text = readFixture('front-matter.md');
    assert.deepEqual(outlineOf(text), ['# Rollout', '  [ ] Begin']);
    const { range } = find(text, 'Begin');
    assert.equal(text.slice(range.start, range.end), '- [ ] Begin');
    assert.equal(range.line, 9);
  });

  it('takes a rule at the start for a rule', () => {
    assert.deepEqual(outlineOf('---\n\n# One\n\n- [ ] a\n\n---\n\n- [ ] b\n'), ['# One', '  [ ] a', '  [ ] b']);
  });

  it('takes an underlined link reference for a reference and a rule', () => {
    assert.deepEqual(outlineOf('# One\n\n[docs]: https://example.com\n---\n\n- [ ] a\n'), ['# One', '  [ ] a']);
  });

  it('says nothing about an empty document', () => {
    const { title, stages, progress } = openDocument('').checklist;
    assert.deepEqual({ title, stages, progress }, { title: '', stages: [], progress: { done: 0, total: 0 } });
  });

  it('nests headings by level, also where levels are left out', () => {
    assert.deepEqual(outlineOf('### c\n# a\n#### d\n## b\n# e\n'), ['# c', '# a', '  # d', '  # b', '# e']);
  });
});
