// npm test: all suites in order, or those whose names begin with an argument (`npm test -- unit host`).
import type { Counts } from './results.ts';
import { runProgram } from './runProgram.ts';
import { suites } from './suites.ts';
import type { Suite } from './suites.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<number> {
  const chosen = suites.filter(({ name }) => names.length === 0 || names.some((prefix) => name.startsWith(prefix)));
  const unknown = names.filter((prefix) => !suites.some(({ name }) => name.startsWith(prefix)));
  if (unknown.length > 0) {
    console.error(`There is no suite ${unknown.join(', ')}. There are: ${suites.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  await prepare(chosen);
  const summary: string[] = [];
  const total = { passed: 0, failed: 0 };
  for (const suite of chosen) {
    console.log(`\n${suite.name}`);
    const start = performance.now();
    const counts = await runSuite(suite);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    summary.push(`${suite.name.padEnd(12)}${counts.passed} passed, ${counts.failed} failed in ${seconds} s`);
    total.passed += counts.passed;
    total.failed += counts.failed;
  }
  console.log(`\n${summary.join('\n')}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** Installs what the chosen suites need, side by side, and builds the extension once. */
async function prepare(chosen: readonly Suite[]): Promise<void> {
  const needs = new Set(chosen.flatMap((suite) => suite.needs));
  await Promise.all([...needs].map((need) => need(console.log)));
  if (!chosen.some((suite) => suite.needsBuild)) return;
  const { ok, output } = await runProgram(process.execPath, ['esbuild.mjs'], { timeoutMs: 60_000 });
  if (!ok) throw new Error(`The extension could not be built (node esbuild.mjs):\n${output}`);
}

/** A suite that breaks counts as a failure; the others still run. */
async function runSuite(suite: Suite): Promise<Counts> {
  try {
    const counts = await suite.run();
    if (counts.passed + counts.failed > 0) return counts;
    console.log(`  ${suite.name} ran no test.`);
  } catch (error) {
    console.log(`  ${suite.name} could not run:`, error);
  }
  return { passed: 0, failed: 1 };
}
