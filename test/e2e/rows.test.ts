import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { eventually } from '../eventually.ts';
import { checklistText } from '../sandbox/testWorkspace.ts';
import { session } from './shared.ts';

describe('The Checklists view while headings are edited', () => {
  it('keeps unfolded what is unfolded', async () => {
    const { window, workspace } = session();
    await writeFile(workspace.checklist, checklistText);
    await window.openCacheOps();
    for (const row of ['Release checklist', 'Before the release', 'Redis answers', 'redis-cli PING'])
      await window.checklists.row(row).expand();
    await window.checklists.row('The reply was PONG').waitFor();
    // What other tests left behind is gone once the view has followed the file.
    await window.checklists.row('from the second node').waitFor();
    await window.checklists.row('Rollouts').waitFor('detached');
    const before = await window.checklists.texts();
    await window.checklists.row('Before the release').click();
    await window.editor.waitForText('## Before the release');
    await window.editor.focus();
    await window.page.keyboard.press('Control+Home');
    await window.page.keyboard.press('End');
    // Slower than the view settles, so that it follows every letter.
    await window.page.keyboard.type(' of May', { delay: 120 });
    await eventually(async () =>
      assert.deepEqual(
        await window.checklists.texts(),
        before.map((text) => text.replace('Release checklist', 'Release checklist of May')),
      ),
    );
    for (let count = 0; count < ' of May'.length; count += 1) await window.editor.undo();
    await window.closeEditors();
  });
});
