import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { eventually } from '../eventually.ts';
import { inWorkspace } from './support/workspace.ts';

const text = `# Clean up

## Rollback

- [ ] Flag off

\`\`\`bash
redis-cli KEYS 'old:*'
redis-cli PING # Expected: PONG
\`\`\`
`;

describe('Linting', () => {
  const file = inWorkspace('lint-checklist.md');
  const uri = vscode.Uri.file(file);
  const plain = vscode.Uri.file(inWorkspace('notes.md'));

  beforeEach(async () => {
    await writeFile(file, text);
    await vscode.commands.executeCommand('cacheOps.refreshChecklists');
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await Promise.all([file, plain.fsPath].map((one) => rm(one, { force: true })));
    await vscode.commands.executeCommand('cacheOps.refreshChecklists');
  });

  /** Rule and marked text of what the Problems panel has for a document; without hints, which it does not list. */
  function problems(document: vscode.TextDocument): readonly string[] {
    const found = vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'Cache Ops');
    return found
      .filter(({ severity }) => severity < vscode.DiagnosticSeverity.Hint)
      .map(({ code, range }) => `${typeof code === 'string' ? code : ''}: ${document.getText(range)}`);
  }

  async function open(where: vscode.Uri): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(where);
    await vscode.window.showTextDocument(document);
    return document;
  }

  it('shows what is wrong, at its place, and takes it away when it is corrected by its quick fix', async () => {
    const document = await open(uri);
    await eventually(() => assert.deepEqual(problems(document), ["redis-keys: KEYS 'old:*'"]));
    const at = document.positionAt(text.indexOf('KEYS') + 1);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      new vscode.Range(at, at),
    );
    const fix = actions.find(({ title }) => title === 'Use --scan --pattern');
    assert.ok(fix?.edit && fix.isPreferred, actions.map(({ title }) => title).join());
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /redis-cli --scan --pattern 'old:\*'/);
    await eventually(() => assert.deepEqual(problems(document), []));
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), text);
  });

  it('asks the shell itself about blocks that are seen', async () => {
    const document = await open(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, document.positionAt(text.indexOf('redis-cli PING')), 'if true; then\n');
    await vscode.workspace.applyEdit(edit);
    await eventually(() =>
      assert.ok(
        problems(document).some((one) => one.startsWith('shell-syntax')),
        problems(document).join(),
      ),
    );
    await vscode.commands.executeCommand('undo');
    await eventually(() => assert.ok(!problems(document).some((one) => one.startsWith('shell-syntax'))));
  });

  it('goes by the settings', async () => {
    const document = await open(uri);
    await eventually(() => assert.equal(problems(document).length, 1));
    const configuration = vscode.workspace.getConfiguration('cacheOps', uri);
    const target = vscode.ConfigurationTarget.Workspace;
    await configuration.update('lint.rules', { 'redis-keys': 'off' }, target);
    try {
      await eventually(() => assert.deepEqual(problems(document), []));
    } finally {
      await configuration.update('lint.rules', undefined, target);
    }
    await eventually(() => assert.equal(problems(document).length, 1));
  });

  it('looks at a rollout only while it is open', async () => {
    const bound = `---\nchecklist: lint-checklist.md\nenvironment: local\nstarted: "2025-01-02T03:04:05Z"\n---\n\n${text}`;
    const copy = vscode.Uri.file(inWorkspace('copy-checklist.md'));
    await writeFile(copy.fsPath, bound);
    try {
      await vscode.commands.executeCommand('cacheOps.refreshChecklists');
      const template = await open(uri);
      await eventually(() => assert.equal(problems(template).length, 1));
      assert.deepEqual(vscode.languages.getDiagnostics(copy), []);
      const document = await open(copy);
      await eventually(() => assert.equal(problems(document).length, 1));
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      await eventually(() => assert.deepEqual(vscode.languages.getDiagnostics(copy), []));
    } finally {
      await rm(copy.fsPath);
    }
  });

  it('is quiet about Markdown that is no checklist, and about a checklist that is gone', async () => {
    await writeFile(plain.fsPath, text);
    const notes = await open(plain);
    const document = await open(uri);
    await eventually(() => assert.equal(problems(document).length, 1));
    assert.deepEqual(problems(notes), []);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(file);
    await eventually(() => assert.deepEqual(vscode.languages.getDiagnostics(uri), []));
  });
});
