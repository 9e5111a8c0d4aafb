import assert from 'node:assert/strict';
import { session } from './shared.ts';

describe('The side bar', () => {
  it('opens Cache Ops from the activity bar, with its three views', async () => {
    const { window } = session();
    await window.quickInput.runCommand('View: Close Primary Side Bar');
    await window.checklists.header.waitFor({ state: 'hidden' });
    await window.page.locator('.activitybar .action-item a[aria-label="Cache Ops"]').click();
    await window.checklists.header.waitFor();
    assert.deepEqual(await window.viewTitles(), ['Checklists', 'Health', 'History']);
    await window.screenshot('container');
  });
});
