import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { clickMarker, DashboardPage } from './dashboardPage.ts';
import { session } from './shared.ts';
import type { TreeRow } from './treeView.ts';

const fence = '```';

describe('A checklist that runs', () => {
  let file: string;
  let marker: string;

  before(async () => {
    const { folder } = session().workspace;
    file = path.join(folder, 'run-checklist.md');
    marker = path.join(folder, 'marker');
    const text = `# Running\n\n## Checks\n\n- [ ] It answers\n\n  ${fence}bash\n  redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" PING\n  # Expected: PONG\n  ${fence}\n\n- [ ] The marker is there\n\n  ${fence}bash\n  test -e marker\n  ${fence}\n\n- [ ] Satisfaction > 90%\n`;
    await writeFile(file, text);
    await session().window.openCacheOps();
    await session().window.checklists.row('Running').waitFor();
  });

  after(async () => {
    await rm(file);
    await rm(marker, { force: true });
    await session().window.checklists.row('Running').waitFor('detached');
  });

  /** A row of the stage, which is unfolded again where the view folded it while it refreshed. */
  const step = async (label: string): Promise<TreeRow> => {
    const { checklists } = session().window;
    await checklists.row('Running').expand();
    await checklists.row('Checks').expand();
    return checklists.row(label);
  };
  const said = async (label: string): Promise<string> => (await step(label)).description();

  it('passes and fails by what its commands do, and goes on when what failed is mended', async () => {
    const { window } = session();
    const { checklists, quickInput } = window;
    await checklists.row('Running').expand();
    await checklists.row('Checks').inlineAction('Run');
    await quickInput.waitFor('Failed: test -e marker');
    await eventually(async () => assert.match(await said('It answers'), /^passed /));
    assert.match(await said('The marker is there'), /^failed .*: exit code 1/);
    await window.screenshot('run-failed');
    await writeFile(marker, '');
    await quickInput.pick('Retry');
    await eventually(async () => assert.match(await said('The marker is there'), /^passed /));
  });

  it('verifies without changing anything, says what cannot be judged, and ticks what has passed', async () => {
    const { window } = session();
    const { checklists } = window;
    await checklists.row('Checks').inlineAction('Verify');
    await eventually(async () => assert.match(await said('Satisfaction > 90%'), /^inconclusive /));
    await window.answerNotification('2 passed, 1 inconclusive in local', 'Tick');
    await eventually(async () => {
      const text = await readFile(file, 'utf8');
      assert.match(text, /- \[x\] It answers/);
      assert.match(text, /- \[x\] The marker is there/);
      assert.match(text, /- \[ \] Satisfaction/);
    });
    await window.screenshot('run-verified');
  });

  it('says expected against actual in the hover, and the verdict above the block', async () => {
    const { window } = session();
    await (await step('It answers')).click();
    const lens = window.page.locator('.codelens-decoration', { hasText: /passed/ }).first();
    await lens.waitFor();
    assert.match(await lens.innerText(), /Run in local \(development\)/);
    await window.closeEditors();
  });

  it('stands in the dashboard as a marker, which leads back to the stage', async () => {
    const { window } = session();
    const dashboard = new DashboardPage(window.page);
    await window.command('Open Dashboard');
    await window.quickInput.pick('local');
    await dashboard.waitFor('keys');
    const mark = dashboard.chart('keys').locator('[data-marker^="run/"]');
    await mark.first().waitFor({ timeout: 30_000 });
    assert.match((await mark.first().getAttribute('title')) ?? '', /^Checks: 2 steps passed, .*\nRunning\. A click/);
    await clickMarker(mark.first());
    await eventually(async () => assert.equal(await window.editor.title(), 'run-checklist'));
    await window.closeEditors();
  });

  it('keeps what is known over a restart of the window', async () => {
    const { window } = session();
    await window.reload();
    await window.openCacheOps();
    await eventually(async () => assert.match(await said('It answers'), /^passed /));
  });
});
