import assert from 'node:assert/strict';
import { session } from './shared.ts';

describe('The side bar', () => {
  it('opens Cache Ops from the activity bar, with its three views', async () => {
    const { window } = session();
    await window.openCacheOps();
    assert.deepEqual(await window.viewTitles(), ['Checklists', 'Health', 'History']);
    await window.screenshot('container');
  });
});
