import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { startBadServer } from '../live/support/badServers.ts';
import { makeCertificates } from '../sandbox/certificates.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { session } from './shared.ts';
import { followText } from './textHistory.ts';

/** Only rows in view exist: high enough for all environments, one of them unfolded. */
const tall = { width: 1400, height: 1700 };

describe('Environments', () => {
  before(async () => {
    await session().window.openCacheOps();
    await session().window.health.row('local').waitFor();
  });

  it('are switched from the palette, and the status bar follows', async () => {
    const { window } = session();
    await window.command('Switch Environment…');
    await window.quickInput.pick('canary');
    await eventually(async () => assert.match(await window.statusBar().text(), /canary \(staging\)/));
    await window.command('Switch Environment…');
    await window.quickInput.pick('local');
    await eventually(async () => assert.match(await window.statusBar().text(), /local \(development\)/));
  });

  describe('are added step by step', () => {
    const right = 'a right password';
    let guarded: RedisServer;
    let usual: { readonly width: number; readonly height: number } | null;
    let files: readonly (readonly [file: string, text: string])[];

    before(async () => {
      const { folder, workspace } = session();
      const names = [
        path.join(workspace.folder, '.vscode', 'settings.json'),
        path.join(folder, 'data', 'data', 'User', 'settings.json'),
      ];
      files = await Promise.all(names.map(async (file) => [file, await readFile(file, 'utf8')] as const));
      usual = session().window.page.viewportSize();
      await session().window.page.setViewportSize(tall);
      guarded = await startRedis({
        folder: path.join(session().folder, 'guarded'),
        requirePass: right,
      });
    });

    after(async () => {
      const { window } = session();
      for (const [file, text] of files) await writeFile(file, text);
      if (usual) await window.page.setViewportSize(usual);
      // A browser's VS Code does not notice a change of its user settings on disk.
      await window.reload();
      await guarded.stop();
    });

    afterEach(async () => {
      const { window } = session();
      await window.page.setViewportSize(tall);
      await window.quickInput.dismiss();
    });

    it('a wrong password is named, going back corrects it, and it is not written down', async () => {
      const { window, workspace } = session();
      const { quickInput } = window;
      await begin('guarded', guarded.url);
      await quickInput.pick('asked for now');
      await quickInput.enter('User name', '');
      await quickInput.waitFor('Password. Kept in');
      assert.ok(await quickInput.isPassword(), 'the password is shown while it is typed');
      await quickInput.enter('Password. Kept in', 'a wrong password');
      await quickInput.option('Go Back to the Login').waitFor();
      assert.match(
        await rows(),
        /does not accept this user and password.* Go back and type user name and password again/,
      );
      await window.screenshot('wrong-password');
      await quickInput.pick('Go Back to the Login');
      await quickInput.pick('asked for now');
      await quickInput.enter('User name', '');
      await quickInput.enter('Password. Kept in', right);
      await quickInput.option(/Connected to 127\.0\.0\.1/).waitFor();
      const active = await followText(window.statusBar().locator);
      await quickInput.pick('Save');

      await eventually(async () =>
        assert.equal(await window.health.row('guarded').description(), 'development · Redis healthy · active'),
      );
      await eventually(async () => assert.match(await window.statusBar().text(), /guarded/));
      const shown = new Set((await active.texts()).map((text) => /(\w+) \(\w+\)/.exec(text)?.[1]));
      assert.deepEqual([...shown], ['local', 'guarded'], 'another environment was active for a moment');
      const settings = await readFile(path.join(workspace.folder, '.vscode', 'settings.json'), 'utf8');
      assert.deepEqual(JSON.parse(settings)['cacheOps.environments'].guarded, {
        tier: 'development',
        redis: { url: guarded.url, password: '${secret}' },
      });
      assert.ok(!settings.includes(right), 'the password stands in the settings');
      await window.command('Switch Environment…');
      await quickInput.pick('local');
    });

    it('a certificate authority does not outlive the address it was named for, and a failure is shown whole', async () => {
      const { window, folder, redis } = session();
      const { quickInput } = window;
      const { ca } = await makeCertificates(path.join(folder, 'wizard-certificates'));
      await begin('plain', redis.url.replace('redis:', 'rediss:'));
      await quickInput.enter('Certificate authority', ca);
      await quickInput.pick('No password');
      await quickInput.option('Go Back to the Address').waitFor();
      assert.match(
        await rows(),
        /^127\.0\.0\.1:\d+ does not speak TLS.* Use redis:\/\/ in the URL, or the server’s TLS port\. Try Again Go Back to the Address Save All the Same/,
      );
      for (const width of [1400, 1000]) {
        await window.page.setViewportSize({ ...tall, width });
        await eventually(async () => assert.deepEqual(await quickInput.cutOff(), []));
        await window.screenshot(`failure-${width}`);
      }
      await quickInput.pick('Go Back to the Address');
      await quickInput.enter('Address of the Redis server', redis.url);
      await quickInput.pick('No password');
      await quickInput.option(/Connected to 127\.0\.0\.1/).waitFor();
    });

    it('a user name does not outlive the address that names another', async () => {
      const { quickInput } = session().window;
      await begin('named', guarded.url);
      await quickInput.pick('asked for now');
      await quickInput.enter('User name', 'alice');
      await quickInput.enter('Password. Kept in', right);
      await quickInput.option('Go Back to the Login').waitFor();
      await quickInput.back();
      await quickInput.waitFor('Password. Kept in');
      await quickInput.back();
      await quickInput.waitFor('User name');
      assert.equal(await quickInput.value(), 'alice');
      await quickInput.back();
      await quickInput.waitFor('How to log in');
      await quickInput.back();
      await quickInput.enter('Address of the Redis server', guarded.url.replace('//', '//default@'));
      await quickInput.pick('asked for now');
      await quickInput.enter('Password. Kept in', right);
      await quickInput.option(/Connected to 127\.0\.0\.1:\d+ as default/).waitFor();
    });

    it('a host name that does not resolve leads back to the address, and so does a closed port', async () => {
      const { quickInput } = session().window;
      await begin('nowhere', 'redis://no-such-host.invalid:6379');
      await quickInput.pick('No password');
      await quickInput.option('Go Back to the Address').waitFor();
      assert.match(await rows(), /The host name of no-such-host\.invalid:6379 /);
      await quickInput.pick('Go Back to the Address');
      await quickInput.enter('Address of the Redis server', 'redis://127.0.0.1:1');
      await quickInput.pick('No password');
      await quickInput.option('refused the connection').waitFor();
      assert.match(await rows(), /nothing listens there\. Check the port, and whether the server runs\./);
    });

    it('cancelling while it connects keeps what was answered', async () => {
      const { window } = session();
      const { quickInput } = window;
      const silent = await startBadServer();
      try {
        await begin('silent', `redis://127.0.0.1:${silent.port}`);
        await quickInput.pick('No password');
        await window.answerNotification('Connecting to the Redis of silent', 'Cancel');
        await quickInput.option('Cancelled').waitFor();
        await quickInput.pick('Go Back');
        await quickInput.waitFor('How to log in');
      } finally {
        await silent.stop();
      }
    });

    it('in the user settings too, where no editor is left open and the name is taken from then on', async () => {
      const { window, folder, redis } = session();
      const { quickInput } = window;
      await quickInput.openFile('release-checklist.md');
      await window.editor.waitForText('# Release checklist');
      await begin('mine', redis.url, 'User settings');
      await quickInput.pick('No password');
      await quickInput.option(/Connected to/).waitFor();
      await quickInput.pick('Save');
      await eventually(async () => assert.match(await window.statusBar().text(), /mine \(development\)/));
      await window.screenshot('saved-to-user-settings');
      const tabs = await window.editor.tabs();
      assert.equal(tabs.length, 1, tabs.join(', '));
      assert.match(tabs[0] ?? '', /^release-checklist/);
      assert.equal(await window.page.locator('.monaco-modal-editor-block').count(), 0);
      await window.closeEditors();
      await eventually(async () => assert.deepEqual(await window.editor.tabs(), []));
      const file = path.join(folder, 'data', 'data', 'User', 'settings.json');
      assert.deepEqual(JSON.parse(await readFile(file, 'utf8'))['cacheOps.environments'].mine, {
        tier: 'development',
        redis: { url: redis.url },
      });

      await window.command('Add Environment…');
      await quickInput.pick('.vscode/settings.json');
      await quickInput.enter('Name of the environment', 'local');
      await quickInput.waitFor('There is an environment named local already, in .vscode/settings.json.');
      await quickInput.enter('There is an environment', 'mine');
      await quickInput.waitFor('There is an environment named mine already, in the user settings.');
      await quickInput.dismiss();
      await window.command('Switch Environment…');
      await quickInput.pick('local');
    });

    it('every step can be gone back from and left, and nothing is written', async function () {
      this.timeout(120_000);
      const { window, workspace } = session();
      const { quickInput } = window;
      const settings = path.join(workspace.folder, '.vscode', 'settings.json');
      const before = await readFile(settings, 'utf8');
      const steps: readonly (readonly [about: string, answer: () => Promise<void>])[] = [
        ['Where to keep it', () => quickInput.pick('.vscode/settings.json')],
        ['Name of the environment', () => quickInput.enter('Name of the environment', 'left')],
        ['How careful', () => quickInput.pick('Little friction')],
        ['Address of the Redis', () => quickInput.enter('Address of the Redis', 'rediss://127.0.0.1:1')],
        ['Certificate authority', () => quickInput.enter('Certificate authority', '')],
        ['How to log in', () => quickInput.pick('asked for now')],
        ['User name', () => quickInput.enter('User name', 'ops')],
        ['Password. Kept in', () => quickInput.enter('Password. Kept in', right)],
        ['Not connected', () => Promise.resolve()],
      ];
      await window.command('Add Environment…');
      for (const [index, [about, answer]] of steps.entries()) {
        await quickInput.waitFor(about);
        const [aboutBefore, answerBefore] = steps[index - 1] ?? [];
        if (aboutBefore !== undefined && answerBefore) {
          await quickInput.back();
          await quickInput.waitFor(aboutBefore);
          await answerBefore();
          await quickInput.waitFor(about);
        }
        await answer();
      }
      await quickInput.dismiss();
      for (const length of steps.keys()) {
        await window.command('Add Environment…');
        for (const [about, answer] of steps.slice(0, length)) {
          await quickInput.waitFor(about);
          await answer();
        }
        await quickInput.waitFor(steps[length]?.[0] ?? '');
        await quickInput.dismiss();
      }
      assert.equal(await readFile(settings, 'utf8'), before);
      const messages = await window.notifications();
      assert.deepEqual(
        messages.filter((message) => message.includes('Add Environment')),
        [],
      );
    });
  });
});

/** Answers the wizard's first questions. */
async function begin(name: string, url: string, place = '.vscode/settings.json'): Promise<void> {
  const { window } = session();
  const { quickInput } = window;
  await window.command('Add Environment…');
  await quickInput.pick(place);
  await quickInput.enter('Name of the environment', name);
  await quickInput.pick('Little friction');
  await quickInput.enter('Address of the Redis server', url);
}

/** What the rows say, read from top to bottom. */
async function rows(): Promise<string> {
  return (await session().window.quickInput.texts()).join(' ').replaceAll(/\s+/g, ' ').trim();
}
