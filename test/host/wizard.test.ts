import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { addEnvironmentEdits } from '../../src/core/environment/edit.ts';
import { OpsError } from '../../src/core/errors.ts';
import { explainConnecting, explainSaving } from '../../src/ui/environments/connectionFailure.ts';
import type { Draft } from '../../src/ui/environments/draft.ts';
import { environmentOfDraft, settingsOf } from '../../src/ui/environments/draft.ts';
import { activateSaved, saveDraft } from '../../src/ui/environments/saveDraft.ts';
import { Secrets } from '../../src/ui/environments/secrets.ts';
import { editSettings, withSettings } from '../../src/ui/environments/settingsFile.ts';
import { EnvironmentStore } from '../../src/ui/environments/store.ts';
import type { Step } from '../../src/ui/prompts.ts';
import { runWizard, wrapWords } from '../../src/ui/prompts.ts';
import { eventually } from '../eventually.ts';
import { TestMemento } from './support/memento.ts';
import { TestSecretStorage } from './support/secretStorage.ts';
import { inWorkspace, workspaceFolder } from './support/workspace.ts';

const settingsFile = inWorkspace('.vscode', 'settings.json');

const draft: Draft = {
  place: { kind: 'user' },
  name: 'shop',
  tier: 'development',
  url: 'redis://localhost:6379/0',
  ca: '',
  login: 'none',
  username: '',
  password: '',
  variable: 'REDIS_PASSWORD',
};

describe('what was answered for another address', () => {
  it('a certificate authority counts with rediss:// only', () => {
    const named = { ...draft, ca: '/etc/ca.pem' };
    assert.deepEqual(settingsOf(named).redis, { url: draft.url });
    const encrypted = settingsOf({ ...named, url: 'rediss://localhost:6379' });
    assert.deepEqual(encrypted.redis?.tls, { ca: '/etc/ca.pem' });
  });

  it('a user name counts where the address names none', () => {
    const named: Draft = { ...draft, login: 'secret', username: 'alice', url: 'redis://bob@localhost:6379' };
    assert.deepEqual(settingsOf(named).redis, { url: named.url, password: '${secret}' });
    assert.equal(environmentOfDraft(named).name, 'shop');
    assert.equal(settingsOf({ ...named, url: draft.url }).redis?.username, 'alice');
  });
});

describe('why connecting failed', () => {
  const failure = (code: OpsError['code'], message: string, next: string, changed: Partial<Draft> = {}) =>
    explainConnecting(new OpsError(code, message, { next }), { ...draft, ...changed });

  it('leads to the step at fault', () => {
    for (const code of ['nameNotResolved', 'refused', 'unreachable', 'timedOut', 'protocol'] as const)
      assert.equal(failure(code, 'It fails.', 'Check it.').fault, 'address', code);
    assert.equal(failure('tls', 'It does not speak TLS.', 'Use redis:// in the URL.').fault, 'address');
    assert.equal(failure('tls', 'Not trusted.', 'Set tls.ca to the file.').fault, 'authority');
    assert.equal(failure('file', '/ca.pem does not exist.', '').fault, 'authority');
    assert.equal(failure('authentication', 'Wrong.', '').fault, 'login');
    assert.equal(failure('cancelled', 'Cancelled.', '').fault, undefined);
    assert.equal(explainConnecting(new TypeError('Odd.'), draft).says, 'Odd.');
    const save = explainSaving(new OpsError('conflict', 'It is there already.', { next: 'Choose another name.' }));
    assert.equal(save.fault, 'name');
  });

  it('never advises what needs an environment that is there already', () => {
    const command = 'Use "Cache Ops: Set or Allow Secret…" to type it again.';
    const setting = 'Set redis.password to "${secret}" in the environment.';
    for (const login of ['none', 'secret', 'variable'] as const) {
      for (const next of [command, setting])
        assert.match(failure('authentication', 'Wrong.', next, { login }).next, /^Go back and /);
    }
    assert.match(failure('authentication', 'It has no password set.', '', { login: 'secret' }).next, /"No password"/);
    assert.match(failure('tls', 'Not trusted.', 'Set tls.ca to the file.').next, /^Go back and name the file/);
    assert.match(
      failure('tls', 'Another name.', 'Set tls.serverName to the name.').next,
      /tls\.serverName is not asked for here: save all the same, then add it in the settings\.$/,
    );
  });
});

describe('a wizard', () => {
  it('goes back to any step that was asked, and skips in both directions', async () => {
    const log: string[] = [];
    const step =
      (name: string, ...answers: readonly ('back' | 'on' | Step<string>)[]): Step<string> =>
      (known) => {
        log.push(name);
        const answer = answers[log.filter((one) => one === name).length - 1] ?? 'on';
        if (answer === 'back') return Promise.resolve('back');
        return Promise.resolve(answer === 'on' ? { value: known + name } : { backTo: answer });
      };
    const first = step('a');
    const second = step('b');
    const skipped: Step<string> = () => undefined;
    const steps = [first, second, skipped, step('c', 'on', 'back'), step('d', second, skipped, 'on')];
    assert.equal(await runWizard('Test', steps, ''), 'abcbbcbcd');
    assert.deepEqual(log.join(''), 'abcdbcbcdbcd');
  });

  it('breaks sentences into rows without losing a word', () => {
    const text = 'The certificate of redis-primary.production.svc.cluster.local:6379 is self-signed and not trusted.';
    const lines = wrapWords(text, 30);
    assert.ok(lines.every((line) => line.length <= 30));
    assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
    assert.deepEqual(wrapWords('', 30), []);
  });
});

describe('saving what the wizard asked', () => {
  let before: string;
  let store: EnvironmentStore;

  beforeEach(async () => {
    before = await readFile(settingsFile, 'utf8');
    store = new EnvironmentStore(new TestMemento());
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const document = await vscode.workspace.openTextDocument(settingsFile);
    if (document.getText() !== before) {
      await editSettings(document, (text) => [{ offset: 0, length: text.length, content: before }]);
      await eventually(() => assert.deepEqual(namesOf(store), ['local']));
    }
    store.dispose();
  });

  it('makes the new environment the active one without another in between', async () => {
    const secrets = new Secrets(new TestSecretStorage(), new TestMemento());
    const shop: Draft = { ...draft, place: { kind: 'folder', folder: workspaceFolder() }, tier: 'production' };
    assert.equal(store.active?.name, 'local');
    const active: (string | undefined)[] = [];
    store.onDidChange(() => active.push(store.active?.name));
    await saveDraft(secrets, shop);
    const environment = await activateSaved(store, shop);
    assert.equal(store.active, environment);
    assert.deepEqual([...new Set(active)], ['local', 'shop']);
  });

  it('neither keeps a secret nor touches another’s where the settings cannot be written', async () => {
    const storage = new TestSecretStorage();
    const secrets = new Secrets(storage, new TestMemento());
    const shop: Draft = {
      ...draft,
      place: { kind: 'folder', folder: workspaceFolder() },
      login: 'secret',
      password: 'hunter22',
    };
    const local = { ...shop, name: 'local' };
    const reference = { field: 'redis.password', host: 'localhost:6379' };
    await secrets.store(environmentOfDraft(local), reference, 'in use');
    const [inUse] = await storage.keys();
    await assert.rejects(saveDraft(secrets, local), /local is there already/);

    const document = await vscode.workspace.openTextDocument(settingsFile);
    const typing = new vscode.WorkspaceEdit();
    typing.insert(document.uri, new vscode.Position(0, 0), '// not saved\n');
    await vscode.workspace.applyEdit(typing);
    await assert.rejects(saveDraft(secrets, shop), /has unsaved changes; nothing was saved/);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');

    assert.deepEqual(await storage.keys(), [inUse]);
    assert.equal(await storage.get(inUse ?? ''), 'in use');
    assert.equal(await readFile(settingsFile, 'utf8'), before);
  });

  it('closes the user settings that it had to open, and nothing else', async () => {
    const other = await vscode.workspace.openTextDocument({ language: 'markdown', content: '# Mine' });
    await vscode.window.showTextDocument(other);
    await withSettings({ kind: 'user' }, async (document) => {
      await editSettings(document, (text) => addEnvironmentEdits(text, 'settings', 'mine', settingsOf(draft)));
    });
    assert.deepEqual(openFiles(), [other.uri.path]);
    await eventually(() => assert.deepEqual(namesOf(store), ['local', 'mine']));
    await vscode.workspace
      .getConfiguration('cacheOps')
      .update('environments', undefined, vscode.ConfigurationTarget.Global);
    await eventually(() => assert.deepEqual(namesOf(store), ['local']));
  });

  it('leaves the user settings open where they were', async () => {
    await vscode.commands.executeCommand('workbench.action.openSettingsJson');
    const shown = openFiles();
    assert.match(shown.join(), /settings\.json$/);
    await withSettings({ kind: 'user' }, () => Promise.resolve());
    assert.deepEqual(openFiles(), shown);
  });
});

/** Paths of what is open in editors. */
function openFiles(): readonly string[] {
  const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  return inputs.map((input) => (input instanceof vscode.TabInputText ? input.uri.path : 'something else'));
}

function namesOf(store: EnvironmentStore): readonly string[] {
  return store.all.map(({ name }) => name);
}
