import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { OpsError } from '../../../src/core/errors.ts';
import { run, step, withLock } from './cache.mjs';
import type { Report } from './cache.mjs';

const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_TEXT =
  '#!/bin/sh\n# Written by the Cache Ops sandbox while it installs packages; nothing is started meanwhile.\nexit 101\n';

/**
 * Makes sure that Debian or Ubuntu packages are installed. Asks dpkg first; installs the missing ones with apt-get when
 * we are root or may use sudo without a password. A server among them is neither started nor enabled.
 * Throws an OpsError with the command to type where we cannot install.
 */
export async function ensureDebianPackages(names: readonly string[], report: Report = () => {}): Promise<void> {
  const missing = await missingPackages(names);
  if (missing.length === 0) return;
  const root = await rootPrefix();
  if (root === undefined) throw cannotInstall(missing);
  await withLock('apt', async () => {
    await step(report, `Installing ${missing.join(', ')} with apt-get`, () =>
      withoutServices(root, () => install(root, missing)),
    );
    await disableServices(root, missing);
  });
}

/** Of several package names for the same thing, the first that this release knows. */
export async function knownPackage(candidates: readonly string[]): Promise<string | undefined> {
  for (const name of candidates) if (await isKnown(name)) return name;
  return undefined;
}

export function isDebian(): boolean {
  return process.platform === 'linux' && existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-query');
}

async function missingPackages(names: readonly string[]): Promise<readonly string[]> {
  if (!isDebian()) throw cannotInstall(names);
  const installed = await Promise.all(names.map(isInstalled));
  return names.filter((_, index) => installed[index] !== true);
}

function isInstalled(name: string): Promise<boolean> {
  return run('dpkg-query', ['--show', '--showformat', '${db:Status-Status}', name]).then(
    (status) => status.trim() === 'installed',
    () => false,
  );
}

async function isKnown(name: string): Promise<boolean> {
  const shown = await run('apt-cache', ['policy', name]).catch(() => '');
  return /Candidate: (?!\(none\))/.test(shown);
}

/** What to put before a command so that it runs as root; undefined when we cannot. */
async function rootPrefix(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const allowed = await run('sudo', ['-n', 'true']).then(
    () => true,
    () => false,
  );
  return allowed ? ['sudo', '-n'] : undefined;
}

async function install(root: readonly string[], names: readonly string[]): Promise<void> {
  const known = await Promise.all(names.map(isKnown));
  // Package lists are fetched when they are missing, or so old that a package they name is no longer served.
  const updated = known.includes(false);
  if (updated) await runAsRoot(root, ['apt-get', 'update']);
  try {
    await aptInstall(root, names);
  } catch (error) {
    if (updated) throw error;
    await runAsRoot(root, ['apt-get', 'update']);
    await aptInstall(root, names);
  }
}

function aptInstall(root: readonly string[], names: readonly string[]): Promise<string> {
  const options = ['--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  return runAsRoot(root, ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', ...options, ...names]);
}

function runAsRoot(root: readonly string[], command: readonly string[]): Promise<string> {
  const [program = '', ...args] = [...root, ...command];
  return run(program, args);
}

/** Debian asks policy-rc.d before it starts the service of a new package. One that is not ours is left alone. */
async function withoutServices(root: readonly string[], work: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY) && !isOurPolicy()) return work();
  await runAsRoot(root, ['sh', '-c', `printf '%s' "$1" >${POLICY} && chmod 755 ${POLICY}`, 'sh', POLICY_TEXT]);
  const remove = () => {
    const [program, ...args] = [...root, 'rm', '-f', POLICY];
    if (isOurPolicy()) spawnSync(program ?? 'rm', args);
  };
  process.once('exit', remove); // also when we are interrupted meanwhile
  try {
    await work();
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function isOurPolicy(): boolean {
  return existsSync(POLICY) && readFileSync(POLICY, 'utf8') === POLICY_TEXT;
}

/** Under systemd a server would otherwise come up on its usual port with the next boot. */
async function disableServices(root: readonly string[], names: readonly string[]): Promise<void> {
  if (!existsSync('/run/systemd/system')) return;
  for (const name of names) {
    const files = await run('dpkg-query', ['--listfiles', name]).catch(() => '');
    const units = [...files.matchAll(/\/systemd\/system\/([^/@\n]+\.service)$/gm)].map((match) => match[1] ?? '');
    if (units.length > 0) await runAsRoot(root, ['systemctl', 'disable', '--now', ...units]).catch(() => '');
  }
}

function cannotInstall(names: readonly string[]): OpsError {
  const next = isDebian()
    ? `Type: sudo apt-get install --no-install-recommends ${names.join(' ')}`
    : `Install what corresponds to these Debian packages with your system's own tool, then run the command again.`;
  return new OpsError(
    'file',
    `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} missing and cannot be installed from here.`,
    {
      next,
    },
  );
}
