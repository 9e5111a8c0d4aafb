import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { addEnvironmentEdits } from '../../src/core/environment/edit.ts';
import { editSettings, openSettings } from '../../src/ui/environments/settingsFile.ts';
import { EnvironmentStore } from '../../src/ui/environments/store.ts';
import { eventually } from '../eventually.ts';
import { TestMemento } from './support/memento.ts';
import { inWorkspace, workspaceFolder } from './support/workspace.ts';

const settingsFile = inWorkspace('.vscode', 'settings.json');

/** Writes the settings and waits until the editor has read them. */
async function write(text: string): Promise<void> {
  if ((await readFile(settingsFile, 'utf8')) === text) return;
  const read = new Promise<void>((resolve) => {
    const listener = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('cacheOps')) return;
      listener.dispose();
      resolve();
    });
  });
  await mkdir(inWorkspace('.vscode'), { recursive: true });
  await writeFile(settingsFile, text);
  await read;
}

function diagnostics(): readonly vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(vscode.Uri.file(settingsFile)).filter(({ source }) => source === 'Cache Ops');
}

/** What the Problems panel shows, as "line: message". */
async function problems(count: number): Promise<string[]> {
  return eventually(() => {
    const found = diagnostics().map(({ range, message }) => `${range.start.line + 1}: ${message}`);
    assert.equal(found.length, count, found.join('\n'));
    return found;
  });
}

describe('environments', () => {
  let before: string;
  let store: EnvironmentStore;

  beforeEach(async () => {
    before = await readFile(settingsFile, 'utf8');
    store = new EnvironmentStore(new TestMemento());
  });

  afterEach(async () => {
    store.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await write(before);
  });

  it('that are wrong are named at their line, and leave the others usable', async () => {
    await write(`{
  "cacheOps.environments": {
    "good": { "redis": { "url": "redis://localhost:6379" } },
    "typo": { "redis": { "ulr": "redis://localhost:6379" } },
    "type": {
      "redis": { "url": 6379 },
      "tier": "prod"
    }
  }
}
`);
    assert.deepEqual(
      store.all.map(({ name }) => name),
      ['good'],
    );
    assert.deepEqual(
      store.scopes.flatMap(({ invalid }) => invalid.map(({ name }) => name)),
      ['typo', 'type'],
    );
    const found = await problems(3);
    assert.match(
      found[0] ?? '',
      /^4: cacheOps\.environments\.typo\.redis\.ulr is not a known setting\. Did you mean "url"\?/,
    );
    assert.ok(
      found.some((one) => one.startsWith('6: cacheOps.environments.type.redis.url is ')),
      found.join('\n'),
    );
    assert.ok(
      found.some((one) => one.startsWith('7: cacheOps.environments.type.tier is "prod"')),
      found.join('\n'),
    );
  });

  it('with the same name twice are found out, although the editor keeps only the last', async () => {
    await write(`{
  "cacheOps.environments": {
    "one": { "redis": { "url": "redis://localhost:1" } },
    "one": { "redis": { "url": "redis://localhost:2" } }
  }
}
`);
    const [found] = await problems(1);
    assert.match(found ?? '', /is there twice, in lines 3 and 4/);
  });

  it('are followed by their problems while one edits the file, and are rid of them when it is right', async () => {
    await write(`{
  "cacheOps.environments": {
    "one": { "redis": { "url": "redis://localhost:1" } },
    "one": { "redis": { "url": "redis://localhost:2" } }
  }
}
`);
    await problems(1);
    const document = await vscode.workspace.openTextDocument(settingsFile);
    const insert = new vscode.WorkspaceEdit();
    insert.insert(document.uri, new vscode.Position(1, 0), '  // one\n  // two\n');
    await vscode.workspace.applyEdit(insert);
    await eventually(() => assert.match(diagnostics()[0]?.message ?? '', /in lines 5 and 6/));
    const remove = new vscode.WorkspaceEdit();
    remove.delete(document.uri, new vscode.Range(4, 0, 5, 0));
    await vscode.workspace.applyEdit(remove);
    await document.save();
    await problems(0);
  });

  it('with a secret in clear text are warned about, and a quick fix moves it', async () => {
    await write(`{
  // kept
  "cacheOps.environments": {
    "shop": { "tier": "development", "redis": { "url": "redis://localhost:6379", "password": "hunter22" } } // also kept
  }
}
`);
    await problems(1);
    const [diagnostic] = diagnostics();
    assert.equal(diagnostic?.severity, vscode.DiagnosticSeverity.Warning);
    assert.doesNotMatch(diagnostic?.message ?? '', /hunter22/);
    const document = await vscode.workspace.openTextDocument(settingsFile);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      diagnostic?.range,
    );
    const fix = actions.find(({ title }) => title.includes('secret storage'))?.command;
    assert.ok(fix);
    await vscode.commands.executeCommand(fix.command, ...(fix.arguments ?? []));
    const after = await readFile(settingsFile, 'utf8');
    assert.match(after, /"password": "\$\{secret\}" \} \} \/\/ also kept/);
    assert.match(after, /\/\/ kept/);
    await problems(0);
  });

  it('are added to the settings with comments kept', async () => {
    await write(`{
  // why this is here
  "cacheOps.environments": {
    "one": { "redis": { "url": "redis://localhost:1" } }, // the first
  },
  "editor.tabSize": 2
}
`);
    const document = await openSettings({ kind: 'folder', folder: workspaceFolder() });
    await editSettings(document, (text) =>
      addEnvironmentEdits(text, 'settings', 'two', { tier: 'staging', redis: { url: 'redis://localhost:2' } }),
    );
    const after = await readFile(settingsFile, 'utf8');
    assert.match(after, /why this is here/);
    assert.match(after, /\/\/ the first/);
    assert.match(after, /"editor\.tabSize": 2/);
    await eventually(() =>
      assert.deepEqual(
        store.all.map(({ name }) => name),
        ['one', 'two'],
      ),
    );
  });

  it('are not written over somebody’s unsaved changes', async () => {
    const document = await vscode.workspace.openTextDocument(settingsFile);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '// not saved\n');
    await vscode.workspace.applyEdit(edit);
    await assert.rejects(
      editSettings(document, (text) => addEnvironmentEdits(text, 'settings', 'two', {})),
      /has unsaved changes; nothing was saved/,
    );
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    assert.equal(await readFile(settingsFile, 'utf8'), before);
  });

  it('never make production the active one while there is another', async () => {
    await write(`{
  "cacheOps.environments": {
    "live": { "redis": { "url": "redis://cache.example.org" } },
    "here": { "redis": { "url": "redis://localhost" } }
  }
}
`);
    assert.deepEqual(
      store.all.map(({ name, tier }) => [name, tier]),
      [
        ['live', 'production'],
        ['here', 'development'],
      ],
    );
    assert.equal(store.active?.name, 'here');
    const [live] = store.all;
    assert.ok(live);
    await store.activate(live);
    assert.equal(store.active?.name, 'live');
  });
});
