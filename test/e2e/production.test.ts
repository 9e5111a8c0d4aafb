import assert from 'node:assert/strict';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { session } from './shared.ts';

const fence = '```';

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

describe('A change in production', () => {
  let file: string;
  let changed: string;
  let settings: string;
  let settingsBefore: string;

  before(async () => {
    const { window, workspace, redis } = session();
    file = path.join(workspace.folder, 'change-checklist.md');
    changed = path.join(workspace.folder, 'changed');
    settings = path.join(workspace.folder, '.vscode', 'settings.json');
    settingsBefore = await readFile(settings, 'utf8');
    const parsed = JSON.parse(settingsBefore);
    parsed['cacheOps.environments'].live = { tier: 'production', redis: { url: redis.url } };
    await writeFile(settings, JSON.stringify(parsed, undefined, 2));
    await writeFile(
      file,
      `# Changing\n\n## Do it\n\n- [ ] It is changed\n\n  ${fence}bash\n  touch changed\n  ${fence}\n`,
    );
    await window.openCacheOps();
    await window.health.row('live').waitFor();
    await window.command('Switch Environment…');
    await window.quickInput.pick('live');
    await eventually(async () => assert.match(await window.health.row('live').description(), /active$/));
    await window.checklists.row('Changing').expand();
    await window.checklists.row('Do it').expand();
  });

  after(async () => {
    const { window } = session();
    await window.command('Switch Environment…');
    await window.quickInput.pick('local');
    await window.closeEditors();
    await writeFile(settings, settingsBefore);
    await rm(file);
    await rm(changed, { force: true });
    await window.checklists.row('Changing').waitFor('detached');
    await window.health.row('live').waitFor('detached');
  });

  it('shows its plan and wants the environment’s name; Escape carries nothing out', async () => {
    const { window } = session();
    await window.checklists.row('It is changed').inlineAction('Run');
    await window.quickInput.waitFor('Type live to run this command in production');
    assert.match(await window.editor.title(), /Plan for live/);
    assert.equal(await window.quickInput.value(), '', 'nothing is prefilled');
    await window.screenshot('production-plan');
    await window.quickInput.dismiss();
    await eventually(async () => assert.equal(await isThere(changed), false));
  });

  it('is not carried out by Enter, nor by another name', async () => {
    const { window } = session();
    await window.checklists.row('It is changed').inlineAction('Run');
    await window.quickInput.waitFor('Type live');
    await window.quickInput.fill('local');
    await window.quickInput.accept();
    await window.quickInput.waitFor('That is not live.');
    await window.quickInput.dismiss();
    assert.equal(await isThere(changed), false);
  });

  it('is carried out with the name and a reason, which is kept with the evidence', async () => {
    const { window } = session();
    await window.checklists.row('It is changed').inlineAction('Run');
    await window.quickInput.enter('Type live', 'live');
    await window.quickInput.enter('Why?', 'rehearsal');
    await eventually(async () => assert.equal(await isThere(changed), true));
    await eventually(async () => assert.match(await window.checklists.row('It is changed').description(), /^passed /));
    await window.checklists.row('It is changed').contextMenu('Show Evidence');
    await window.page.locator('.editor-instance .view-line', { hasText: 'Reason: rehearsal' }).waitFor();
  });
});
