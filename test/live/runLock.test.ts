import assert from 'node:assert/strict';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { systemClock } from '../../src/core/clock.ts';
import { beginChange } from '../../src/core/run/changeEntry.ts';
import { planOfCommands } from '../../src/core/run/changePlan.ts';
import { UnitRun } from '../../src/core/run/unitRun.ts';
import { unitsOf } from '../../src/core/run/units.ts';
import { eventually } from '../eventually.ts';
import { operationOf } from '../unit/core/operations/ports.ts';
import { journalIn, linesIn, realPorts } from './support/journals.ts';
import { contextOf, environmentOf, readChecklist, runChecklist, TestPerson } from './support/runs.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-run-lock');
const shop = environmentOf();

function bash(code: string): string {
  return `\`\`\`bash\n${code}\n\`\`\`\n`;
}

/** Waits until somebody makes the file. */
const waiting = 'touch begun; until test -e go; do sleep 0.05; done';

describe('a checklist run and the environment’s lock', () => {
  /** A person in a window of their own: journal and lock are real, and shared by all windows. */
  const inWindow = (): TestPerson => {
    const person = new TestPerson();
    person.beginChange = (title, commands, reason) => {
      const at = { environment: shop, document: 'plan.md', identities: [], lastBackup: undefined, clock: systemClock };
      const ports = { ...realPorts(folder), clock: systemClock, say: (line: string) => void person.asked.push(line) };
      return beginChange(planOfCommands(title, commands, at), reason, ports);
    };
    return person;
  };
  const operation = (): Promise<unknown> => new OperationRunner(realPorts(folder)).run(operationOf(shop));
  const isThere = (name: string): Promise<void> => access(path.join(folder, name));
  const go = (): Promise<void> => writeFile(path.join(folder, 'go'), '');

  beforeEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  });

  it('that changes something keeps operations and other runs out until it has ended', async () => {
    const first = runChecklist(`# Plan\n\n${bash(waiting)}`, inWindow(), folder);
    await eventually(() => isThere('begun'));
    await assert.rejects(operation(), { code: 'busy', message: /Another operation is at work since .*: touch begun/ });
    const other = runChecklist(`# Plan\n\n${bash('touch other')}`, inWindow(), folder);
    await assert.rejects(other, { code: 'busy' });
    await assert.rejects(isThere('other'));
    await go();
    assert.equal((await first).stopped, undefined);
    await operation();
    assert.deepEqual(await linesIn(folder), [
      'Change one thing: done and verified',
      `${(await journalIn(folder)).entries.at(-1)?.begun.title ?? ''}: done and verified`,
    ]);
  });

  it('that changes something is not begun while an operation is at work', async () => {
    const lock = await realPorts(folder).locks.acquire(shop, 'Flush cache:*');
    const run = runChecklist(`# Plan\n\n${bash('touch changed')}`, inWindow(), folder);
    await assert.rejects(run, { code: 'busy', message: /Another operation is at work since .*: Flush cache:\*/ });
    await assert.rejects(isThere('changed'));
    assert.deepEqual(await linesIn(folder), []);
    lock.dispose();
  });

  it('that only reads runs beside an operation', async () => {
    const lock = await realPorts(folder).locks.acquire(shop, 'Flush cache:*');
    const summary = await runChecklist(`# Plan\n\n${bash('echo PONG\n# Expected: PONG')}`, inWindow(), folder);
    assert.deepEqual([summary.passed, summary.stopped], [1, undefined]);
    lock.dispose();
  });

  it('of several blocks leaves the environment free between them, so that one who waits there can roll back', async () => {
    const text = `# Plan\n\n## Do\n\n${bash('touch one')}\n- [ ] Edit \`.env\`\n\n${bash('vi .env')}\n${bash('touch two')}`;
    const person = inWindow();
    person.doByHand = async () => {
      await operation();
      return 'done';
    };
    const summary = await runChecklist(text, person, folder);
    assert.equal(summary.stopped, undefined);
    await isThere('two');
    assert.equal((await linesIn(folder)).length, 3);
  });

  it('that is cancelled, fails or ends in a terminal of its own gives the environment back', async () => {
    const { checklist, meaning, text } = readChecklist(`# Plan\n\n${bash(waiting)}`);
    const abort = new AbortController();
    const run = new UnitRun(contextOf(text, shop, folder), inWindow(), abort.signal).run(
      unitsOf(checklist, meaning, undefined),
      [],
    );
    await eventually(() => isThere('begun'));
    abort.abort();
    assert.equal((await run).stopped, 'Cancelled.');
    await operation();
    await runChecklist(`# Plan\n\n${bash('touch x; false')}`, inWindow(), folder);
    await operation();
    const person = inWindow();
    await runChecklist(`# Plan\n\n${bash('docker compose up')}`, person, folder);
    assert.deepEqual(person.asked, ['terminal docker compose up']);
    await operation();
  });

  it('writes down each of two commands that are the same', async () => {
    await runChecklist(`# Plan\n\n${bash('echo x >> log\necho x >> log')}`, inWindow(), folder);
    const [entry] = (await journalIn(folder)).entries;
    assert.deepEqual(
      entry?.ended?.steps.map(({ title, state }) => `${title}: ${state}`),
      ['echo x >> log: done', 'echo x >> log: done'],
    );
  });
});
