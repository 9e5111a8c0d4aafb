import { readdir } from 'node:fs/promises';
import path from 'node:path';
import Mocha from 'mocha';
import { SilentReporter } from '../reporter.ts';

/**
 * What the extension host calls: runs every `*.test.js` beside this file, so that none can be forgotten. Throws when a
 * test fails or there is none; the records go to the file named by CACHE_OPS_TEST_RECORDS.
 */
export async function run(): Promise<void> {
  const output = process.env['CACHE_OPS_TEST_RECORDS'];
  if (output === undefined) throw new Error('CACHE_OPS_TEST_RECORDS is not set: it names the file for the results.');
  const mocha = new Mocha({ timeout: 20_000, reporter: SilentReporter, reporterOptions: { output } });
  const files = (await readdir(import.meta.dirname)).filter((file) => file.endsWith('.test.js')).toSorted();
  for (const file of files) mocha.addFile(path.join(import.meta.dirname, file));
  await mocha.loadFilesAsync();
  const { stats } = await new Promise<Mocha.Runner>((resolve) => {
    const runner = mocha.run(() => resolve(runner));
  });
  if (stats === undefined || stats.tests === 0) throw new Error('No test ran.');
  if (stats.failures > 0) throw new Error(`${stats.failures} of ${stats.tests} tests failed.`);
}
