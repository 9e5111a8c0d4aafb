import assert from 'node:assert/strict';
import { GFM, parser } from '@lezer/markdown';
import * as fc from 'fast-check';
import type { Checklist, ChecklistNode } from '../../../../src/core/checklist/model.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { rowIdOf } from '../../../../src/core/checklist/rowId.ts';
import { planTick } from '../../../../src/core/checklist/tick.ts';
import { nodesOf } from '../../../../src/core/checklist/walk.ts';
import { edit, line, longList, markdown } from './arbitraries.ts';
import type { Edit } from './arbitraries.ts';
import { everyNode, readAnew } from './outline.ts';

const edits = fc.array(edit, { minLength: 1, maxLength: 5 });

describe('any document', () => {
  it('is read without an error, even when it is no Markdown at all', () => {
    const units = fc.array(fc.oneof(fc.nat({ max: 0xff }), fc.nat({ max: 0xffff })), { maxLength: 300 });
    fc.assert(fc.property(units, (codes) => void openDocument(String.fromCharCode(...codes))));
  });

  it('gives ranges inside the text, children inside their parents, and boxes between brackets', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        for (const node of everyNode(text)) {
          assert.ok(0 <= node.range.start && node.range.start <= node.range.end && node.range.end <= text.length);
          for (const child of node.children) assertInside(child, node);
          if (node.kind !== 'item' || node.box === undefined) continue;
          const { offset, checked } = node.box;
          assert.match(text.slice(offset - 1, offset + 2), checked ? /^\[[xX]\]$/ : /^\[ \]$/);
        }
      }),
    );
  });

  it('gives every node an id of its own', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const ids = everyNode(text).map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length);
      }),
    );
  });

  it('keeps the tree as it was when a box is ticked, and the text when it is ticked back', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        for (const item of everyNode(text)) {
          if (item.kind !== 'item' || item.box === undefined) continue;
          const ticked = apply(text, item.id, !item.box.checked);
          assert.deepEqual(shapeOf(ticked), shapeOf(text));
          const back = apply(ticked, item.id, item.box.checked);
          assert.equal(back.replaceAll('[x]', '[X]'), text.replaceAll('[x]', '[X]'));
        }
      }),
    );
  });

  it('has the boxes that GitHub would draw', () => {
    const plain = fc.array(line.filter(isPlain), { maxLength: 60 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(plain, (text) => {
        const ours = everyNode(text).flatMap((node) =>
          node.kind === 'item' && node.form === 'task' ? [node.box] : [],
        );
        assert.deepEqual(
          ours.map((box) => box?.offset),
          taskMarkers(text),
        );
      }),
    );
  });

  it('reads the same after an edit as when it is opened anew, but for what its rows were called before', () => {
    const long = fc.array(markdown, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('\n'));
    fc.assert(fc.property(long, edits, assertUpdates), { numRuns: 300 });
  }).timeout(20_000);

  it('reads the same after an edit in a long list', () => {
    fc.assert(fc.property(longList, edits, assertUpdates), { numRuns: 50 });
  }).timeout(20_000);
});

function assertUpdates(text: string, changes: readonly Edit[]): void {
  let document = openDocument(text);
  for (const { at, remove, insert } of changes) {
    const from = Math.floor(at * document.text.length);
    const to = Math.min(from + remove, document.text.length);
    const next = document.text.slice(0, from) + insert + document.text.slice(to);
    const before = document.checklist;
    document = document.update(next, [{ from, to, insertLength: insert.length }]);
    assert.deepEqual(readAnew(document.checklist), openDocument(next).checklist);
    assertRows(before, document.checklist);
  }
}

/** Each row has an id of its own, below that of the row it is in; they stay where nothing is called otherwise. */
function assertRows(before: Checklist, now: Checklist): void {
  const nodes = [...nodesOf(now.stages)];
  assert.equal(new Set(nodes.map(rowIdOf)).size, nodes.length);
  for (const node of nodes)
    for (const child of node.children) assert.ok(rowIdOf(child).startsWith(`${rowIdOf(node)}/`));
  const old = [...nodesOf(before.stages)];
  const names = (all: readonly ChecklistNode[]): string[] => all.map(({ kind, id }) => `${kind} ${id}`);
  if (names(old).join('\n') === names(nodes).join('\n')) assert.deepEqual(nodes.map(rowIdOf), old.map(rowIdOf));
}

function assertInside(child: ChecklistNode, parent: ChecklistNode): void {
  assert.ok(parent.range.start <= child.range.start && child.range.end <= parent.range.end);
  assert.ok(child.id.startsWith(`${parent.id}/`));
}

function apply(text: string, id: string, checked: boolean): string {
  const item = everyNode(text).find((node) => node.id === id);
  assert.ok(item?.kind === 'item');
  const change = planTick({ name: 'rollout.md', text, shownText: text, item, checked });
  if (change === undefined) return text;
  return text.slice(0, change.offset) + change.character + text.slice(change.offset + change.length);
}

function shapeOf(text: string): unknown {
  return everyNode(text).map(({ id, kind, range }) => ({ id, kind, range }));
}

/** Tables and link references are read as text on our side, and an item's box must open it. */
function isPlain(text: string): boolean {
  return !/[|\\]|^\[docs\]|^---$/.test(text);
}

function taskMarkers(text: string): number[] {
  const offsets: number[] = [];
  parser
    .configure(GFM)
    .parse(text)
    .iterate({
      enter(node) {
        const opensItem = node.node.parent?.prevSibling?.name === 'ListMark';
        if (node.name === 'TaskMarker' && opensItem) offsets.push(node.from + 1);
      },
    });
  return offsets;
}
