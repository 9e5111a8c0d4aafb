import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { openFlush } from '../../src/clients/flush/open.ts';
import { deployLine } from '../../src/clients/rollback/deploy.ts';
import { gitReturn } from '../../src/clients/rollback/gitReturn.ts';
import { releaseLink } from '../../src/clients/rollback/releaseLink.ts';
import { Tunnels } from '../../src/clients/tunnels.ts';
import { systemClock } from '../../src/core/clock.ts';
import { operationStep } from '../../src/core/rollback/operationStep.ts';
import type { RollBackMeans } from '../../src/core/rollback/rollBack.ts';
import { noMeans, ran, startDesk } from './support/desk.ts';
import { environmentOf } from './support/runs.ts';
import type { Desk } from './support/desk.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-rollback');

describe('flags and rollback on the sample application', function () {
  this.timeout(60_000);
  let desk: Desk;

  before(async () => {
    desk = await startDesk(folder);
  });
  after(() => desk?.stop());
  beforeEach(() => desk.reset());

  it('turns the flag off, restarts, and sees the hits stand still and the latency within its limit', async () => {
    const { report, verification } = ran(await desk.rollBack('immediate'));
    assert.deepEqual(verification.verdict, { kind: 'passed' }, JSON.stringify([report, verification]));
    assert.equal(await desk.env(), 'CACHE_ENABLED=false # the whole cache\n');
    const said = verification.findings.join('\n');
    assert.match(said, /runs with CACHE_ENABLED false, says the application/);
    assert.match(said, /CACHE_ENABLED: no hit in \d+ requests within/);
    assert.match(said, /Recovered: \d+ requests, error rate not measured, p95 \d+ ms; within the limits/);
    assert.match(said, /\d\.\d s of the 5 min budget were used/);
    assert.ok(desk.lines.length >= 3, 'each look is shown');
    assert.deepEqual(
      desk.operator.journal.map(({ id, state }) => `${id} ${state}`),
      ['flag CACHE_ENABLED done', 'restart done', 'healthy done', 'effect done', 'flat done', 'watch done'],
    );
  });

  it('sets a flag on and off to explicit values; what is so already is said', async () => {
    assert.deepEqual(ran(await desk.setFlag('false', { shown: 'true' })).verification.verdict, { kind: 'passed' });
    const again = await desk.setFlag('false');
    assert.equal(again.kind, 'nothingToDo');
    await assert.rejects(desk.setFlag('true', { shown: 'true' }), /is false now, not true as shown/);
    assert.deepEqual(ran(await desk.setFlag('true', { shown: 'false' })).verification.verdict, { kind: 'passed' });
  });

  it('restarts where the file says it already, but the application runs with another value', async () => {
    await writeFile(desk.envFile, 'CACHE_ENABLED=false\n');
    const { report, verification } = ran(await desk.setFlag('false'));
    assert.deepEqual(report.steps.map(({ id }) => id).slice(0, 1), ['restart']);
    assert.deepEqual(verification.verdict, { kind: 'passed' });
  });

  it('leaves out what it is told to, with the reason in the journal', async () => {
    const { report, verification } = ran(
      await desk.rollBack('immediate', {
        skipped: [
          ['watch', 'no time'],
          ['restart', 'reads it live'],
        ],
      }),
    );
    assert.equal(report.steps.find(({ id }) => id === 'restart')?.why, 'reads it live');
    assert.equal(verification.verdict.kind, 'failed', 'it runs on with the old value');
  });

  describe('the code', () => {
    const repository = path.join(folder, 'repository');
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-C', repository, '-c', 'commit.gpgsign=false', ...args], {
        encoding: 'utf8',
        stdio: 'pipe',
      }).trim();

    beforeEach(async () => {
      await rm(repository, { recursive: true, force: true });
      await mkdir(repository, { recursive: true });
      git('init', '-q', '-b', 'main');
      git('config', 'user.name', 'Operations');
      git('config', 'user.email', 'ops@example.org');
      await writeFile(path.join(repository, 'app'), 'before\n');
      git('add', '.');
      git('commit', '-q', '-m', 'Before');
      git('tag', 'pre-cache');
      await writeFile(path.join(repository, 'app'), 'with cache\n');
      await writeFile(path.join(repository, 'cache'), 'new\n');
      git('add', '.');
      git('commit', '-q', '-m', 'Cache');
    });

    const means = (strategy: 'revert' | 'checkout'): RollBackMeans => ({
      ...noMeans,
      code: [
        gitReturn({ directory: repository, tag: 'pre-cache', strategy, nowMs: Date.now() }),
        deployLine('cat repository/app > deployed', folder, systemClock),
      ],
    });
    const noWatch: readonly [string, string][] = [['watch', 'not here']];

    it('is taken back by a commit on a branch of its own, and deployed; no branch is moved', async () => {
      const main = git('rev-parse', 'main');
      const { report, verification } = ran(await desk.rollBack('full', { means: means('revert'), skipped: noWatch }));
      assert.deepEqual(
        report.steps.map(({ id, state }) => `${id} ${state}`),
        [
          'flag CACHE_ENABLED done',
          'restart done',
          'code done',
          'deploy done',
          'healthy done',
          'effect done',
          'flat done',
          'watch skipped',
        ],
      );
      assert.equal(verification.verdict.kind, 'inconclusive', 'the recovery was not watched');
      assert.equal(git('rev-parse', 'main'), main);
      assert.match(git('branch', '--show-current'), /^rollback\/pre-cache-\d{8}-\d{6}$/);
      assert.equal(git('diff', 'pre-cache', 'HEAD'), '');
      assert.equal(await readFile(path.join(folder, 'deployed'), 'utf8'), 'before\n');
    });

    it('is the tag itself where the settings want it checked out', async () => {
      await desk.rollBack('full', { means: means('checkout'), skipped: noWatch });
      assert.equal(git('rev-parse', 'HEAD'), git('rev-parse', 'pre-cache'));
      assert.equal(git('branch', '--show-current'), '');
    });

    it('is left alone while there are changes that are not committed', async () => {
      await writeFile(path.join(repository, 'app'), 'my work\n');
      await assert.rejects(
        desk.rollBack('full', { means: means('revert') }),
        /1 file has changes that are not committed \(app\)/,
      );
      assert.equal(await readFile(path.join(repository, 'app'), 'utf8'), 'my work\n');
      assert.match(await desk.env(), /=true/, 'nothing at all was changed');
    });

    it('changed between plan and run, is left alone too', async () => {
      desk.operator.beforeConfirm = () => writeFile(path.join(repository, 'app'), 'my work\n');
      const { report } = ran(await desk.rollBack('full', { means: means('revert'), skipped: noWatch }));
      assert.match(report.why ?? '', /app changed meanwhile and is not committed/);
      assert.equal(await readFile(path.join(repository, 'app'), 'utf8'), 'my work\n');
      assert.equal(git('branch', '--show-current'), 'main');
    });

    it('that is in no repository stands in the way, unless it is left out', async () => {
      const code = [gitReturn({ directory: '/', tag: 'pre-cache', strategy: 'revert', nowMs: Date.now() })];
      await assert.rejects(desk.rollBack('full', { means: { ...noMeans, code } }), /is no git repository/);
      assert.match(await desk.env(), /=true/);
      const skipped = [...noWatch, ['code', 'by hand'] as const];
      const { report } = ran(await desk.rollBack('full', { means: { ...noMeans, code }, skipped }));
      assert.equal(report.ended, 'completed');
    });

    it('comes back when a later step is undone', async () => {
      desk.operator.answers = [{ kind: 'undo' }];
      const [code] = means('revert').code;
      assert.ok(code);
      const failing = { ...noMeans, code: [code, deployLine('exit 1', folder, systemClock)] };
      const { report, verification } = ran(await desk.rollBack('full', { means: failing, skipped: noWatch }));
      assert.equal(report.ended, 'undone');
      assert.equal(git('branch', '--show-current'), 'main');
      assert.equal(git('branch', '--list', 'rollback/*'), '');
      assert.match(await desk.env(), /=true/);
      assert.deepEqual(verification.verdict, { kind: 'passed' }, 'all is as it was');
    });
  });

  it('empties the cache’s own namespaces with the code, planned and counted like a flush of its own', async () => {
    const client = new Redis(desk.redisUrl);
    try {
      await client.mset({ 'old:1': 'x', 'old:2': 'x', 'other:1': 'x' });
      const environment = environmentOf({
        redis: { url: desk.redisUrl },
        namespaces: { old: { prefix: 'old:' } },
      });
      const secret = (): Promise<undefined> => Promise.resolve(undefined);
      const tunnels = new Tunnels({
        clock: systemClock,
        secretOf: () => () => Promise.resolve(undefined),
        isAllowed: () => false,
        onEnded: () => undefined,
      });
      const flush = openFlush({ what: 'namespace', name: 'old' }, { environment, secret, tunnels, clock: systemClock });
      const means = { ...noMeans, code: [operationStep('flush old', flush, systemClock)] };
      const { plan, report } = ran(await desk.rollBack('full', { means, skipped: [['watch', 'not here']] }));
      assert.equal(plan.effect, 'destructive');
      assert.ok(plan.identities.some(({ service }) => service === 'Redis'));
      assert.match(plan.summary, /2 keys/);
      assert.equal(report.steps.find(({ id }) => id === 'flush old')?.state, 'done');
      assert.deepEqual(await client.mget('old:1', 'old:2', 'other:1'), [null, null, 'x']);
    } finally {
      client.disconnect();
    }
  });

  it('the link back to the release before, replaced as a whole, then a restart', async () => {
    const at = (name: string): string => path.join(folder, name);
    await mkdir(at('releases/41'), { recursive: true });
    await mkdir(at('releases/42'), { recursive: true });
    await symlink('releases/42', at('current'));
    await symlink('releases/41', at('previous'));
    const release = releaseLink({ link: at('current'), previous: undefined });
    const { report } = ran(
      await desk.rollBack('release', { means: { ...noMeans, release }, skipped: [['watch', 'not here']] }),
    );
    assert.equal(await readlink(at('current')), 'releases/41');
    assert.deepEqual(report.steps.map(({ id }) => id).slice(0, 2), ['link', 'restart']);
    assert.match(await desk.env(), /=true/, 'flags are left alone');
    const again = { ...noMeans, release: releaseLink({ link: at('current'), previous: undefined }) };
    const second = ran(await desk.rollBack('release', { means: again, skipped: [['watch', 'not here']] }));
    assert.match(second.plan.warnings.join(), /points to releases\/41 already/);
    assert.equal(second.report.ended, 'completed', 'as after one that was interrupted: it is started');
  });
});
