import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OpsError } from '../../src/core/errors.ts';
import { ran, startDesk } from '../live/support/desk.ts';
import type { Desk } from '../live/support/desk.ts';
import { startHttpStandIn } from '../live/support/httpStandIn.ts';
import { startSampleApp } from '../sandbox/sampleApp.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/faults-rollback');

describe('flags and rollback in trouble', function () {
  this.timeout(60_000);
  let desk: Desk;

  before(async () => {
    desk = await startDesk(folder);
  });
  after(() => desk?.stop());
  beforeEach(() => desk.reset());

  it('changes nothing where somebody changed the file after the plan was shown', async () => {
    desk.operator.beforeConfirm = () => writeFile(desk.envFile, 'CACHE_ENABLED=maybe\n');
    await assert.rejects(
      desk.rollBack('immediate'),
      (error) => error instanceof OpsError && error.code === 'cancelled',
    );
    assert.match(desk.operator.said.join('\n'), /not as planned: CACHE_ENABLED is maybe now; it was true/);
    assert.equal(await desk.env(), 'CACHE_ENABLED=maybe\n');
    assert.deepEqual(desk.operator.journal, []);
  });

  it('says what is done and what is not when a restart hangs, and takes it back when asked to', async () => {
    const target = { kind: 'envFile', file: '.env', restart: 'sleep 300', settleWithin: '1s' };
    desk.operator.answers = [{ kind: 'undo' }];
    const { report, verification } = ran(await desk.rollBack('immediate', { settings: { target } }));
    assert.match(desk.operator.failures[0]?.why ?? '', /“sleep 300” took longer than 1 s\. It was ended/);
    assert.equal(await desk.env(), 'CACHE_ENABLED=true # the whole cache\n', 'the old value is back');
    assert.equal(report.ended, 'undone');
    assert.match(report.steps[0]?.why ?? '', /The old value is back, but the application was not restarted/);
    assert.deepEqual(verification.verdict, { kind: 'passed' }, 'it runs with the old value, as it did');
  });

  it('a failed step can be tried again', async () => {
    const target = { kind: 'envFile', file: '.env', restart: 'test -e ok && sh scripts/restart.sh sandbox' };
    desk.operator.answers = [{ kind: 'retry' }];
    desk.operator.onFailure = () => writeFile(path.join(folder, 'ok'), '');
    const { verification } = ran(await desk.setFlag('false', { settings: { target } }));
    await rm(path.join(folder, 'ok'));
    assert.deepEqual(verification.verdict, { kind: 'passed' });
    assert.equal(desk.operator.failures.length, 1);
  });

  it('does not believe an application that says healthy and runs on with the old value (stand-in)', async () => {
    const server = await startHttpStandIn(({ url }) =>
      url === '/metrics'
        ? { body: 'tool_cache_hits_total 1\ntool_cache_misses_total 1\n' }
        : { body: { status: 'healthy', flags: { CACHE_ENABLED: true } } },
    );
    try {
      const application = { health: `${server.url}/health`, metrics: `${server.url}/metrics` };
      const { report, verification } = ran(await desk.rollBack('immediate', { settings: { application } }));
      assert.equal(report.ended, 'failed');
      assert.match(
        desk.operator.failures[0]?.why ?? '',
        /goes on running with CACHE_ENABLED true, says the application/,
      );
      assert.equal(verification.verdict.kind, 'failed');
    } finally {
      await server.stop();
    }
  });

  it('does not believe an application that says healthy while its cache still answers (stand-in)', async () => {
    let hits = 0;
    const server = await startHttpStandIn(({ url }) =>
      url === '/metrics'
        ? { body: `tool_cache_hits_total ${(hits += 3)}\ntool_cache_misses_total 1\n` }
        : { body: { status: 'healthy', flags: { CACHE_ENABLED: false } } },
    );
    try {
      const application = { health: `${server.url}/health`, metrics: `${server.url}/metrics` };
      await desk.rollBack('immediate', { settings: { application } });
      assert.match(desk.operator.failures[0]?.why ?? '', /the cache is still at work: \d+ hits of \d+ requests/);
    } finally {
      await server.stop();
    }
  });

  for (const at of ['restart', 'healthy', 'effect', 'flat', 'watch'] as const)
    it(`an application that dies at “${at}” is not called rolled back`, async () => {
      const pidFile = path.join(folder, 'run/dying.pid');
      const dying = await startSampleApp({ envFile: desk.envFile, pidFile, redis: { url: desk.redisUrl } });
      const application = { health: `${dying.url}/health`, metrics: `${dying.url}/metrics` };
      const killing = `kill -9 $(cat run/dying.pid)`;
      const restart = at === 'restart' ? killing : 'sh scripts/restart.sh dying';
      const titles = { restart: /^$/, healthy: /^Wait until/, effect: /^Ask what/, flat: /^See on/, watch: /^Watch/ };
      desk.operator.onSay = (words, abort) => {
        if (titles[at].test(words)) execFileSync('sh', ['-c', killing], { cwd: folder });
        // A minute of waiting for health says no more than a second does.
        if (/^(?:Wait until the application|Ask what).* seconds/.test(words)) abort();
      };
      const target = { kind: 'envFile', file: '.env', restart };
      const { report, verification } = ran(await desk.rollBack('immediate', { settings: { application, target } }));
      await dying.kill();
      assert.notEqual(report.ended, 'completed');
      assert.equal(verification.verdict.kind, 'failed', JSON.stringify(verification));
      assert.match(JSON.stringify(verification), /down|refused/);
    });
});
