import { OpsError } from '../../core/errors.ts';
import { commandWords } from '../../core/flags/commandWords.ts';
import type { Preparable, Prepared } from '../../core/rollback/way.ts';
import { mustRun, runCommand } from '../command.ts';

export interface GitReturn {
  readonly directory: string;
  readonly tag: string;
  readonly strategy: 'revert' | 'checkout';
  /** For the name of the branch. */
  readonly nowMs: number;
}

const timeoutMs = 60_000;
/** A repository's settings name programs that git would start; nobody is there to answer one. */
const quiet = { GIT_TERMINAL_PROMPT: '0', GIT_EDITOR: 'true', LC_ALL: 'C' };

const inGit = (directory: string) => ({ directory, environment: quiet, timeoutMs });

/**
 * The code back to a tag: by a commit that takes back what came after it, on a branch of its own, or by checking out the
 * tag. No branch is moved, and nothing is done where there are changes that were not committed.
 */
export function gitReturn(wish: GitReturn): Preparable {
  const { directory, tag, strategy } = wish;
  const git = (args: readonly string[], signal: AbortSignal): Promise<string> =>
    mustRun(['git', ...args], { ...inGit(directory), signal });
  const title =
    strategy === 'revert' ? `Take back all commits after ${tag}, on a branch of its own` : `Check out ${tag}`;
  return { id: 'code', title, prepare: (signal) => prepare(wish, title, git, signal) };
}

type Git = (args: readonly string[], signal: AbortSignal) => Promise<string>;

async function prepare(wish: GitReturn, title: string, git: Git, signal: AbortSignal): Promise<Prepared> {
  const { directory, tag, strategy, nowMs } = wish;
  const found = await look(wish, git, signal);
  const branch = await freeBranch(
    `rollback/${tag}-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`,
    directory,
    signal,
  );
  const steps =
    strategy === 'checkout'
      ? [['switch', '--detach', tag]]
      : [
          ['switch', '--create', branch],
          ['restore', '--source', tag, '--staged', '--worktree', '--', ':/'],
          ['commit', '--no-verify', '--allow-empty', '--message', `Roll back to ${tag}`],
        ];
  return {
    piece: {
      step: { id: 'code', title, commands: steps.map((args) => commandWords(['git', ...args])) },
      offers: ['retry', 'skip', 'undo'],
      work: async (step) => {
        const head = (await git(['rev-parse', 'HEAD'], step.signal)).trim();
        if (head !== found.head)
          throw new OpsError(
            'conflict',
            `Another commit is checked out than when it was planned; nothing was changed.`,
          );
        await refuseDirty(git, step.signal);
        try {
          for (const args of steps) await git(args, step.signal);
        } catch (error) {
          // Half done, it would keep a second try from beginning.
          await goBack(found, strategy === 'revert' ? branch : undefined, git);
          throw error;
        }
        step.note(
          `Before: ${found.branch ?? 'no branch'} at ${found.head.slice(0, 12)}. Now: ${strategy === 'revert' ? branch : tag}.`,
        );
      },
      undo: () => goBack(found, strategy === 'revert' ? branch : undefined, git),
    },
    targets: [
      {
        what: `git in ${directory}`,
        count: { value: found.commits, unit: 'commits taken back', exact: true },
        detail: `${found.branch ?? found.head.slice(0, 12)} → ${strategy === 'revert' ? branch : tag}`,
      },
    ],
    obstacles: found.obstacles,
    warnings: found.warnings,
    verify: async (_report, stop) => {
      const { exitCode } = await runCommand(['git', 'diff', '--quiet', tag, 'HEAD'], {
        ...inGit(directory),
        signal: stop,
      });
      if (exitCode === 0)
        return { verdict: { kind: 'passed' }, findings: [`What is checked out is the code of ${tag}.`] };
      return { verdict: { kind: 'failed', why: `what is checked out is not the code of ${tag}` }, findings: [] };
    },
  };
}

/** Another rollback may have begun in the same second. */
async function freeBranch(name: string, directory: string, signal: AbortSignal): Promise<string> {
  for (let number = 1; ; number++) {
    const branch = number === 1 ? name : `${name}-${number}`;
    const asked = ['git', 'show-ref', '--verify', '--quiet', `refs/heads/${branch}`];
    const { exitCode } = await runCommand(asked, { ...inGit(directory), signal });
    if (exitCode !== 0) return branch;
  }
}

interface Found {
  readonly head: string;
  readonly branch: string | undefined;
  readonly commits: number;
  readonly obstacles: readonly string[];
  readonly warnings: readonly string[];
}

async function look({ directory, tag, strategy }: GitReturn, git: Git, signal: AbortSignal): Promise<Found> {
  const ask = async (...args: readonly string[]): Promise<string | undefined> => {
    const result = await runCommand(['git', ...args], { ...inGit(directory), signal });
    return result.exitCode === 0 ? result.stdout.trim() : undefined;
  };
  const head = await ask('rev-parse', '--verify', '--quiet', 'HEAD^{commit}');
  if (head === undefined)
    throw new OpsError('file', `${directory} is no git repository with a commit; nothing was changed.`);
  const commit = await ask('rev-parse', '--verify', '--quiet', `${tag}^{commit}`);
  const obstacles: string[] = [];
  const warnings: string[] = [];
  if (commit === undefined) obstacles.push(`There is no tag ${tag} in ${directory}.`);
  else if ((await ask('merge-base', '--is-ancestor', commit, 'HEAD')) === undefined)
    warnings.push(
      `${tag} is not in the history of what is checked out: what came after it elsewhere is taken back as well.`,
    );
  const dirty = await changedFiles(git, signal);
  if (dirty.length > 0)
    obstacles.push(
      `${dirty.length} ${dirty.length === 1 ? 'file has' : 'files have'} changes that are not committed (${dirty.slice(0, 3).join(', ')}): commit or stash them first.`,
    );
  if (strategy === 'revert' && (await ask('var', 'GIT_COMMITTER_IDENT')) === undefined)
    obstacles.push('git does not know who commits: set user.name and user.email.');
  const branch = await ask('symbolic-ref', '--quiet', '--short', 'HEAD');
  const commits = Number((commit && (await ask('rev-list', '--count', `${commit}..HEAD`))) ?? 0);
  return { head, branch, commits, obstacles, warnings };
}

async function changedFiles(git: Git, signal: AbortSignal): Promise<readonly string[]> {
  const text = await git(['-c', 'core.fsmonitor=false', 'status', '--porcelain', '--untracked-files=no'], signal);
  return text.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
}

async function refuseDirty(git: Git, signal: AbortSignal): Promise<void> {
  const dirty = await changedFiles(git, signal);
  if (dirty.length === 0) return;
  throw new OpsError(
    'conflict',
    `${dirty.join(', ')} changed meanwhile and ${dirty.length === 1 ? 'is' : 'are'} not committed; nothing was changed.`,
    {
      next: 'Commit or stash first.',
    },
  );
}

/** To what was checked out before. The branch was made by us, and its one commit is a tree that the tag keeps. */
async function goBack({ branch, head }: Found, created: string | undefined, git: Git): Promise<void> {
  const { signal } = new AbortController();
  await git(
    branch === undefined ? ['switch', '--discard-changes', '--detach', head] : ['switch', '--discard-changes', branch],
    signal,
  );
  if (created !== undefined) await git(['branch', '--delete', '--force', created], signal).catch(() => undefined);
}
