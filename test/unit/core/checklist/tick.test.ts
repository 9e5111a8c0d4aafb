import assert from 'node:assert/strict';
import { OpsError } from '../../../../src/core/errors.ts';
import { planTick } from '../../../../src/core/checklist/tick.ts';
import { everyNode, find, readFixture } from './outline.ts';

const shown = '# Before\n\n- [ ] Back up\n- [X] Warn the team\n\n# After\n\n- [ ] Back up\n';

/** The text after ticking what was shown as `start`, in the text as it is now. */
function tick(start: string, checked: boolean, text = shown, shownText = shown): string {
  const item = find(shownText, start);
  assert.ok(item.kind === 'item');
  return applied(text, planTick({ name: 'rollout.md', text, shownText, item, checked }));
}

function applied(text: string, edit: ReturnType<typeof planTick>): string {
  if (edit === undefined) return text;
  assert.equal(edit.length, 1);
  return text.slice(0, edit.offset) + edit.character + text.slice(edit.offset + edit.length);
}

function refusal(act: () => unknown): OpsError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof OpsError);
    assert.equal(error.code, 'conflict');
    return error;
  }
  assert.fail('It was ticked.');
}

describe('ticking', () => {
  it('changes the one character between the brackets', () => {
    assert.equal(tick('Back up', true), shown.replace('[ ]', '[x]'));
    assert.equal(tick('Warn', false), shown.replace('[X]', '[ ]'));
  });

  it('changes nothing where the box already is as wanted', () => {
    assert.equal(tick('Warn', true), shown);
    const meanwhile = shown.replace('[ ]', '[x]');
    assert.equal(tick('Back up', true, meanwhile), meanwhile);
  });

  it('finds each box of a document, in lists, quotes and fences, with any line end', () => {
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      const text = `\ufeff${readFixture('rollout.md').replaceAll('\n', lineEnd)}`;
      for (const item of everyNode(text)) {
        if (item.kind !== 'item' || item.box === undefined) continue;
        const { offset, checked } = item.box;
        const edit = planTick({ name: 'rollout.md', text, shownText: text, item, checked: !checked });
        assert.deepEqual(edit, { offset, length: 1, character: checked ? ' ' : 'x' });
      }
    }
  });

  it('follows a line that has moved', () => {
    const text = `Some words.\r\n\r\n${shown.replace('- [X]', '- [ ] Tell nobody\n- [X]')}`;
    assert.equal(tick('Back up', true, text), text.replace('[ ]', '[x]'));
    assert.equal(tick('Warn', false, text), text.replace('[X]', '[ ]'));
  });

  it('refuses a line that has changed, and says what was there, what is there and what to do', () => {
    const error = refusal(() => tick('Warn', false, shown.replace('Warn the team', 'Warn everybody')));
    assert.equal(
      error.message,
      'Line 4 of rollout.md was not ticked: it read "- [X] Warn the team" when it was shown, and now it reads "- [X] Warn everybody".',
    );
    assert.equal(error.next, 'Nothing was changed. Find the line in the refreshed tree and tick it there.');
  });

  it('refuses a line that is gone', () => {
    assert.match(refusal(() => tick('Warn', false, '# Before\n')).message, /now the document ends before it\.$/);
  });

  it('refuses a line that is no item any more', () => {
    refusal(() => tick('Warn', false, shown.replace('- [ ] Back up', '```')));
    refusal(() => tick('Warn', false, `<!--\n${shown}-->`));
  });

  it('refuses to choose between lines that read the same', () => {
    const twice = shown.replace('- [X]', '- [ ] Back up\n- [X]');
    assert.match(refusal(() => tick('Back up', true, twice)).message, /cannot be told from other lines/);
    const copied = `# Before\n\n- [ ] Back up\n\n${shown}`;
    refusal(() => tick('Back up', true, copied));
  });

  it('tells lines that read the same apart as long as there are as many', () => {
    const text = '# Before\n\n- [ ] Back up\n- [ ] Back up\n';
    const second = everyNode(text).at(-1);
    assert.ok(second?.kind === 'item');
    const moved = `Words.\n\n${text}`;
    const edit = planTick({ name: 'rollout.md', text: moved, shownText: text, item: second, checked: true });
    assert.equal(applied(moved, edit), `${moved.slice(0, -'[ ] Back up\n'.length)}[x] Back up\n`);
  });

  it('refuses what has no box', () => {
    const text = '1. First\n';
    const step = find(text, 'First');
    assert.ok(step.kind === 'item');
    refusal(() => planTick({ name: 'rollout.md', text, shownText: text, item: step, checked: true }));
  });
});
