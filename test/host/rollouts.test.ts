import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { readRollout } from '../../src/core/rollout/rollout.ts';
import { ChecklistStore } from '../../src/ui/checklists/store.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import { environmentFor } from '../../src/ui/rollouts/bound.ts';
import { RolloutStore } from '../../src/ui/rollouts/store.ts';
import { RolloutTree } from '../../src/ui/rollouts/tree.ts';
import type { ChecklistTreeNode } from '../../src/ui/checklists/tree.ts';
import { eventually } from '../eventually.ts';
import { TestMemento } from './support/memento.ts';
import { runAccepting } from './support/quickInput.ts';
import { inWorkspace, workspaceFolder } from './support/workspace.ts';

const text =
  '# Turn on\n\n**Status:** ⬜ Pending | ⬜ In Progress | ⬜ Complete\n\n- [x] Back up\n- [ ] Flag on\n\n## Rollback\n\n- [ ] Flag off\n';

describe('Rollouts', () => {
  /** Another one in each test: the editor keeps what it knew of a file for a while after it is gone. */
  let file = '';
  let count = 0;
  const folder = inWorkspace('rollouts');

  beforeEach(async () => {
    file = inWorkspace(`turn-on-${++count}-checklist.md`);
    await writeFile(file, text);
    await vscode.commands.executeCommand('cacheOps.refreshChecklists');
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(file, { force: true });
    await rm(folder, { recursive: true, force: true });
    await vscode.commands.executeCommand('cacheOps.refreshChecklists');
  });

  /** Names in the folder of rollouts. */
  const copies = (): Promise<readonly string[]> => readdir(folder).catch(() => []);

  async function finish(uri: vscode.Uri): Promise<void> {
    const isRecord = (name: string): boolean => name.endsWith('.record.md');
    await runAccepting('cacheOps.finishRollout', [uri], async () => (await copies()).some(isRecord));
  }

  /** Starts one for the only environment there is, from the editor. */
  async function start(): Promise<vscode.TextDocument> {
    const before = await copies();
    await vscode.window.showTextDocument(vscode.Uri.file(file));
    await runAccepting(
      'cacheOps.startRollout',
      [vscode.Uri.file(file)],
      async () => (await copies()).length > before.length,
    );
    const written = (await copies()).find((name) => !before.includes(name)) ?? '';
    return eventually(() => {
      const document = vscode.window.activeTextEditor?.document;
      assert.equal(document?.uri.fsPath, inWorkspace('rollouts', written), 'the copy is opened');
      assert.ok(document);
      return document;
    });
  }

  it('start with a dated copy that is bound to its environment, and never overwrite one', async () => {
    const copy = await start();
    assert.match(copy.uri.path, /\/rollouts\/\d{4}-\d\d-\d\d-local-turn-on-\d-checklist\.md$/);
    const rollout = readRollout(copy.getText());
    assert.deepEqual(
      [rollout?.environment, rollout?.tier, rollout?.checklist],
      ['local', 'development', path.basename(file)],
    );
    assert.match(copy.getText(), /⬜ Pending \| ✅ In Progress \| ⬜ Complete/);
    assert.match(copy.getText(), /- \[ \] Back up\n- \[ \] Flag on\n/);
    assert.equal(await readFile(file, 'utf8'), text, 'the template stays as it is');
    const first = await readFile(copy.uri.fsPath, 'utf8');
    await start();
    assert.equal(await readFile(copy.uri.fsPath, 'utf8'), first);
    assert.equal((await readdir(folder)).length, 2);
  });

  it('are not made from a rollout', async () => {
    const copy = await start();
    await vscode.commands.executeCommand('cacheOps.startRollout', copy.uri);
    assert.deepEqual((await readdir(folder)).length, 1);
  });

  it('belong to the environment they were started for, whichever is active', async () => {
    const environment = (name: string, of: string | undefined): Environment => ({
      id: `${of ?? 'user'}/${name}`,
      name,
      folder: of,
      tier: 'development',
      tierOrigin: 'configured',
      settings: { readOnly: false },
    });
    const here = workspaceFolder().uri.toString();
    const [active, users, own] = [
      environment('other', here),
      environment('local', undefined),
      environment('local', here),
    ];
    const copy = await start();
    const document = { uri: copy.uri, text: copy.getText() };
    assert.equal(environmentFor({ all: [active, users, own], active }, document), own);
    assert.equal(
      environmentFor({ all: [active, users, environment('local', 'file:///elsewhere')], active }, document),
      users,
    );
    assert.equal(environmentFor({ all: [active], active }, document), undefined);
    assert.equal(environmentFor({ all: [active, own], active }, { uri: copy.uri, text }), active);
  });

  it('are offered to be run where they were started for, and nowhere else', async () => {
    const code = '```bash\nredis-cli PING\n```\n';
    const lensesOf = async (environment: string): Promise<readonly string[]> => {
      const front = `---\nchecklist: turn-on-checklist.md\nenvironment: ${environment}\nstarted: "2025-01-02T03:04:05Z"\n---\n`;
      const uri = vscode.Uri.file(inWorkspace('rollouts', `${environment}-checklist.md`));
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(`${front}\n- [ ] Look\n\n${code}`));
      await vscode.commands.executeCommand('cacheOps.refreshChecklists');
      await vscode.window.showTextDocument(uri);
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);
      return lenses.flatMap(({ command }) => command?.title ?? []);
    };
    await eventually(async () => assert.match((await lensesOf('local')).join(), /Run in local \(development\)/));
    assert.deepEqual(await lensesOf('gone'), []);
  });

  it('are shown side by side below their template, with how far they are', async () => {
    const copy = await start();
    const store = new ChecklistStore(new TestMemento());
    const rollouts = new RolloutStore(store);
    const rows: vscode.TreeDataProvider<ChecklistTreeNode> = {
      getChildren: async (parent) => {
        await store.load();
        return parent ? [] : store.documents.map((document) => ({ kind: 'document', document }));
      },
      getTreeItem: () =>
        Object.assign(new vscode.TreeItem('Turn on'), { tooltip: 'A checklist', contextValue: 'document' }),
    };
    const tree = new RolloutTree(rows, rollouts);
    try {
      const documents = await tree.getChildren();
      const rowOf = (uri: vscode.Uri) => documents.find((node) => node.document.uri.toString() === uri.toString());
      const template = rowOf(vscode.Uri.file(file));
      const [group] = await tree.getChildren(template);
      assert.ok(template && group);
      assert.equal((await tree.getTreeItem(group)).description, 'local 0 of 2');
      assert.equal((await tree.getTreeItem(template)).tooltip, 'A checklist\nRollouts: local 0 of 2');
      const [row] = await tree.getChildren(group);
      assert.ok(row);
      assert.equal((await tree.getTreeItem(row)).label, 'local');

      const bound = rowOf(copy.uri);
      assert.ok(bound, 'the copy is a checklist of its own');
      const item = await tree.getTreeItem(bound);
      assert.equal(item.label, 'local · Turn on');
      assert.equal(item.contextValue, 'document.rollout.open');
      assert.match(String(item.description), /rollout to local \(development\)/);

      const edit = new vscode.WorkspaceEdit();
      const at = copy.getText().indexOf('[ ] Back up') + 1;
      edit.replace(copy.uri, new vscode.Range(copy.positionAt(at), copy.positionAt(at + 1)), 'x');
      await vscode.workspace.applyEdit(edit);
      await eventually(async () => assert.equal((await tree.getTreeItem(group)).description, 'local 1 of 2'));
    } finally {
      tree.dispose();
      rollouts.dispose();
      store.dispose();
    }
  });

  it('finish with an undoable edit of the open copy, and a change record beside it', async () => {
    const copy = await start();
    const before = copy.getText();
    await finish(copy.uri);
    const rollout = readRollout(copy.getText());
    assert.equal(rollout?.outcome, 'Complete');
    assert.ok(rollout.finished);
    assert.match(copy.getText(), /⬜ Pending \| ⬜ In Progress \| ✅ Complete/);
    const record = (await readdir(folder)).find((name) => name.endsWith('.record.md'));
    assert.ok(record);
    const said = await readFile(inWorkspace('rollouts', record), 'utf8');
    assert.match(said, /\| Environment \| local \(development\) \|/);
    assert.match(said, /## Left open\n\n- ☐ Back up \*\(Turn on\)\*\n- ☐ Flag on \*\(Turn on\)\*\n/);
    await vscode.window.showTextDocument(copy);
    await eventually(() => assert.equal(vscode.window.activeTextEditor?.document, copy));
    await vscode.commands.executeCommand('undo');
    await eventually(() => assert.equal(copy.getText(), before));
  });

  it('finish in a closed copy by writing it as a whole', async () => {
    const { uri } = await start();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await finish(uri);
    const rollout = readRollout(await readFile(uri.fsPath, 'utf8'));
    assert.equal(rollout?.outcome, 'Complete');
  });
});
