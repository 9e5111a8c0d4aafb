import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { session } from './shared.ts';

describe('A baseline', () => {
  let file: string;
  let folder: string;

  before(async () => {
    const { workspace, window } = session();
    folder = path.join(workspace.folder, 'monitoring', 'baselines');
    file = path.join(workspace.folder, 'baseline-checklist.md');
    await writeFile(file, '# Watching\n\n## Afterwards\n\n- [ ] Redis memory usage stable\n');
    await window.openCacheOps();
    await window.checklists.row('Watching').waitFor();
  });

  after(async () => {
    await rm(file);
    await rm(folder, { recursive: true, force: true });
    await session().window.checklists.row('Watching').waitFor('detached');
  });

  it('is what a criterion that is about a change is judged against', async () => {
    const { window } = session();
    const { checklists, quickInput } = window;
    await checklists.row('Watching').expand();
    await checklists.row('Afterwards').expand();
    const item = checklists.row('Redis memory usage stable');
    await item.waitFor();
    await checklists.row('Afterwards').inlineAction('Verify');
    await eventually(async () => assert.match(await item.description(), /^inconclusive .*no baseline/));
    await window.command('Capture Baseline…');
    await quickInput.pick('local');
    await quickInput.pick('The last 15 minutes');
    const names = await eventually(async () => {
      const found = (await readdir(folder)).toSorted();
      assert.equal(found.length, 2);
      assert.match(found[0] ?? '', /^local-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.json$/);
      return found;
    });
    const text = await readFile(path.join(folder, names[1] ?? ''), 'utf8');
    assert.match(text, /\| Redis memory \| \d.* \| recorded here from Redis \| \d+ \|/);
    await eventually(async () =>
      assert.match(
        (await window.notifications()).join(),
        /The baseline of local is captured: \d+ figures?, .* over 15 min\./,
      ),
    );
    await window.quickInput.runCommand('Notifications: Clear All Notifications');
    await checklists.row('Afterwards').inlineAction('Verify');
    await eventually(async () => assert.match(await item.description(), /^passed /));
  });
});
