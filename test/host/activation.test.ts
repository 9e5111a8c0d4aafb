import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../eventually.ts';

describe('Activation', () => {
  it('happens after start-up without being asked', async () => {
    assert.ok(vscode.extensions.getExtension('cache-ops.cache-ops'), 'the editor does not know the extension');
    // The editor calls an extension active even when its activate() has thrown; a command it registers is proof.
    await eventually(async () =>
      assert.ok((await vscode.commands.getCommands(true)).includes('cacheOps.showLog'), 'it has not activated'),
    );
  });

  it('opens no editor and changes no setting', () => {
    assert.deepEqual(
      vscode.window.tabGroups.all.flatMap((group) => group.tabs.map((tab) => tab.label)),
      [],
    );
    const written = vscode.workspace.getConfiguration('cacheOps').inspect('statusBar.enabled');
    assert.equal(written?.globalValue, undefined);
  });
});
