import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { OpsError } from '../core/errors.ts';

/** What git knows about a folder. */
export type GitFacts =
  | {
      readonly kind: 'repository';
      /** Full id of the commit that is checked out; undefined before the first commit. */
      readonly commit: string | undefined;
      /** Undefined where no branch is checked out. */
      readonly branch: string | undefined;
      /** Who commits there: a name, else an address. */
      readonly user: string | undefined;
      /** Whether tracked files differ from the commit. */
      readonly isDirty: boolean;
    }
  /** `why` completes "no commit: …". */
  | { readonly kind: 'none'; readonly why: string };

const timeoutMs = 5_000;
const largestOutputBytes = 4 * 1024 * 1024;
const run = promisify(execFile);

/** Reads what git says about `directory`; changes nothing. Throws OpsError `timedOut` or `cancelled`. */
export async function readGitFacts(directory: string, signal?: AbortSignal): Promise<GitFacts> {
  const ask = (...args: readonly string[]): Promise<string | undefined> => askGit(directory, args, signal);
  try {
    const inside = await ask('rev-parse', '--is-inside-work-tree');
    if (inside !== 'true') return { kind: 'none', why: 'the folder is not in a git repository' };
    const [commit, branch, name, email, changes] = await Promise.all([
      ask('rev-parse', '--verify', '--quiet', 'HEAD'),
      ask('symbolic-ref', '--quiet', '--short', 'HEAD'),
      ask('config', 'user.name'),
      ask('config', 'user.email'),
      ask('status', '--porcelain', '--untracked-files=no'),
    ]);
    return { kind: 'repository', commit, branch, user: name ?? email, isDirty: changes !== undefined };
  } catch (error) {
    if (error instanceof OpsError) throw error;
    return { kind: 'none', why: 'git is not installed where the editor’s extensions run' };
  }
}

/** The full id of the commit a tag is on; undefined where there is no such tag. */
export function tagCommit(directory: string, tag: string, signal?: AbortSignal): Promise<string | undefined> {
  return askGit(directory, ['rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`], signal);
}

/**
 * Sets a lightweight tag on a commit; one that is there on the same commit is as wanted, and gives false. Never moves a
 * tag. Throws OpsError.
 */
export async function createTag(
  directory: string,
  tag: string,
  commit: string,
  signal?: AbortSignal,
): Promise<boolean> {
  if ((await tagCommit(directory, tag, signal)) === commit) return false;
  await askGit(directory, ['tag', '--', tag, commit], signal);
  // What went wrong is git's secret here; whether it went well is not.
  if ((await tagCommit(directory, tag, signal)) === commit) return true;
  throw new OpsError('conflict', `git did not set the tag ${tag}.`, {
    next: 'There may be one of that name on another commit, or it is no name for a tag.',
  });
}

/** Takes a tag away again, if it still is on that commit. Throws OpsError. */
export async function removeTag(directory: string, tag: string, commit: string): Promise<void> {
  await askGit(directory, ['update-ref', '-d', `refs/tags/${tag}`, commit], undefined);
}

/** Whether git leaves out `path`, which may end with a slash for a folder; true too where there is no repository. */
export async function isIgnoredByGit(directory: string, path: string, signal?: AbortSignal): Promise<boolean> {
  if ((await askGit(directory, ['rev-parse', '--is-inside-work-tree'], signal).catch(() => undefined)) !== 'true')
    return true;
  return (await askGit(directory, ['check-ignore', '--', path], signal)) !== undefined;
}

/** What git prints; undefined where that is nothing, or git says no. Throws where it does not run or does not end. */
async function askGit(
  directory: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    // A repository's settings name programs that git would start: none for reading what has changed.
    const { stdout } = await run('git', ['-C', directory, '-c', 'core.fsmonitor=false', ...args], {
      timeout: timeoutMs,
      maxBuffer: largestOutputBytes,
      windowsHide: true,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
      ...(signal === undefined ? {} : { signal }),
    });
    const text = stdout.trim();
    return text === '' ? undefined : text;
  } catch (error) {
    if (signal?.aborted) throw new OpsError('cancelled', 'Cancelled.', { cause: error });
    const failure = error instanceof Error ? error : new Error(String(error));
    if ('code' in failure && failure.code === 'ENOENT') throw failure;
    if ('killed' in failure && failure.killed === true) {
      throw new OpsError('timedOut', `git ${args[0] ?? ''} took longer than ${timeoutMs / 1000} s in ${directory}.`, {
        cause: error,
        next: 'Look whether another git program is at work there.',
      });
    }
    return undefined;
  }
}
