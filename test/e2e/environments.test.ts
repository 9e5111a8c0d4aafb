import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { session } from './shared.ts';

describe('Environments', () => {
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
    const wrong = 'a wrong password';
    let guarded: RedisServer;

    before(async () => {
      guarded = await startRedis({ folder: path.join(session().folder, 'guarded'), requirePass: right });
    });

    after(() => guarded.stop());

    it('a wrong password is named, going back corrects it, and it is not written down', async () => {
      const { window, workspace } = session();
      const { quickInput } = window;
      await window.command('Add Environment…');
      await quickInput.pick('.vscode/settings.json');
      await quickInput.enter('Name of the environment', 'local');
      await quickInput.waitFor('There is an environment named local already.');
      await quickInput.enter('There is an environment', 'guarded');
      await quickInput.pick('Little friction');
      await quickInput.enter('Address of the Redis server', guarded.url);
      await quickInput.pick('asked for now');
      await quickInput.enter('User name', '');
      await quickInput.waitFor('Password. Kept in');
      assert.ok(await quickInput.isPassword(), 'the password is shown while it is typed');
      await quickInput.enter('Password. Kept in', wrong);
      await quickInput.waitFor(/password/i);
      await quickInput.option('Try Again').waitFor();
      assert.match((await quickInput.texts()).join('\n'), /wrong|password/i);
      await window.screenshot('wrong-password');
      await quickInput.pick('Go Back and Change It');
      await quickInput.enter('Password. Kept in', right);
      await quickInput.option(/Connected to 127\.0\.0\.1/).waitFor();
      await quickInput.pick('Save');

      await eventually(async () =>
        assert.equal(await window.health.row('guarded').description(), 'development · Redis healthy · active'),
      );
      const settings = await readFile(path.join(workspace.folder, '.vscode', 'settings.json'), 'utf8');
      assert.deepEqual(JSON.parse(settings)['cacheOps.environments'].guarded, {
        tier: 'development',
        redis: { url: guarded.url, password: '${secret}' },
      });
      assert.ok(!settings.includes(right), 'the password stands in the settings');
      await window.command('Switch Environment…');
      await quickInput.pick('local');
    });
  });
});
