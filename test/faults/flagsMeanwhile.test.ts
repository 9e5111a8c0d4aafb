import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SetFlag } from '../../src/core/flags/setFlag.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { ran } from '../live/support/desk.ts';
import { flagSurroundings, testOperator } from '../live/support/operations.ts';
import type { TestOperator } from '../live/support/operations.ts';
import { environmentOf } from '../unit/core/operations/ports.ts';
import { writePrograms } from './matrix/programs.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/faults-flags');
const platform = path.join(folder, 'desk/platform');
const inherited = process.env;

/** The platforms are stand-ins: see programs.ts. */
describe('While a flag is set', function () {
  this.timeout(60_000);
  let operator: TestOperator;

  beforeEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(platform, { recursive: true });
    await writePrograms(path.join(folder, 'programs'));
    process.env = {
      ...inherited,
      PATH: `${path.join(folder, 'programs')}:${inherited['PATH'] ?? ''}`,
      PLATFORMS: folder,
    };
    operator = testOperator();
  });
  afterEach(async () => {
    process.env = inherited;
    await rm(folder, { recursive: true, force: true });
  });

  const put = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(platform, name)), { recursive: true });
      await writeFile(path.join(platform, name), text);
    }
  };
  const held = (name: string): Promise<string> => readFile(path.join(platform, name), 'utf8');
  const setFlag = (target: object) => {
    const environment = environmentOf({ flags: { CACHE_ENABLED: { on: '1', off: '0' } }, target });
    const operation = new SetFlag(flagSurroundings(environment, folder), { name: 'CACHE_ENABLED', value: '0' });
    return new OperationRunner(operator.ports).run(operation);
  };

  const kubernetes = { kind: 'kubernetes', context: 'desk', namespace: 'shop', workload: 'deployment/desk' };
  const deployed = { value: '1', running: '1', revision: '1', 'revision-1': '1' };

  it('kubectl is there but forbidden: it is not begun', async () => {
    await put({ ...deployed, forbidden: '' });
    await assert.rejects(setFlag(kubernetes), {
      code: 'permission',
      message: /was not begun.*may not patch deployment/,
    });
    assert.equal(await held('value'), '1');
    assert.deepEqual(operator.journal, []);
  });

  it('the right is taken away after the plan: it says so, and that nothing was changed', async () => {
    await put(deployed);
    operator.beforeConfirm = () => put({ forbidden: '' });
    const { report, verification } = ran(await setFlag(kubernetes));
    assert.match(report.why ?? '', /forbidden.*Ask for the right/);
    assert.equal(verification.verdict.kind, 'failed');
    assert.match(verification.verdict.why, /CACHE_ENABLED is 1, not 0/);
    assert.deepEqual([await held('value'), await held('revision')], ['1', '1']);
  });

  it('somebody else changes the file between check and change: theirs stays', async () => {
    const file = path.join(folder, '.env');
    await writeFile(file, 'CACHE_ENABLED=1\n');
    operator.onSay = (words) => {
      if (words.startsWith('Set CACHE_ENABLED')) void writeFile(file, 'CACHE_ENABLED=maybe\n');
    };
    // The file is read again once the step has begun; whoever was first there, nothing of theirs is lost.
    const { report } = ran(await setFlag({ kind: 'envFile', file: '.env', restart: 'true' }));
    assert.equal(report.ended, 'failed');
    assert.match(report.why ?? '', /changed by someone else|says maybe now, not 1 as shown|is no value/);
    assert.equal(await readFile(file, 'utf8'), 'CACHE_ENABLED=maybe\n');
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  it('the connection to its machine breaks in the middle of the drop-in: the old one stays whole', async () => {
    const dropIn = 'config/systemd/user/desk.service.d/cache-ops.conf';
    const unit = '[Service]\nEnvironment="CACHE_ENABLED=1"\nEnvironment="OTHER=a value of some length"\n';
    await put({ [dropIn]: unit, read: unit, restart: 'http://127.0.0.1:9/restart' });
    operator.onSay = (words) => {
      if (words.startsWith('Set CACHE_ENABLED')) void put({ cut: '' });
    };
    const { report } = ran(await setFlag({ kind: 'systemd', unit: 'desk.service', scope: 'user', host: 'desk' }));
    assert.equal(report.ended, 'failed');
    assert.equal(await held(dropIn), unit);
    assert.deepEqual(await readdir(path.dirname(path.join(platform, dropIn))), [path.basename(dropIn)]);
  });
});
