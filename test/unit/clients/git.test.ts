import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTag, isIgnoredByGit, readGitFacts, tagCommit } from '../../../src/clients/git.ts';
import { OpsError } from '../../../src/core/errors.ts';

describe('git facts', () => {
  let folder = '';
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'commit.gpgsign=false', ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'cache-ops-git-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are the commit, the branch and who works there', async () => {
    git('init', '-q', '-b', 'trunk');
    git('config', 'user.name', 'Operations');
    git('config', 'user.email', 'ops@example.org');
    const before = await readGitFacts(folder);
    assert.deepEqual(before, {
      kind: 'repository',
      commit: undefined,
      branch: 'trunk',
      user: 'Operations',
      isDirty: false,
    });
    writeFileSync(path.join(folder, 'a'), '1');
    git('add', 'a');
    git('commit', '-q', '-m', 'One');
    const commit = git('rev-parse', 'HEAD');
    assert.deepEqual(await readGitFacts(folder), {
      kind: 'repository',
      commit,
      branch: 'trunk',
      user: 'Operations',
      isDirty: false,
    });
    writeFileSync(path.join(folder, 'a'), '2');
    git('checkout', '-q', '--detach');
    assert.deepEqual(await readGitFacts(folder), {
      kind: 'repository',
      commit,
      branch: undefined,
      user: 'Operations',
      isDirty: true,
    });
  });

  it('say where there is no repository', async () => {
    assert.deepEqual(await readGitFacts(folder), { kind: 'none', why: 'the folder is not in a git repository' });
  });

  it('start no program that the repository’s settings name', async () => {
    git('init', '-q');
    const trace = path.join(folder, 'started');
    writeFileSync(path.join(folder, 'monitor.sh'), `#!/bin/sh\ntouch '${trace}'\n`, { mode: 0o755 });
    git('config', 'core.fsmonitor', path.join(folder, 'monitor.sh'));
    await readGitFacts(folder);
    assert.throws(() => rmSync(trace), /ENOENT/);
  });

  it('are tagged where the commit is, and a tag is never moved', async () => {
    git('init', '-q');
    git('config', 'user.name', 'Operations');
    git('config', 'user.email', 'ops@example.org');
    git('commit', '-q', '--allow-empty', '-m', 'One');
    const first = git('rev-parse', 'HEAD');
    await createTag(folder, 'before', first);
    await createTag(folder, 'before', first);
    git('commit', '-q', '--allow-empty', '-m', 'Two');
    await assert.rejects(createTag(folder, 'before', git('rev-parse', 'HEAD')), /did not set the tag/);
    assert.equal(await tagCommit(folder, 'before'), first);
    await assert.rejects(createTag(folder, 'no name', first), /did not set the tag/);
  });

  it('say what git leaves out', async () => {
    assert.equal(await isIgnoredByGit(folder, 'backups/x'), true, 'there is no repository to take it along');
    git('init', '-q');
    assert.equal(await isIgnoredByGit(folder, 'backups/x'), false);
    writeFileSync(path.join(folder, '.gitignore'), '/backups/\n');
    assert.equal(await isIgnoredByGit(folder, 'backups/x'), true);
  });

  it('can be cancelled', async () => {
    const error = await readGitFacts(folder, AbortSignal.abort()).catch((reason: unknown) => reason);
    assert.ok(error instanceof OpsError && error.code === 'cancelled');
  });
});
