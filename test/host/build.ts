import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/** Bundles the host tests into `outFolder`; npm packages stay outside. Returns the module the extension host runs. */
export async function buildHostTests(outFolder: string): Promise<string> {
  await rm(outFolder, { recursive: true, force: true });
  const tests = (await readdir(import.meta.dirname)).filter((file) => file.endsWith('.test.ts'));
  await build({
    entryPoints: ['index.ts', ...tests].map((file) => path.join(import.meta.dirname, file)),
    outdir: outFolder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return path.join(outFolder, 'index.js');
}
