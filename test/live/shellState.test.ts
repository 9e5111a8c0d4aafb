import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { BlockResult } from '../../src/core/run/model.ts';
import { ran, Shell, stdoutOf } from './support/shellBlocks.ts';

describe('what a block leaves for the next', () => {
  let shell: Shell;

  before(async () => (shell = await Shell.create()));
  after(() => shell.remove());

  /** What the last of the blocks prints, each with the state of the one before. */
  async function inTurn(...blocks: readonly (readonly string[])[]): Promise<string> {
    let result: BlockResult | undefined;
    for (const texts of blocks) {
      result = await shell.run(texts, { state: result?.state });
      assert.ok(result.stateSaved);
    }
    return result === undefined ? '' : stdoutOf(result).join('');
  }

  const carried: readonly (readonly [what: string, set: string, show: string, shown: string])[] = [
    ['variables of several lines', `x=$'a\\nb "c" \\\\ $d'`, 'echo "$x"', 'a\nb "c" \\ $d\n'],
    ['bytes that are no UTF-8', `x=$'\\xff\\x01'`, `printf %s "$x" | od -An -tx1`, ' ff 01\n'],
    ['exported and not', 'A=1; export B=2', 'echo "$A$B"; bash -c \'echo "${A-none}$B"\'', '12\nnone2\n'],
    ['read-only variables', 'readonly R=1', 'echo "$R"; (R=2) 2>/dev/null || echo kept', '1\nkept\n'],
    ['arrays', 'a=(x "y z"); a[7]=w', 'echo "${!a[*]}: ${a[1]}"', '0 1 7: y z\n'],
    ['associative arrays', 'declare -A m=(["k 1"]="v 1")', 'echo "${m["k 1"]}"', 'v 1\n'],
    ['references and integers', 't=5; declare -n r=t; declare -i i=1', 'i+=2; echo "$r $i"', '5 3\n'],
    ['functions', 'f() { echo "f $1"; }; export -f f', 'f 1; bash -c "f 2"', 'f 1\nf 2\n'],
    ['functions that need an option', 'shopt -s extglob', 'case ab in +(a|b)) echo match;; esac', 'match\n'],
    ['the directory, and the one before', 'cd /usr; cd /', 'pwd; cd -', '/\n/usr\n'],
    ['options', 'set -u -o pipefail; set +B', 'echo "${-//[^uB]/}"; false | true; echo $?', 'u\n1\n'],
    ['arguments', 'set -- "a b" c', 'echo "$#:$1"', '2:a b\n'],
    ['the mask for new files', 'umask 0027', 'umask', '0027\n'],
    ['what was removed', 'unset HOME', 'echo "${HOME-gone}"', 'gone\n'],
    ['changes to the path', 'PATH=/nowhere:$PATH', 'echo "${PATH%%:*}"', '/nowhere\n'],
    ['whatever IFS and noclobber are', 'IFS=,; set -fC', 'x=a,b; echo $x', 'a b\n'],
  ];
  for (const [what, set, show, shown] of carried)
    it(`includes ${what}`, async () => assert.equal(await inTurn([set], [show]), shown));

  it('stays over blocks that do not change it', async () => {
    assert.equal(await inTurn(['x=1; f() { echo f; }; cd /'], ['true'], ['false'], ['echo $x; f; pwd']), '1\nf\n/\n');
  });

  it('includes set -e, which then ends the next block at a failure', async () => {
    const first = await shell.run(['set -e']);
    const second = await shell.run(['false', 'echo never'], { state: first.state });
    assert.deepEqual(second.end, { kind: 'exited', statementId: 's1', exitCode: 1 });
  });

  it('includes set -x, without a trace of ours', async () => {
    const first = await shell.run(['set -x']);
    const second = await shell.run(['echo a', 'echo b'], { state: first.state });
    assert.deepEqual([ran(second, 1).stderr.head, ran(second, 2).stderr.head], ['++ echo a\n', '++ echo b\n']);
  });

  it('is kept when a statement exits, also past a trap of the document', async () => {
    assert.equal(await inTurn(['x=1', 'x=2; exit 3'], ['echo $x']), '2\n');
    assert.equal(await inTurn(['x=1', 'trap "echo bye" EXIT', 'x=2', 'exit 3'], ['echo $x']), '2\n');
  });

  it('is what it was before when the shell could not tell', async () => {
    const first = await shell.run(['x=1']);
    const second = await shell.run(['x=2; kill -9 $$'], { state: first.state });
    assert.equal(second.stateSaved, false);
    assert.deepEqual(stdoutOf(await shell.run(['echo $x'], { state: second.state })), ['1\n']);
  });

  it('does not include variables of ours', async () => {
    const { state } = await shell.run(['set -a; x=1']);
    assert.doesNotMatch(state?.script.replace('__cacheOps_flags=', '') ?? '', /cacheOps|CACHE_OPS/);
  });

  it('lets go of a given variable that the next block is given anew, and keeps one the document changed', async () => {
    const { state } = await shell.run(['HOST=changed'], { environment: { HOST: 'given', PORT: '1' } });
    const next = await shell.run(['echo $HOST $PORT'], { state, environment: { HOST: 'given', PORT: '2' } });
    assert.deepEqual(stdoutOf(next), ['changed 2\n']);
  });

  it('does not run elsewhere when the directory is gone', async () => {
    const folder = path.join(shell.folder, 'gone');
    await mkdir(folder);
    const { state } = await shell.run(['cd gone']);
    await rm(folder, { recursive: true });
    await assert.rejects(shell.run(['touch ran'], { state }), /gone does not exist \(any more\); nothing was run/);
  });

  it('brings no secret to a disk, a command line or a screen', async () => {
    const environment = { TOKEN: 'pa55-of-redis' };
    const search =
      'grep -rlsD skip -- "$TOKEN" "${BASH_SOURCE[0]%/*}" && echo in a file; ' +
      'tr "\\0" "\\n" </proc/$$/cmdline | grep -q -- "$TOKEN" && echo on the command line; echo searched';
    const first = await shell.run(['copy="x$TOKEN"; url="redis://:$TOKEN@h"', search], { environment });
    const second = await shell.run([search, 'echo "$copy" "$url"; printf pa55; sleep 0.2; printf -- "-of-redis"'], {
      environment,
      state: first.state,
      secrets: [environment.TOKEN],
    });
    assert.equal(stdoutOf(first)[1], 'searched\n');
    assert.deepEqual(stdoutOf(second), ['searched\n', 'x••• redis://:•••@h\n•••']);
  });
});
