import { changing, destructive, readOnly, unknown, words } from './finding.ts';
import type { Argument, Call, Finding } from './finding.ts';
import { readOptions } from './options.ts';
import type { Options } from './options.ts';

const GLOBAL = words('-C -c --git-dir --work-tree --namespace --exec-path');
const VALUED = words(`-m -F -n -C -u -b -B -t -o -s -X --message --file --author --date --format --pretty --max-count
  --since --until --grep --depth --branch --upstream --strategy`);

const READS = words(`status log diff show rev-parse rev-list describe blame grep ls-files ls-remote ls-tree shortlog
  cat-file for-each-ref merge-base name-rev count-objects whatchanged version help cherry var check-ignore fsck`);
const CHANGES = words(`add commit fetch pull merge rebase cherry-pick revert am apply init clone mv restore gc notes
  submodule switch bisect worktree sparse-checkout maintenance archive bundle format-patch update-index`);
const LISTS: Readonly<Record<string, ReadonlySet<string>>> = {
  stash: words('list show'),
  remote: words('-v show get-url'),
  worktree: words('list'),
  submodule: words('status summary'),
  notes: words('list show'),
  bisect: words('log view'),
  bundle: words('verify list-heads'),
};

export function judgeGit({ arguments: list }: Call): Finding {
  const { operands, has } = readOptions(list, { valued: GLOBAL, stopsAtOperand: true });
  if (has('-c', '--exec-path')) return unknown('A setting on the command line can make git run anything');
  const [verb, ...rest] = operands;
  if (verb?.text === undefined) return unknown('What git is asked to do is not known');
  return judgeVerb(verb.text, readOptions(rest, { valued: VALUED }), rest);
}

function judgeVerb(verb: string, options: Options, rest: readonly Argument[]): Finding {
  const [first] = options.operands;
  const lists = LISTS[verb];
  if (lists !== undefined && lists.has(rest[0]?.text ?? '')) return readOnly(`git ${verb} only reads`);
  if (verb === 'remote' && rest.length === 0) return readOnly('git remote only reads');
  const special = SPECIAL[verb]?.(options, first);
  if (special !== undefined) return special;
  if (READS.has(verb)) return readOnly(`git ${verb} only reads`);
  return CHANGES.has(verb) || lists !== undefined
    ? changing(`git ${verb} changes the repository`)
    : unknown(`git ${verb} is not known`);
}

type Special = (options: Options, first: Argument | undefined) => Finding | undefined;

/** Verbs whose options decide. */
const SPECIAL: Readonly<Record<string, Special>> = {
  reset: ({ has }) =>
    has('--hard') ? destructive('git reset --hard throws away changes') : changing('git reset moves the branch'),
  clean: ({ has }) =>
    has('-n', '--dry-run') ? readOnly('git clean -n only shows') : destructive('git clean deletes files'),
  push: ({ has, operands }) =>
    has('-f', '--force', '--force-with-lease', '--delete', '-d', '--mirror', '--prune') ||
    operands.some(({ text }) => /^[:+]/.test(text ?? ''))
      ? destructive('git push overwrites or deletes what others use')
      : changing('git push changes the remote repository'),
  checkout: ({ has, operands }) =>
    has('-f', '--force') || operands.some(({ text }) => text === '.')
      ? destructive('git checkout throws away changes')
      : changing('git checkout changes the working files'),
  branch: (options, first) => {
    if (options.has('-d', '-D', '--delete')) return destructive('git branch -d deletes a branch');
    const changes = options.has('-m', '-M', '-c', '-C', '--move', '--copy', '-f', '-u', '--set-upstream-to');
    return changes || (first !== undefined && !options.has('-l', '--list', '--contains', '--merged'))
      ? changing('git branch changes branches')
      : readOnly('git branch lists branches');
  },
  tag: (options, first) => {
    if (options.has('-d', '--delete')) return destructive('git tag -d deletes a tag');
    return first !== undefined && !options.has('-l', '--list', '--contains', '-v', '--verify')
      ? changing('git tag makes a tag')
      : readOnly('git tag lists tags');
  },
  stash: (_, first) =>
    words('drop clear').has(first?.text ?? '') ? destructive('git stash throws away changes') : undefined,
  config: ({ has, operands }) =>
    has('--get', '--get-all', '--list', '-l', '--get-regexp') || operands.length === 1
      ? readOnly('git config only reads')
      : changing('git config changes settings'),
  reflog: (_, first) =>
    words('expire delete').has(first?.text ?? '')
      ? destructive('git reflog forgets')
      : readOnly('git reflog only reads'),
  submodule: (_, first) => (first?.text === 'foreach' ? unknown('git submodule foreach runs a command') : undefined),
  bisect: (_, first) => (first?.text === 'run' ? unknown('git bisect run runs a command') : undefined),
  rm: () => destructive('git rm deletes files'),
  'filter-branch': () => destructive('git filter-branch rewrites history'),
};
