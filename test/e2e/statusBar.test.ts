import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { session } from './shared.ts';

describe('The status bar', () => {
  it('shows environment, tier and hit rate, and says in its tooltip where they come from', async () => {
    const { window } = session();
    await eventually(async () =>
      assert.match(await window.statusBar().text(), /local \(development\) [\d.]+ % keyspace hits/),
    );
    assert.equal(await window.statusBar().kind(), 'standard');
    const tooltip = await window.statusBar().tooltip();
    for (const part of [/[\d,]+ hits, [\d,]+ misses/, /Window: /, /Source: keyspace_hits/, /Read at \d/])
      assert.match(tooltip, part);
  });

  it('opens a menu of what one would do next', async () => {
    const { window } = session();
    await window.statusBar().click();
    await window.quickInput.waitFor('local (development)');
    const options = (await window.quickInput.options()).join('\n');
    for (const option of ['Show Health', 'Show Checklists', 'Read Again Now', 'Switch Environment', 'Show Log'])
      assert.match(options, new RegExp(option));
    await window.screenshot('status-bar-menu');
    await window.quickInput.pick('Show Health');
    await window.health.header.waitFor();
  });
});
