import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { groupsOf } from '../../../../src/core/checklist/groups.ts';
import type { Checklist, ChecklistNode } from '../../../../src/core/checklist/model.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import type { ParsedDocument } from '../../../../src/core/checklist/parse.ts';
import { presentNode } from '../../../../src/core/checklist/present.ts';
import { planTick } from '../../../../src/core/checklist/tick.ts';
import { nodesOf } from '../../../../src/core/checklist/walk.ts';
import { largeChecklist } from '../../../fixtures/largeChecklist.ts';
import { readFixture } from './outline.ts';

const nodesIn = ({ stages }: Checklist): ChecklistNode[] => [...nodesOf(stages)];
const rowsOf = ({ checklist }: ParsedDocument): string[] => nodesIn(checklist).map((node) => presentNode(node).id);
const idsOf = ({ checklist }: ParsedDocument): string[] => nodesIn(checklist).map(({ id }) => id);

/** Carries out replacements one after the other, as somebody would; each must find what it replaces. */
function edited(document: ParsedDocument, ...replacements: readonly (readonly [string, string])[]): ParsedDocument {
  return replacements.reduce((before, [from, to]) => {
    assert.ok(before.text.includes(from), `"${from}" is in the document`);
    return before.update(before.text.replace(from, () => to));
  }, document);
}

const text = `# Roll out

## Before

- [ ] Back up
  - [ ] Test the copy
- [ ] Tell the team

## Deploy

1. Restart
   \`\`\`sh
   systemctl restart app
   \`\`\`

## After

- [ ] Watch
`;

describe('rows', () => {
  const document = openDocument(text);

  it('are called by the ids of what they show while nothing is edited', () => {
    assert.deepEqual(rowsOf(document), idsOf(document));
  });

  it('outlive every character typed into the heading they all stand below', () => {
    const letters = Array.from(' of everything', (letter, index) => {
      const typed = ' of everything'.slice(0, index);
      return [`# Roll out${typed}\n`, `# Roll out${typed}${letter}\n`] as const;
    });
    const now = edited(document, ...letters);
    assert.deepEqual(rowsOf(now), rowsOf(document));
    assert.ok(idsOf(now).every((id) => id.startsWith('roll-out-of-everything')));
  });

  it('outlive a heading that is deleted letter by letter, until it says nothing, and typed anew', () => {
    const gone = Array.from('Before', (_, index) => ['Before'.slice(index), 'Before'.slice(index + 1)] as const);
    const emptied = edited(document, ...gone.map(([from, to]) => [`## ${from}\n`, `## ${to}\n`] as const));
    assert.deepEqual(rowsOf(emptied), rowsOf(document));
    assert.deepEqual(rowsOf(edited(emptied, ['## \n', '## Ahead\n'])), rowsOf(document));
  });

  it('outlive edits of an item, a step and the first line of a block, with what is below them', () => {
    const now = edited(
      document,
      ['Back up', 'Back up all of it'],
      ['1. Restart', '1. Restart it'],
      ['systemctl', 'sudo systemctl'],
    );
    assert.deepEqual(rowsOf(now), rowsOf(document));
    assert.ok(idsOf(now).includes('roll-out/before/back-up-all-of-it/test-the-copy'));
  });

  it('outlive a word replaced in headings that stand next to each other', () => {
    const all = edited(document).update(text.replaceAll(/^## /gm, '## Cache: '));
    assert.deepEqual(rowsOf(all), rowsOf(document));
  });

  it('are called by the ids again once the words are what they were', () => {
    const back = edited(document, ['Before', 'Ahead'], ['Ahead', 'Before']);
    assert.deepEqual(back.checklist, document.checklist);
  });

  it('keep their ids among others of the same name', () => {
    const three = openDocument('# One\n- [ ] a\n# One\n- [ ] b\n# One\n- [ ] c\n');
    const now = edited(three, ['# One\n- [ ] b', '# Two\n- [ ] b']);
    assert.deepEqual(idsOf(now), ['one', 'one/a', 'two', 'two/b', 'one~2', 'one~2/c']);
    assert.deepEqual(rowsOf(now), ['one', 'one/a', 'one~2', 'one~2/b', 'one~3', 'one~3/c']);
  });

  it('give no id away to what comes later under the old name', () => {
    const now = edited(document, ['## Before', '## Ahead'], ['## Deploy', '## Before\n\n- [ ] Back up\n\n## Deploy']);
    const rows = rowsOf(now);
    assert.equal(new Set(rows).size, rows.length);
    const [ahead, before] = ['Ahead', 'Before'].map((title) =>
      nodesIn(now.checklist).find((node) => node.kind === 'stage' && node.title === title),
    );
    assert.ok(ahead && before);
    assert.equal(presentNode(ahead).id, 'roll-out/before');
    assert.equal(presentNode(before).id, 'roll-out/before~2');
    assert.equal(before.id, 'roll-out/before');
  });

  it('are new where a stage was put in the place of another', () => {
    const now = edited(document, [
      '## Before\n\n- [ ] Back up\n  - [ ] Test the copy\n- [ ] Tell the team\n',
      '## Rollback\n\n- [ ] Switch the flag off\n',
    ]);
    assert.ok(rowsOf(now).includes('roll-out/rollback'));
    assert.ok(!rowsOf(now).includes('roll-out/before'));
  });

  it('are new where two things are where one was: either could be meant', () => {
    const now = edited(document, ['- [ ] Watch', '- [ ] Watch it\n- [ ] Watch them']);
    assert.deepEqual(rowsOf(now).slice(-2), ['roll-out/after/watch-it', 'roll-out/after/watch-them']);
  });

  it('outlive an edit that was told as changes that do not fit', () => {
    const next = text.replace('# Roll out', '# Roll it out');
    assert.deepEqual(rowsOf(document.update(next, [{ from: 5, to: 4, insertLength: 1 }])), rowsOf(document));
  });

  it('are grouped under the same ids, too', () => {
    const many = openDocument(largeChecklist({ items: 1_000, stages: 1, blocks: 0 }));
    const groups = ({ checklist }: ParsedDocument): readonly string[] =>
      nodesIn(checklist)
        .flatMap((node) => groupsOf(node.children, node) ?? [])
        .map(({ id }) => id);
    assert.ok(groups(many).length > 1);
    assert.deepEqual(groups(many.update(many.text.replace('# ', '# All of '))), groups(many));
  });

  it('outlive letters typed anywhere into any headings', () => {
    const stage = fc.record({
      level: fc.integer({ min: 1, max: 4 }),
      title: fc.constantFrom('One', 'Two', 'One two', '✅'),
      body: fc.constantFrom('', '- [ ] One\n', '- [ ] One\n- [ ] One\n  - [x] Two\n', '```sh\nls\n```\n', 'Words.\n'),
    });
    const typed = fc.record({ line: fc.nat(), at: fc.nat(), letter: fc.constantFrom('q', ' q', '1', 'é') });
    fc.assert(
      fc.property(
        fc.array(stage, { minLength: 1, maxLength: 12 }),
        fc.array(typed, { minLength: 1, maxLength: 8 }),
        (stages, strokes) => {
          const whole = stages.map(({ level, title, body }) => `${'#'.repeat(level)} ${title}\n\n${body}\n`).join('');
          const first = openDocument(whole);
          let now = first;
          for (const stroke of strokes) now = now.update(typeInto(now.text, stroke));
          assert.deepEqual(rowsOf(now), rowsOf(first));
          assert.deepEqual(idsOf(now), idsOf(openDocument(now.text)));
        },
      ),
    );
  });
});

/** Types into one of the headings, somewhere behind its marks. */
function typeInto(whole: string, { line, at, letter }: { line: number; at: number; letter: string }): string {
  const headings = [...whole.matchAll(/^#+ .*$/gm)];
  const heading = headings[line % headings.length];
  assert.ok(heading);
  const marks = heading[0].indexOf(' ') + 1;
  const place = heading.index + marks + (at % (heading[0].length - marks + 1));
  return whole.slice(0, place) + letter + whole.slice(place);
}

describe('a box below a heading that was edited', () => {
  it('is ticked, also when the text has moved on meanwhile', () => {
    const now = edited(openDocument(readFixture('rollout.md')), ['Before\n------', 'Beforehand\n----------']);
    const item = nodesIn(now.checklist).find((node) => node.kind === 'item' && node.text === 'star');
    assert.ok(item?.kind === 'item' && item.rowId !== undefined);
    const moved = `- [ ] new\n\n${now.text}`;
    const edit = planTick({ name: 'rollout.md', text: moved, shownText: now.text, item, checked: true });
    assert.equal(edit?.offset, moved.indexOf('* [ ] star') + 3);
  });
});
