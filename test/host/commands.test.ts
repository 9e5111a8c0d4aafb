import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import manifest from '../../package.json' with { type: 'json' };

describe('Commands', () => {
  it('registered are exactly those the manifest contributes', async () => {
    await vscode.extensions.getExtension('cache-ops.cache-ops')?.activate();
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    // The editor registers some for each view by itself: cacheOps.health.focus and the like.
    const views = manifest.contributes.views.cacheOps.map(({ id }) => `${id}.`);
    const registered = (await vscode.commands.getCommands(true))
      .filter((id) => id.startsWith('cacheOps.'))
      .filter((id) => !views.some((view) => id.startsWith(view)));
    assert.deepEqual(registered.toSorted(), contributed.toSorted());
  });
});
