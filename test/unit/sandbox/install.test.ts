import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as later } from 'node:timers/promises';
import { OpsError } from '../../../src/core/errors.ts';
import { cacheFolder, ensureProgram, installOnce, withLock } from '../../sandbox/install.ts';
import { npmEnvironment, run } from '../../sandbox/install/cache.mjs';
import { withTemporaryFolder } from './temporaryFolder.ts';

const inCache = (work: (cache: string) => Promise<void>) =>
  withTemporaryFolder(async (folder) => {
    process.env['XDG_CACHE_HOME'] = folder;
    await work(join(folder, 'cache-ops'));
  });

describe('Installing into the cache', () => {
  const before = process.env['XDG_CACHE_HOME'];
  afterEach(() => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
  });
  it('happens in XDG_CACHE_HOME', () =>
    inCache(async (cache) => {
      assert.equal(cacheFolder('thing'), join(cache, 'thing'));
    }));

  it('happens once, however many ask for it', () =>
    inCache(async (cache) => {
      let times = 0;
      const install = () =>
        installOnce(cacheFolder('thing'), async (temporary) => {
          times += 1;
          await later();
          await writeFile(join(temporary, 'program'), 'complete');
        });
      const folders = await Promise.all([install(), install(), install()]);
      assert.deepEqual([...new Set(folders)], [join(cache, 'thing')]);
      assert.equal(times, 1);
      assert.equal(await readFile(join(cache, 'thing/program'), 'utf8'), 'complete');
    }));

  it('leaves nothing behind when it fails, and is tried again', () =>
    inCache(async (cache) => {
      const failing = installOnce(cacheFolder('thing'), async (temporary) => {
        await writeFile(join(temporary, 'half'), '');
        throw new Error('no network');
      });
      await assert.rejects(failing, /no network/);
      assert.deepEqual(await readdir(cache), ['locks']);
      await installOnce(cacheFolder('thing'), async () => {});
      assert.ok((await readdir(cache)).includes('thing'));
    }));

  it('takes over the lock of a process that has died, and clears away what it left', () =>
    inCache(async (cache) => {
      await mkdir(join(cache, 'locks'), { recursive: true });
      await mkdir(join(cache, 'thing.installing-1'), { recursive: true });
      const ended = (await run(process.execPath, ['-p', 'process.pid'])).trim();
      await writeFile(join(cache, 'locks/install-thing'), ended);
      await installOnce(cacheFolder('thing'), async () => {});
      assert.deepEqual((await readdir(cache)).toSorted(), ['locks', 'thing']);
    }));

  it('lets one in at a time', () =>
    inCache(async () => {
      let inside = 0;
      const enter = () =>
        withLock('door', async () => {
          inside += 1;
          assert.equal(inside, 1);
          await later();
          inside -= 1;
        });
      await Promise.all([enter(), enter(), enter()]);
    }));
});

describe('A missing program', () => {
  it('that an environment variable names wrongly is said with that variable', async () => {
    process.env['PROMTOOL_BIN'] = '/no/such/promtool';
    try {
      await assert.rejects(ensureProgram('promtool'), (error) => {
        assert.ok(error instanceof OpsError);
        assert.match(error.message, /PROMTOOL_BIN is "\/no\/such\/promtool"/);
        assert.match(error.next ?? '', /unset/);
        return true;
      });
    } finally {
      delete process.env['PROMTOOL_BIN'];
    }
  });
});

describe('An npm inside an npm', () => {
  it('is told of the registry, but not of the package that the outer one runs for', () => {
    process.env['npm_config_local_prefix'] = '/elsewhere';
    process.env['npm_package_name'] = 'outer';
    process.env['npm_config_registry'] = 'https://registry.example.org/';
    try {
      const env = npmEnvironment('/node/bin');
      assert.equal(env['npm_config_local_prefix'], undefined);
      assert.equal(env['npm_package_name'], undefined);
      assert.equal(env['npm_config_registry'], 'https://registry.example.org/');
      assert.ok(env['PATH']?.startsWith('/node/bin:'));
    } finally {
      for (const name of ['npm_config_local_prefix', 'npm_package_name', 'npm_config_registry'])
        delete process.env[name];
    }
  });
});

describe('A program that fails', () => {
  it('is quoted with its exit code and its last words', async () => {
    await assert.rejects(
      run(process.execPath, ['-e', 'console.error("disk full"); process.exit(3)']),
      /ended with 3:\ndisk full$/,
    );
  });
});
