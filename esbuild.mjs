// Bundles the extension into dist/: `dist/extension.js` is what the editor loads at activation; what is imported with
// `await import(…)` becomes a chunk of its own that is loaded on first use. `--watch` rebuilds on change.
import { rm } from 'node:fs/promises';
import { context } from 'esbuild';

await rm('dist', { recursive: true, force: true });

const extension = await context({
  entryPoints: ['src/extension.ts'],
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
  // jsonc-parser's "main" is UMD, whose requires no bundler can follow.
  mainFields: ['module', 'main'],
  // Dependencies in CommonJS call require() for Node's own modules, which an ES module does not have.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  minify: true,
  keepNames: true,
  sourcemap: process.argv.includes('--watch') ? 'linked' : false,
  metafile: true,
  logLevel: 'info',
});

if (process.argv.includes('--watch')) {
  await extension.watch();
} else {
  await extension.rebuild();
  await extension.dispose();
}
