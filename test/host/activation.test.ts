import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../eventually.ts';

describe('Activation', () => {
  it('happens after start-up without being asked', async () => {
    const extension = vscode.extensions.getExtension('cache-ops.cache-ops');
    assert.ok(extension, 'the editor does not know the extension');
    await eventually(() => assert.ok(extension.isActive, 'the extension is not active'));
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
