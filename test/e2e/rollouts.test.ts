import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { session } from './shared.ts';

describe('A rollout', () => {
  let folder: string;

  before(() => {
    folder = path.join(session().workspace.folder, 'rollouts');
  });

  after(async () => {
    await session().window.closeEditors();
    await rm(folder, { recursive: true, force: true });
  });

  it('is a dated copy of a checklist for one environment, with no box ticked', async () => {
    const { window } = session();
    await window.openCacheOps();
    await window.command('Start Rollout…');
    await window.quickInput.pick('canary');
    const { file, text } = await eventually(async () => {
      const [name] = await readdir(folder);
      assert.ok(name);
      const written = await readFile(path.join(folder, name), 'utf8');
      assert.notEqual(written, '');
      return { file: path.join(folder, name), text: written };
    });
    assert.match(path.basename(file), /^\d{4}-\d{2}-\d{2}.*canary.*\.md$/);
    assert.match(text, /^---\n[^]*environment: canary\n[^]*tier: staging\n[^]*---\n/);
    assert.doesNotMatch(text, /\[x\]/i);
    assert.match(text, /- \[ \] The cache is backed up/);
  });

  it('shows beside its checklist how far each environment is', async () => {
    const { window } = session();
    await eventually(async () => {
      const rows = await window.checklists.texts();
      assert.ok(
        rows.some((row) => /canary/.test(row) && /0 of 6/.test(row)),
        rows.join('\n'),
      );
    });
    await window.screenshot('rollout');
  });
});
