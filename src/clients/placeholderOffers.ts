import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Offer {
  readonly label: string;
  readonly detail: string;
}

const run = promisify(execFile);
const timeoutMs = 3_000;

/**
 * What could be meant by a placeholder of that name, the likeliest first: commits, tags and branches of the repository,
 * running containers, pods. None where the program is missing or has nothing to say.
 */
export async function offersFor(name: string, cwd: string): Promise<readonly Offer[]> {
  const source = sources.find(({ pattern }) => pattern.test(name));
  if (!source) return [];
  const [program, ...args] = source.command;
  try {
    const { stdout } = await run(program, args, {
      cwd,
      timeout: timeoutMs,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
    });
    return stdout.split('\n').flatMap((line) => {
      const [label, detail] = line.split('\t');
      return label ? [{ label, detail: detail ?? '' }] : [];
    });
  } catch {
    return [];
  }
}

const sources: readonly { readonly pattern: RegExp; readonly command: readonly [string, ...string[]] }[] = [
  { pattern: /commit|sha|revision/i, command: ['git', 'log', '-n', '20', '--format=%h%x09%s'] },
  {
    pattern: /tag|release|version/i,
    command: ['git', 'tag', '--sort=-creatordate', '--format=%(refname:short)%09%(subject)'],
  },
  { pattern: /branch/i, command: ['git', 'branch', '--sort=-committerdate', '--format=%(refname:short)%09%(subject)'] },
  { pattern: /container/i, command: ['docker', 'ps', '--format', '{{.Names}}\t{{.Image}}, {{.Status}}'] },
  { pattern: /pod/i, command: ['kubectl', 'get', 'pods', '--no-headers', '-o', 'custom-columns=:metadata.name'] },
];
