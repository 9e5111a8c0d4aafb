import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { OpsError } from '../../../src/core/errors.ts';
import type { Report } from './cache.mjs';
import { ensureDebianPackages, isDebian, knownPackage } from './debian.ts';

interface Recipe {
  /** Environment variable that names the program to use instead. */
  readonly override: string;
  /** Names under which it may be in PATH, or absolute paths. */
  readonly names: readonly string[];
  /** Debian packages that may carry it, best first. */
  readonly packages: readonly string[];
  /** What to type on macOS. */
  readonly brew: string;
}

const RECIPES = {
  'redis-server': { override: 'REDIS_BIN', names: ['redis-server'], packages: ['redis-server'], brew: 'redis' },
  'redis-cli': { override: 'REDIS_CLI_BIN', names: ['redis-cli'], packages: ['redis-tools'], brew: 'redis' },
  prometheus: { override: 'PROMETHEUS_BIN', names: ['prometheus'], packages: ['prometheus'], brew: 'prometheus' },
  promtool: { override: 'PROMTOOL_BIN', names: ['promtool'], packages: ['promtool', 'prometheus'], brew: 'prometheus' },
  redis_exporter: {
    override: 'REDIS_EXPORTER_BIN',
    names: ['prometheus-redis-exporter', 'redis_exporter'],
    packages: ['prometheus-redis-exporter'],
    brew: 'redis_exporter',
  },
  chromium: {
    override: 'CHROMIUM_BIN',
    names: [
      'chromium',
      'chromium-browser',
      'google-chrome',
      'google-chrome-stable',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    packages: ['chromium', 'chromium-browser'],
    brew: '--cask google-chrome',
  },
  curl: { override: 'CURL_BIN', names: ['curl'], packages: ['curl'], brew: 'curl' },
  // sshd insists on being started by its full path; macOS has it.
  sshd: { override: 'SSHD_BIN', names: ['sshd'], packages: ['openssh-server'], brew: 'openssh' },
} as const satisfies Record<string, Recipe>;

export type Program = keyof typeof RECIPES;

/**
 * The path of a program: from its environment variable (REDIS_BIN, REDIS_CLI_BIN, PROMETHEUS_BIN, PROMTOOL_BIN,
 * REDIS_EXPORTER_BIN, CHROMIUM_BIN, CURL_BIN, SSHD_BIN), else from PATH, else installed from Debian's packages. Throws an OpsError that names the
 * command to type when none of that works.
 */
export async function ensureProgram(program: Program, report: Report = () => {}): Promise<string> {
  const recipe: Recipe = RECIPES[program];
  const found = await findProgram(program);
  if (found !== undefined) return found;
  const name = isDebian() ? ((await knownPackage(recipe.packages)) ?? recipe.packages.at(-1) ?? program) : undefined;
  if (name === undefined) throw notInstallable(program, recipe);
  await ensureDebianPackages([name], report);
  const installed = await findInPath(recipe.names);
  if (installed !== undefined) return installed;
  throw new OpsError('file', `The package ${name} is installed, but there is still no ${program} in PATH.`, {
    next: `Set ${recipe.override} to the full path of ${program}.`,
  });
}

/** Like {@link ensureProgram}, but installs nothing: undefined when the program is not there. */
export async function findProgram(program: Program): Promise<string | undefined> {
  const recipe: Recipe = RECIPES[program];
  const override = process.env[recipe.override];
  if (override === undefined || override === '') return findInPath(recipe.names);
  if (await isExecutable(override)) return override;
  throw new OpsError('file', `${recipe.override} is "${override}", which is not a program that can be run.`, {
    next: `Correct ${recipe.override}, or unset it to use the ${program} in PATH.`,
  });
}

/** The first of these names that is a program in PATH (or, being absolute, a program). */
export async function findInPath(names: readonly string[]): Promise<string | undefined> {
  // Debian keeps servers in sbin folders, which an ordinary user's PATH lacks.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(
    Boolean,
  );
  for (const name of names) {
    const paths = name.startsWith('/') ? [name] : folders.map((folder) => join(folder, name));
    for (const path of paths) if (await isExecutable(path)) return path;
  }
  return undefined;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function notInstallable(program: Program, recipe: Recipe): OpsError {
  const command =
    process.platform === 'darwin'
      ? `Type: brew install ${recipe.brew}`
      : `Install ${program} with your system's own tool`;
  return new OpsError('file', `${program} is not installed.`, {
    next: `${command}. Or set ${recipe.override} to its full path.`,
  });
}
