import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { eventually } from '../eventually.ts';
import { checklistText } from '../sandbox/testWorkspace.ts';
import { session } from './shared.ts';

describe('The Checklists view', () => {
  beforeEach(async () => {
    const { window, workspace } = session();
    await writeFile(workspace.checklist, checklistText);
    await window.openCacheOps();
    // Folded where another document stood beside it.
    await window.checklists.row('Release checklist').expand();
    await window.checklists.row('Before the release').expand();
    await window.checklists.row('Redis answers').expand();
    await eventually(async () => assert.equal(await window.checklists.row('Redis answers').isChecked(), false));
  });

  it('shows the document, its stages, items and commands with their progress', async () => {
    const { window } = session();
    await eventually(async () =>
      assert.deepEqual(await window.checklists.texts(), [
        'Release checklist · 1 of 6, release-checklist.md',
        'Before the release · 1 of 5',
        'The cache is backed up',
        'Redis answers · 0 of 2',
        'from the first node',
        'from the second node',
        'redis-cli PING · bash, 0 of 1',
        'After the release · 0 of 1',
        'Rollback · rollback, 0 of 1',
      ]),
    );
    assert.equal(await window.checklists.row('The cache is backed up').isChecked(), true);
    assert.equal(await window.checklists.row('After the release').isChecked(), undefined);
  });

  it('goes to the line of what is clicked', async () => {
    const { window } = session();
    await window.checklists.row('from the second node').click();
    await window.editor.waitForText('from the second node');
    await eventually(async () => assert.equal(await window.editor.cursorLine(), lineOf('from the second node')));
    await window.checklists.row('Rollback').click();
    await eventually(async () => assert.equal(await window.editor.cursorLine(), lineOf('## Rollback')));
    await window.closeEditors();
  });

  it('ticks a closed file by changing exactly one character of it', async () => {
    const { window, workspace } = session();
    await window.checklists.row('Redis answers').toggle();
    const ticked = await eventually(async () => {
      const text = await readFile(workspace.checklist, 'utf8');
      assert.notEqual(text, checklistText);
      return text;
    });
    assert.equal(ticked, checklistText.replace('- [ ] Redis answers', '- [x] Redis answers'));
    assert.equal(await window.checklists.row('Redis answers').isChecked(), true);
    assert.equal(
      await window.checklists.row('from the first node').isChecked(),
      false,
      'children keep their own ticks',
    );
    await eventually(async () =>
      assert.equal(await window.checklists.row('Before the release').description(), '2 of 5'),
    );
  });

  it('ticks an open document as an edit, which undo takes back', async () => {
    const { window, workspace } = session();
    await window.checklists.row('from the first node').click();
    await window.editor.waitForText('- [ ] from the first node');
    await window.checklists.row('from the first node').toggle();
    await window.editor.waitForText('- [x] from the first node');
    const shown = (await window.editor.visibleLines()).join('\n');
    assert.equal(shown, checklistText.replace('- [ ] from the first', '- [x] from the first'));
    assert.equal(
      await readFile(workspace.checklist, 'utf8'),
      checklistText,
      'an edit of an open document is not saved',
    );

    await window.editor.undo();
    await window.editor.waitForText('- [ ] from the first node');
    assert.equal((await window.editor.visibleLines()).join('\n'), checklistText);
    await eventually(async () => assert.equal(await window.checklists.row('from the first node').isChecked(), false));
    await window.closeEditors();
  });

  it('follows a change made on disk', async () => {
    const { window, workspace } = session();
    await writeFile(workspace.checklist, checklistText.replace('from the second node', 'from every node'));
    await window.checklists.row('from every node').waitFor();
    await window.checklists.row('from the second node').waitFor('detached');
  });
});

/** One-based, as an editor counts. */
function lineOf(text: string): number {
  return checklistText.split('\n').findIndex((line) => line.includes(text)) + 1;
}
