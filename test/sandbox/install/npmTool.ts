import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder, exists, installOnce, npmEnvironment, run, step } from './cache.mjs';
import type { Report } from './cache.mjs';

export interface NpmToolOptions {
  /** Let the packages compile or fetch parts of themselves. Default: no. */
  readonly allowScripts?: boolean;
  /** Set for npm, on top of our own environment; for example npm_config_nodedir. */
  readonly env?: Readonly<Record<string, string>>;
  readonly report?: Report;
}

/**
 * Installs what `lockFolder` (package.json and package-lock.json, kept in the repository) pins into the user's cache,
 * once per lock file and Node ABI. Returns the folder that holds `node_modules`. The Node that runs us comes first in
 * the PATH of npm and of install scripts.
 */
export async function ensureNpmTool(name: string, lockFolder: string, options: NpmToolOptions = {}): Promise<string> {
  const folder = cacheFolder(`${name}-${await keyOf(lockFolder)}`);
  if (await exists(folder)) return folder;
  return step(options.report ?? (() => {}), `Installing ${name} with npm into ${folder}`, () =>
    installOnce(folder, async (temporary) => {
      for (const file of ['package.json', 'package-lock.json'])
        await copyFile(join(lockFolder, file), join(temporary, file));
      const scripts = options.allowScripts === true ? '--ignore-scripts=false' : '--ignore-scripts';
      await run('npm', ['ci', scripts, '--no-audit', '--no-fund'], {
        cwd: temporary,
        env: { ...npmEnvironment(dirname(process.execPath)), ...options.env },
      });
    }),
  );
}

async function keyOf(lockFolder: string): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.versions.modules}\n`);
  for (const file of ['package.json', 'package-lock.json']) hash.update(await readFile(join(lockFolder, file)));
  return hash.digest('hex').slice(0, 12);
}
