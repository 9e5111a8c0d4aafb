import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { OpsError } from '../../src/core/errors.ts';
import type { ChecklistDocument } from '../../src/ui/checklists/document.ts';
import { ChecklistStore } from '../../src/ui/checklists/store.ts';
import { tick } from '../../src/ui/checklists/tick.ts';
import type { ChecklistTreeNode } from '../../src/ui/checklists/tree.ts';
import { ChecklistTree } from '../../src/ui/checklists/tree.ts';
import { EnvironmentStore } from '../../src/ui/environments/store.ts';
import { EvidenceStore } from '../../src/ui/evidence/store.ts';
import { ChecklistReader } from '../../src/ui/run/reader.ts';
import { eventually } from '../eventually.ts';
import { TestMemento } from './support/memento.ts';
import { inWorkspace } from './support/workspace.ts';

const text = '# Plan\n\n## Before\n\n- [ ] Back up\n- [ ] Tell the team\n\n## After\n\n- [x] Watch\n';

async function refusalOf(work: Promise<void>): Promise<OpsError> {
  const error: unknown = await work.then(
    () => assert.fail('It was ticked.'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof OpsError, String(error));
  return error;
}

describe('checklists', () => {
  const file = inWorkspace('plan-checklist.md');
  const uri = vscode.Uri.file(file);
  let store: ChecklistStore;
  let tree: ChecklistTree;

  beforeEach(async () => {
    await writeFile(file, text);
    store = new ChecklistStore(new TestMemento());
    const memory = new TestMemento();
    const environments = new EnvironmentStore(memory);
    const reader = new ChecklistReader(() => Promise.reject(new Error('Nothing is run here.')));
    tree = new ChecklistTree({ store, environments, reader, evidence: new EvidenceStore(memory, reader) });
    await store.load();
  });

  afterEach(async () => {
    tree.dispose();
    store.dispose();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(file, { force: true });
  });

  function documentAt(path: string): ChecklistDocument | undefined {
    return store.documents.find((one) => one.uri.fsPath === path);
  }

  /** The row of an item, found as the tree shows it. */
  async function rowOf(label: string, path = file, parent?: ChecklistTreeNode): Promise<ChecklistTreeNode | undefined> {
    for (const node of await tree.getChildren(parent)) {
      if (node.document.uri.fsPath !== path) continue;
      if (tree.getTreeItem(node).label === label) return node;
      const below = await rowOf(label, path, node);
      if (below) return below;
    }
    return undefined;
  }

  async function itemRow(label: string, path = file): Promise<ChecklistTreeNode> {
    const row = await rowOf(label, path);
    assert.ok(row, label);
    return row;
  }

  it('are ticked in an open document as one edit that undo takes back', async () => {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    await tick(await itemRow('Back up'), true);
    assert.equal(document.getText(), text.replace('[ ] Back up', '[x] Back up'));
    assert.equal(await readFile(file, 'utf8'), text, 'saving is left to the user');
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), text);
  });

  it('are ticked on disk, with CRLF, a byte order mark and characters of several bytes before', async () => {
    const odd = `\uFEFF${text.replace('# Plan', '# Pläne für 🚀').replaceAll('\n', '\r\n')}`;
    await writeFile(file, odd);
    await store.refresh();
    await tick(await itemRow('Tell the team'), true);
    assert.equal(await readFile(file, 'utf8'), odd.replace('[ ] Tell', '[x] Tell'));
    await eventually(() => assert.match(documentAt(file)?.text ?? '', /\[x\] Tell/));
    await tick(await itemRow('Tell the team'), false);
    assert.equal(await readFile(file, 'utf8'), odd);
  });

  it('are not ticked when the line has changed on disk since it was shown', async () => {
    const row = await itemRow('Back up');
    await writeFile(file, text.replace('Back up', 'Back up twice'));
    const refusal = await refusalOf(tick(row, true));
    assert.equal(refusal.code, 'conflict');
    assert.match(refusal.message, /Line 5 of plan-checklist\.md was not ticked/);
    assert.doesNotMatch(await readFile(file, 'utf8'), /\[x\] Back/);
  });

  it('are ticked where the line has moved to', async () => {
    const row = await itemRow('Back up');
    const moved = text.replace('## Before', 'A new paragraph.\n\n## Before');
    await writeFile(file, moved);
    await tick(row, true);
    assert.equal(await readFile(file, 'utf8'), moved.replace('[ ] Back up', '[x] Back up'));
  });

  it('are not ticked when the file was deleted or renamed meanwhile, and leave the tree', async () => {
    // A file from before the window: a watcher may swallow the creation and the deletion of a new one.
    const long = inWorkspace('release-checklist.md');
    const before = await readFile(long, 'utf8');
    const row = await itemRow('Redis answers', long);
    const other = inWorkspace('renamed.md');
    await rename(long, other);
    assert.match((await refusalOf(tick(row, true))).message, /release-checklist\.md does not exist/);
    assert.equal(await readFile(other, 'utf8'), before);
    await eventually(() => assert.equal(documentAt(long), undefined));
    await rename(other, long);
    await eventually(() => assert.ok(documentAt(long), 'it is back'));
  });

  it('are not ticked in a read-only file', async () => {
    const row = await itemRow('Back up');
    await chmod(file, 0o444);
    assert.equal((await refusalOf(tick(row, true))).code, 'readOnly');
    assert.equal(await readFile(file, 'utf8'), text);
  });

  it('show an edit in the tree within 100 ms', async () => {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const tookMs = new Promise<number>((resolve) => {
      let editedMs = 0;
      vscode.workspace.onDidChangeTextDocument(
        (event) => (editedMs ||= event.document === document ? performance.now() : 0),
      );
      store.onDidChange((one) => {
        if (one?.uri.fsPath === file && one.text?.includes('Back up now')) resolve(performance.now() - editedMs);
      });
    });
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, document.positionAt(text.indexOf('Back up') + 'Back up'.length), ' now');
    await vscode.workspace.applyEdit(edit);
    assert.ok((await tookMs) < 100, `${await tookMs} ms`);
    assert.ok(await rowOf('Back up now'));
  });

  it('of 50 MB are named, not read', async () => {
    const huge = inWorkspace('huge-checklist.md');
    await writeFile(huge, '');
    await truncate(huge, 50 * 1024 ** 2);
    await store.refresh();
    assert.match(documentAt(huge)?.problem ?? '', /too large to be shown: 50\.0 MB/);
    const row = (await tree.getChildren()).find(({ document }) => document.uri.fsPath === huge);
    assert.equal(row && tree.getTreeItem(row).description, 'cannot be shown');
    await rm(huge);
  });

  it('that are not UTF-8 are named, not shown', async () => {
    await writeFile(file, Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe, 0x80])]));
    await store.refresh();
    assert.match(documentAt(file)?.problem ?? '', /is not valid UTF-8/);
  });

  it('in excluded folders are not found', async () => {
    await mkdir(inWorkspace('node_modules', 'a'), { recursive: true });
    await mkdir(inWorkspace('hidden'), { recursive: true });
    await writeFile(inWorkspace('node_modules', 'a', 'deployment-checklist.md'), text);
    await writeFile(inWorkspace('hidden', 'deployment-checklist.md'), text);
    const configuration = vscode.workspace.getConfiguration('files');
    await configuration.update('exclude', { '**/hidden': true }, vscode.ConfigurationTarget.Workspace);
    await store.refresh();
    assert.deepEqual(
      store.documents.filter(({ uri: { path } }) => path.includes('deployment-checklist')),
      [],
    );
    await configuration.update('exclude', undefined, vscode.ConfigurationTarget.Workspace);
    await rm(inWorkspace('node_modules'), { recursive: true });
    await rm(inWorkspace('hidden'), { recursive: true });
  });

  it('leave out a document that only has the name of one, unless it was added by hand', async () => {
    const plain = inWorkspace('deployment-notes.md');
    await writeFile(plain, '# Notes\n\nNothing to do here.\n');
    await store.refresh();
    assert.equal(documentAt(plain), undefined);
    const added = await store.add(vscode.Uri.file(plain));
    assert.equal(documentAt(plain), added);
    await store.remove(added);
    assert.equal(documentAt(plain), undefined);
    await rm(plain);
  });
});
