// npm test: all suites in order, or those whose names begin with an argument (`npm test -- unit host`).
import type { Counts } from './results.ts';
import { suites } from './suites.ts';
import type { Need, Suite } from './suites.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<number> {
  const chosen = suites.filter(({ name }) => names.length === 0 || names.some((prefix) => name.startsWith(prefix)));
  const unknown = names.filter((prefix) => !suites.some(({ name }) => name.startsWith(prefix)));
  if (unknown.length > 0) {
    console.error(`There is no suite ${unknown.join(', ')}. There are: ${suites.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  const begin = performance.now();
  const prepared = prepare(chosen);
  // Awaited first, since compiling beside the tests would disturb them.
  await Promise.allSettled(prepared.values());
  const summary = [`${'preparing'.padEnd(12)}${secondsSince(begin)} s`];
  const total = { passed: 0, failed: 0 };
  for (const suite of chosen) {
    console.log(`\n${suite.name}`);
    const start = performance.now();
    const counts = await runSuite(suite, prepared);
    summary.push(
      `${suite.name.padEnd(12)}${counts.passed} passed, ${counts.failed} failed in ${secondsSince(start)} s`,
    );
    total.passed += counts.passed;
    total.failed += counts.failed;
  }
  console.log(`\n${summary.join('\n')}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

function secondsSince(startMs: number): string {
  return ((performance.now() - startMs) / 1000).toFixed(1);
}

/** Installs what the chosen suites need, all of it side by side, and builds the extension; by need, how that went. */
function prepare(chosen: readonly Suite[]): ReadonlyMap<Need, Promise<unknown>> {
  const needs = new Set(chosen.flatMap((suite) => suite.needs));
  return new Map([...needs].map((need) => [need, need(console.log)]));
}

/** A suite that breaks, or lacks what it needs, counts as a failure; the others still run. */
async function runSuite(suite: Suite, prepared: ReadonlyMap<Need, Promise<unknown>>): Promise<Counts> {
  try {
    for (const need of suite.needs) await prepared.get(need);
    const counts = await suite.run();
    if (counts.passed + counts.failed > 0) return counts;
    console.log(`  ${suite.name} ran no test.`);
  } catch (error) {
    console.log(`  ${suite.name} could not run:`, error);
  }
  return { passed: 0, failed: 1 };
}
