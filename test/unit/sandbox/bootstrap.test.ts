import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withTemporaryFolder } from './temporaryFolder.ts';

const SANDBOX = join(import.meta.dirname, '../../sandbox');

/** A checkout with nothing but the bootstrap, a script, and a package that depends on a folder of its own. */
async function makeCheckout(folder: string, script: string): Promise<void> {
  await mkdir(join(folder, 'probe'), { recursive: true });
  await mkdir(join(folder, 'test/sandbox/install'), { recursive: true });
  for (const file of ['bootstrap.mjs', 'install/cache.mjs'])
    await cp(join(SANDBOX, file), join(folder, 'test/sandbox', file));
  const probe = { name: 'probe', version: '1.0.0', main: 'index.js' };
  const own = { name: 'checkout', version: '1.0.0', dependencies: { probe: 'file:probe' } };
  const packages = { '': own, 'node_modules/probe': { resolved: 'probe', link: true }, probe: { version: '1.0.0' } };
  await writeFile(join(folder, 'probe/package.json'), JSON.stringify(probe));
  await writeFile(join(folder, 'probe/index.js'), 'module.exports = "installed";');
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...own, type: 'module' }));
  await writeFile(
    join(folder, 'package-lock.json'),
    JSON.stringify({ name: 'checkout', version: '1.0.0', lockfileVersion: 3, requires: true, packages }),
  );
  await writeFile(join(folder, 'script.ts'), script);
}

function start(folder: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [join(folder, 'test/sandbox/bootstrap.mjs'), ...args], {
    cwd: folder,
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') },
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (out += text));
  const ended = new Promise<{ code: number | null; out: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, out }));
  });
  const printed = (wanted: string) =>
    new Promise<void>((resolve) => {
      child.stdout.on('data', () => out.includes(wanted) && resolve());
    });
  return { child, ended, printed };
}

describe('bootstrap.mjs', function () {
  this.timeout(30_000);

  it('installs the dependencies once, runs the TypeScript with its arguments, and passes on the exit code', () =>
    withTemporaryFolder(async (folder) => {
      const script =
        'import probe from "probe"; const args: string[] = process.argv.slice(2); console.log(probe, args); process.exit(7);';
      await makeCheckout(folder, script);
      const first = await start(folder, 'script.ts', 'one', '--two').ended;
      assert.match(first.out, /Installing the npm dependencies/);
      assert.match(first.out, /installed \[ 'one', '--two' \]/);
      assert.equal(first.code, 7);
      const second = await start(folder, 'script.ts').ended;
      assert.doesNotMatch(second.out, /Installing/);
      assert.equal(second.code, 7);
    }));

  it('installs again when the lock file wants something else than what is there', () =>
    withTemporaryFolder(async (folder) => {
      await makeCheckout(folder, 'console.log("ran");');
      await start(folder, 'script.ts').ended;
      const hidden = join(folder, 'node_modules/.package-lock.json');
      await writeFile(hidden, (await readFile(hidden, 'utf8')).replaceAll('1.0.0', '0.9.0'));
      assert.match((await start(folder, 'script.ts').ended).out, /Installing the npm dependencies.*\n(.*\n)*ran/);
    }));

  it('installs once when two start at the same time', () =>
    withTemporaryFolder(async (folder) => {
      await makeCheckout(folder, 'console.log("ran");');
      const both = await Promise.all([start(folder, 'script.ts').ended, start(folder, 'script.ts').ended]);
      assert.deepEqual(
        both.map(({ code }) => code),
        [0, 0],
      );
      const installed = both.filter(({ out }) => out.includes('Installing')).length;
      assert.equal(installed, 1);
    }));

  it('passes on a signal and ends as the script does', () =>
    withTemporaryFolder(async (folder) => {
      const script =
        'process.on("SIGTERM", () => { console.log("asked"); process.exit(5); }); setInterval(() => {}, 1000); console.log("ready");';
      await makeCheckout(folder, script);
      const { child, ended, printed } = start(folder, 'script.ts');
      await printed('ready');
      child.kill('SIGTERM');
      const { code, out } = await ended;
      assert.match(out, /asked/);
      assert.equal(code, 5);
    }));

  it('says how it is used when no script is given', () =>
    withTemporaryFolder(async (folder) => {
      await makeCheckout(folder, '');
      const { code, out } = await start(folder).ended;
      assert.equal(code, 2);
      assert.match(out, /usage:/);
    }));
});
