// npm run bench [-- name…] [--json FILE]: measures, prints a table, and fails when a limit is missed. A name selects
// figures by their beginning.
import { mkdirSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runProgram } from '../runProgram.ts';
import { formatTable, isWithinLimit, toRecord } from './figure.ts';
import type { Figure } from './figure.ts';

interface BenchModule {
  /** The names of its figures, so that those not asked for are not measured; without it, it is always run. */
  readonly names?: readonly string[];
  run(): Promise<readonly Figure[]>;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
  const isWanted = (name: string): boolean =>
    positionals.length === 0 || positionals.some((prefix) => name.startsWith(prefix));
  const modules = (await loadModules()).filter(({ names }) => names?.some(isWanted) ?? true);
  await build();
  const figures: Figure[] = [];
  for (const module of modules) figures.push(...(await module.run()).filter(({ name }) => isWanted(name)));
  if (figures.length === 0) {
    console.error(`No figure begins with ${positionals.join(', ')}.`);
    return 2;
  }
  console.log(formatTable(figures));
  if (values.json !== undefined) {
    mkdirSync(path.dirname(path.resolve(values.json)), { recursive: true });
    await writeFile(values.json, `${JSON.stringify(figures.map(toRecord), undefined, 2)}\n`);
  }
  const missed = figures.filter((figure) => !isWithinLimit(figure));
  if (missed.length > 0) console.log(`\nLimits missed: ${missed.map(({ name }) => name).join(', ')}`);
  return missed.length === 0 ? 0 : 1;
}

/** Every module of this folder that measures something: those that export `run`. */
async function loadModules(): Promise<readonly BenchModule[]> {
  const own = path.basename(import.meta.filename);
  const files = (await readdir(import.meta.dirname)).filter((file) => file.endsWith('.ts') && file !== own);
  const loaded = await Promise.all(
    files.toSorted().map((file): Promise<unknown> => import(path.join(import.meta.dirname, file))),
  );
  return loaded.filter(isBenchModule);
}

function isBenchModule(module: unknown): module is BenchModule {
  return typeof module === 'object' && module !== null && 'run' in module;
}

async function build(): Promise<void> {
  const { ok, output } = await runProgram(process.execPath, ['esbuild.mjs'], { timeoutMs: 60_000 });
  if (!ok) throw new Error(`The extension could not be built (node esbuild.mjs):\n${output}`);
}
