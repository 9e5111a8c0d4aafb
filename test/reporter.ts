import { appendFileSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import type { TestRecord } from './results.ts';

/**
 * Mocha's own "spec" listing on the screen, and a {@link TestRecord} per line in the file named by the reporter option
 * `output`.
 */
export default class RecordingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    recordTests(runner, options);
  }
}

/** The records alone, for where nobody sees the screen. */
export class SilentReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    recordTests(runner, options);
  }
}

/** Each line is written at once, so that a run which hangs or dies still shows how far it came. */
function recordTests(runner: Mocha.Runner, options: Mocha.MochaOptions): void {
  const file: unknown = options.reporterOptions?.['output'];
  if (typeof file !== 'string') return;
  writeFileSync(file, '');
  const write = (record: TestRecord | 'end'): void => appendFileSync(file, `${JSON.stringify(record)}\n`);
  runner.on('test', (test) => write({ state: 'started', title: test.titlePath() }));
  runner.on('pass', (test) => write({ state: 'passed', title: test.titlePath(), durationMs: test.duration ?? 0 }));
  runner.on('pending', (test) => write({ state: 'skipped', title: test.titlePath() }));
  runner.on('fail', (test, error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
    write({ state: 'failed', title: test.titlePath(), error: text });
  });
  runner.once('end', () => write('end'));
}
