// Bundles the extension into dist/: `dist/extension.js` is what the editor loads at activation; what is imported with
// `await import(…)` becomes a chunk of its own that is loaded on first use. `--watch` rebuilds on change.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { context } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await mkdir('dist');
// The shell parser reads it when the first block is run.
await copyFile('node_modules/sh-syntax/main.wasm', 'dist/shell.wasm');

/**
 * sh-syntax says that this file of its own, which defines the global `Go`, may be left out: it lists it under another name.
 *
 * @type {import('esbuild').Plugin}
 */
const keepWasmExec = {
  name: 'keep-wasm-exec',
  setup(build) {
    build.onResolve({ filter: /vendors\/wasm_exec\.cjs$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      sideEffects: true,
    }));
  },
};

const extension = await context({
  entryPoints: ['src/extension.ts'],
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  target: 'node22',
  // ssh2 does without its native parts, which no VSIX for every platform could carry.
  external: ['vscode', 'cpu-features', '*.node'],
  plugins: [keepWasmExec],
  // jsonc-parser's "main" is UMD, whose requires no bundler can follow.
  mainFields: ['module', 'main'],
  // Dependencies in CommonJS use require() for Node's own modules, and __dirname, which an ES module does not have.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url), __dirname = import.meta.dirname;",
  },
  minify: true,
  keepNames: true,
  sourcemap: process.argv.includes('--watch') ? 'linked' : false,
  metafile: true,
  logLevel: 'warning',
});

// What runs in a webview: a script and a style for each page, nothing else may be loaded there.
const pages = await context({
  entryPoints: ['src/page/dashboard.ts', 'src/page/keyspace.ts'],
  outdir: 'dist/page',
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: 'chrome128',
  minify: true,
  // They stand in licenses.txt.
  legalComments: 'none',
  sourcemap: process.argv.includes('--watch') ? 'inline' : false,
  metafile: true,
  logLevel: 'warning',
});

if (process.argv.includes('--watch')) {
  await Promise.all([extension.watch(), pages.watch()]);
} else {
  const built = await Promise.all([extension.rebuild(), pages.rebuild()]);
  const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile('dist/licenses.txt', await licensesOf(inputs));
  await Promise.all([extension.dispose(), pages.dispose()]);
}

/**
 * The licence of every package that is part of the bundle, as its terms ask for.
 *
 * @param {readonly string[]} inputs
 */
async function licensesOf(inputs) {
  const packages = new Set(inputs.flatMap((input) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
  const texts = [...packages].toSorted().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : await readFile(`${folder}/${file}`, 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}
