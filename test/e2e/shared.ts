import { startSession } from './session.ts';
import type { Session } from './session.ts';

let running: Session | undefined;

/** The session that all test files share; inside a test or hook only. */
export function session(): Session {
  if (running === undefined) throw new Error('The session is not running: call this inside a test.');
  return running;
}

// Root hooks: imported by every test file, registered once.
before(async function () {
  this.timeout(120_000);
  running = await startSession('e2e');
});

after(async () => {
  await running?.stop();
});

afterEach(async function () {
  const test = this.currentTest;
  if (test?.state === 'failed')
    await running?.window.screenshot(`failed ${test.fullTitle()}`.replaceAll(/[^\w]+/g, '-').toLowerCase());
});
