import { stat } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import type { Metafile } from 'esbuild';
import { packageExtension } from '../package/vsix.ts';
import type { Figure } from './figure.ts';

const root = path.resolve(import.meta.dirname, '../..');

export const names = ['bundle.main', 'bundle.total', 'bundle.vsix'];

/** Sizes of what is shipped, in KB of 1,000 bytes. */
export async function run(): Promise<readonly Figure[]> {
  const inputs = await readImports('dist/extension.js');
  const vsix = await stat(await packageExtension(path.join(root, 'out', 'bench.vsix')));
  const kilobytes = (files: Iterable<string>): number =>
    [...files].reduce((sum, file) => sum + (inputs[file]?.bytes ?? 0), 0) / 1000;
  return [
    {
      name: 'bundle.main',
      value: kilobytes(staticImports(inputs, 'dist/extension.js')),
      unit: 'KB',
      limit: { of: 'value', max: 250 },
      note: 'extension.js and the chunks it imports statically',
    },
    {
      name: 'bundle.total',
      value: kilobytes(Object.keys(inputs)),
      unit: 'KB',
      note: 'with everything loaded on first use',
    },
    {
      name: 'bundle.vsix',
      value: vsix.size / 1000,
      unit: 'KB',
      limit: { of: 'value', max: 2000 },
      note: 'the packed file',
    },
  ];
}

/** Has the bundler read what was built, so that static and dynamic imports are told apart as it does. */
async function readImports(entry: string): Promise<Metafile['inputs']> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    external: ['vscode'],
    logLevel: 'error',
  });
  return metafile.inputs;
}

function staticImports(inputs: Metafile['inputs'], file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const each of inputs[file]?.imports ?? [])
    if (each.kind === 'import-statement' && each.external !== true) staticImports(inputs, each.path, found);
  return found;
}
