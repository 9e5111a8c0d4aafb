// Plain JavaScript, because bootstrap.mjs needs it before there is a Node that reads TypeScript.
import { spawn } from 'node:child_process';
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** @typedef {(line: string) => void} Report receives one line of progress, without a line end */

/**
 * A folder of ours in the user's cache: `$XDG_CACHE_HOME/cache-ops/<name>`, or below `~/.cache`. Not created.
 * @param {string} name
 */
export function cacheFolder(name) {
  const xdg = process.env['XDG_CACHE_HOME'];
  return join(xdg ? xdg : join(homedir(), '.cache'), 'cache-ops', name);
}

/** @param {string} path */
export async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Runs one step and reports it with the time it took; a step of more than a second is announced before it is done.
 * @template T
 * @param {Report} report
 * @param {string} label what is being done: "Installing redis-server with apt-get"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(report, label, work) {
  const start = Date.now();
  const announce = setTimeout(() => report(`${label} …`), 1000);
  try {
    const result = await work();
    report(`${label}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
    return result;
  } finally {
    clearTimeout(announce);
  }
}

/**
 * Runs `work` while no other process of this user holds the lock of that name. The lock of a process that died is taken
 * over.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const lock = join(cacheFolder('locks'), name);
  const mine = `${lock}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await mkdir(dirname(lock), { recursive: true });
  await writeFile(mine, String(process.pid));
  try {
    // A hard link appears with its content in one step, so no one ever reads a lock without an owner.
    while (!(await tryLink(mine, lock))) {
      await removeStaleLock(lock);
      await wait(100);
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
async function tryLink(from, to) {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} lock */
async function removeStaleLock(lock) {
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/**
 * Makes sure `folder` is there: `fill` writes a temporary folder beside it, which is then renamed, so that a folder
 * that exists is a complete one. Two processes at once install once.
 * @param {string} folder
 * @param {(temporary: string) => Promise<void>} fill
 * @returns {Promise<string>} the folder
 */
export async function installOnce(folder, fill) {
  if (await exists(folder)) return folder;
  return withLock(`install-${basename(folder)}`, async () => {
    if (await exists(folder)) return folder;
    await removeLeftovers(folder);
    const temporary = `${folder}.installing-${process.pid}`;
    await mkdir(temporary, { recursive: true });
    try {
      await fill(temporary);
      await rename(temporary, folder);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
    return folder;
  });
}

/** @param {string} folder */
async function removeLeftovers(folder) {
  const prefix = `${basename(folder)}.installing-`;
  const names = await readdir(dirname(folder)).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/**
 * Runs a program to its end. Its output is kept, and shown when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} what it wrote to standard output
 */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: process.env, ...options });
  /** @type {string[]} */
  const all = [];
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    out += text;
    all.push(text);
  });
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => all.push(text));
  const endWithUs = () => child.kill();
  process.on('exit', endWithUs);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve(exitCode ?? signal));
  }).finally(() => process.off('exit', endWithUs));
  if (code === 0) return out;
  throw new Error(`"${[command, ...args].join(' ')}" ended with ${code}:\n${shorten(all.join(''))}`);
}

/**
 * A long output's beginning and end: some programs say first what is wrong, others last.
 * @param {string} text
 */
function shorten(text) {
  const lines = text
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('npm warn'));
  return lines.length <= 24 ? lines.join('\n') : [...lines.slice(0, 12), '…', ...lines.slice(-12)].join('\n');
}

/**
 * The environment for an npm that works in another folder than the npm that started us: without what the outer one
 * says about its own package, but with registry, proxy and certificates.
 * @param {string} [nodeBin] folder that goes first in PATH
 * @returns {NodeJS.ProcessEnv}
 */
export function npmEnvironment(nodeBin) {
  const keep =
    /^npm_config_(registry|cafile|ca|strict_ssl|proxy|https_proxy|noproxy|cache|userconfig|globalconfig|nodedir)$/i;
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name) || keep.test(name)),
  );
  return nodeBin === undefined ? env : { ...env, PATH: `${nodeBin}${delimiter}${process.env['PATH'] ?? ''}` };
}
