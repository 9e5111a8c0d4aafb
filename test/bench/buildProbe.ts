import path from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles `probe/<name>.ts`, which runs in the window's extension host, into a folder. Returns the bundle's file.
 */
export async function buildProbe(name: string, folder: string): Promise<string> {
  const outfile = path.join(folder, 'probe.cjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'probe', `${name}.ts`)],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    // ssh2 does without its native parts, as in the bundle that is shipped.
    external: ['vscode', 'cpu-features', '*.node'],
    logLevel: 'warning',
  });
  return outfile;
}
