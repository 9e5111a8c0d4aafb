import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OpsError } from '../../src/core/errors.ts';
import type { BlockEvent } from '../../src/core/run/model.ts';
import { ran, Shell, stdoutOf, summary } from './support/shellBlocks.ts';

describe('a block of statements', () => {
  let shell: Shell;

  before(async () => (shell = await Shell.create()));
  after(() => shell.remove());

  it('tells output, errors, exit codes and durations of each statement apart', async () => {
    const result = await shell.run(['echo out; echo err >&2', '(exit 7)', 'sleep 0.2; printf "no newline"', 'true']);
    assert.deepEqual(summary(result), [
      [0, 'out\n', 'err\n'],
      [7, '', ''],
      [0, 'no newline', ''],
      [0, '', ''],
    ]);
    const durations = result.statements.map((one) => (one.kind === 'finished' ? one.durationMs : Number.NaN));
    assert.ok((durations[2] ?? 0) >= 200 && (durations[3] ?? 1_000) < 200, durations.join(', '));
    assert.deepEqual(result.end, { kind: 'completed' });
  });

  it('goes on after a failure, or stops there', async () => {
    const texts = ['false', 'echo after'];
    assert.deepEqual(summary(await shell.run(texts))[1], [0, 'after\n', '']);
    const stopped = await shell.run(texts, { stopOnFailure: true });
    assert.deepEqual(summary(stopped), [[1, '', ''], ['notRun']]);
    assert.deepEqual(stopped.end, { kind: 'stopped', statementId: 's1', exitCode: 1 });
  });

  it('is one shell: variables, functions, directory, options and the last exit code carry on', async () => {
    const texts = ['x="two words"; f() { echo "f:$1"; }', 'cd /', 'f "$x"; pwd', '(exit 4)', 'echo $?'];
    assert.deepEqual(stdoutOf(await shell.run(texts)), ['', '', 'f:two words\n/\n', '', '4\n']);
  });

  it('takes statements of several lines: here-documents, loops, continuations, functions', async () => {
    const texts = [
      'cat <<END\na $HOME_OF\n  b\nEND',
      'for i in 1 2\ndo\n  echo "$i"\ndone',
      'echo a \\\n  b',
      'g() {\n  echo g\n}\ng',
      'echo end # a remark',
      'echo "it ends with a backslash" \\',
    ];
    const expected = ['a x\n  b\n', '1\n2\n', 'a b\n', 'g\n', 'end\n', 'it ends with a backslash\n'];
    assert.deepEqual(stdoutOf(await shell.run(texts, { environment: { HOME_OF: 'x' } })), expected);
  });

  it('keeps a syntax error inside its statement', async () => {
    const result = await shell.run(['echo "open', 'if then', 'cat <<END\nnever closed', 'echo fine']);
    const [unclosed, wrong, open, fine] = summary(result);
    assert.match(String(unclosed?.[2]), /line 1: unexpected EOF/);
    assert.match(String(wrong?.[2]), /syntax error near unexpected token `then'/);
    assert.equal(open?.[1], 'never closed\n');
    assert.deepEqual(fine, [0, 'fine\n', '']);
  });

  it('counts lines in error messages from the statement’s first', async () => {
    const result = await shell.run(['echo', 'echo\necho\nno_such_command']);
    assert.match(ran(result, 2).stderr.head, /line 3: no_such_command: command not found/);
  });

  it('gives nothing on stdin, and what reads it swallows nothing', async () => {
    const result = await shell.run(['cat', 'read -r line || echo "nothing to read"', 'bash -s', 'echo still here']);
    assert.deepEqual(stdoutOf(result), ['', 'nothing to read\n', '', 'still here\n']);
  });

  it('ends with a statement that calls exit; what follows is not run', async () => {
    const result = await shell.run(['echo a', 'echo b; exit 3', 'echo c']);
    assert.deepEqual(summary(result), [[0, 'a\n', ''], [3, 'b\n', ''], ['notRun']]);
    assert.deepEqual(result.end, { kind: 'exited', statementId: 's2', exitCode: 3 });
  });

  it('ends with a statement that fails under set -e, where any script would', async () => {
    const texts = ['set -eu', '[ -f /none ] && echo', 'echo "goes on $?"', '(exit 9)', 'echo never'];
    const result = await shell.run(texts);
    assert.deepEqual(
      summary(result).map(([code]) => code),
      [0, 1, 0, 9, 'notRun'],
    );
    assert.equal(ran(result, 3).stdout.head, 'goes on 1\n');
    assert.deepEqual(result.end, { kind: 'exited', statementId: 's4', exitCode: 9 });
    assert.match(ran(await shell.run(['set -u', 'echo $missing']), 2).stderr.head, /missing: unbound variable/);
  });

  it('ends with a statement that replaces the shell', async () => {
    const result = await shell.run(['exec sh -c "echo other; exit 5"', 'echo never']);
    assert.deepEqual(summary(result), [[5, 'other\n', ''], ['notRun']]);
    assert.equal(result.stateSaved, false);
  });

  it('traces only what the document says', async () => {
    const result = await shell.run(['set -x', 'echo a', 'false', 'echo $?', '{ set +x; } 2>/dev/null', 'echo b']);
    assert.deepEqual(
      summary(result).map(([, , stderr]) => stderr),
      ['', '++ echo a\n', '++ false\n', '++ echo 1\n', '', ''],
    );
  });

  it('runs the traps of the document, and counts what they print to the statement that runs', async () => {
    const result = await shell.run(['trap "echo cleaned up" EXIT; trap "echo oops" ERR', 'false', 'echo last']);
    assert.deepEqual(stdoutOf(result), ['', 'oops\n', 'last\ncleaned up\n']);
    const early = await shell.run(['trap "echo cleaned up" EXIT', 'exit 2', 'echo never']);
    assert.deepEqual(stdoutOf(early), ['', 'cleaned up\n', 'notRun']);
  });

  it('leaves descriptors where the document points them', async () => {
    const texts = [
      'exec 3>&1 4>&2 >file',
      'echo into the file; echo beside >&3',
      'exec >&3 3>&-',
      'echo back',
      'exec 2>&1',
      'echo together >&2',
      'exec 2>&4',
      'echo apart >&2',
    ];
    assert.deepEqual(summary(await shell.run(texts)), [
      [0, '', ''],
      [0, 'beside\n', ''],
      [0, '', ''],
      [0, 'back\n', ''],
      [0, '', ''],
      [0, 'together\n', ''],
      [0, '', ''],
      [0, '', 'apart\n'],
    ]);
    assert.equal(await readFile(path.join(shell.folder, 'file'), 'utf8'), 'into the file\n');
  });

  it('lets a statement close its output', async () => {
    const result = await shell.run(['exec >&-', 'echo x', 'echo y >&2']);
    assert.deepEqual(
      summary(result).map(([code, stdout]) => [code, stdout]),
      [
        [0, ''],
        [1, ''],
        [0, ''],
      ],
    );
    assert.equal(ran(result, 3).stderr.head, 'y\n');
  });

  it('has outputs that can be opened by name', async () => {
    const result = await shell.run(['echo a >/dev/stdout; echo b >/dev/stdout; echo c >/dev/stderr']);
    assert.deepEqual(summary(result), [[0, 'a\nb\n', 'c\n']]);
  });

  it('keeps what a background process writes with the statement that started it', async () => {
    const texts = ['(echo first; sleep 0.4; echo late) &', 'sleep 0.2; echo own', 'wait; echo done'];
    assert.deepEqual(stdoutOf(await shell.run(texts)), ['first\nlate\n', 'own\n', 'done\n']);
  });

  it('does not leave its own variables to the commands', async () => {
    const result = await shell.run(['set -a; mine=1', 'env', 'echo "$0"']);
    assert.match(ran(result, 2).stdout.head, /^mine=1$/m);
    assert.doesNotMatch(ran(result, 2).stdout.head, /__cacheOps/);
    assert.equal(ran(result, 3).stdout.head, 'bash\n');
  });

  it('keeps the directory as it was written, through a link', async () => {
    await mkdir(path.join(shell.folder, 'real'));
    await symlink('real', path.join(shell.folder, 'link'));
    const cwd = path.join(shell.folder, 'link');
    assert.deepEqual(stdoutOf(await shell.run(['pwd'], { cwd })), [`${cwd}\n`]);
  });

  it('tells what happens as it happens', async () => {
    const events: BlockEvent[] = [];
    const first = Promise.withResolvers<void>();
    const running = shell.run(['echo one; until [ -e seen ]; do sleep 0.05; done; echo two', 'false'], {
      onEvent: (event) => {
        events.push(event);
        if (event.kind === 'output') first.resolve();
      },
    });
    await first.promise;
    assert.deepEqual(events, [
      { kind: 'started', statementId: 's1' },
      { kind: 'output', statementId: 's1', stream: 'stdout', text: 'one\n', skippedCharacters: 0 },
    ]);
    await writeFile(path.join(shell.folder, 'seen'), '');
    const result = await running;
    const finished = events.filter((event) => event.kind === 'finished');
    assert.deepEqual(
      finished.map(({ result: one }) => one),
      result.statements,
    );
  });

  it('leaves nothing behind', async () => {
    const result = await shell.run(['dirname "${BASH_SOURCE[0]}"; ls -l "${BASH_SOURCE[0]%/*}"']);
    const [folder = '', ...files] = ran(result, 1).stdout.head.trim().split('\n');
    assert.match(folder, /cache-ops-/);
    for (const file of files.filter((line) => !line.startsWith('total'))) assert.match(file, /^[-p]rw-------/);
    await assert.rejects(readFile(path.join(folder, 'block.sh')), /ENOENT/);
  });

  it('refuses a directory that is not there, a bash that is none, and a variable no process can have', async () => {
    const said = async (more: Parameters<Shell['run']>[1]): Promise<string> => {
      const error: unknown = await shell.run(['touch ran'], more).catch((reason: unknown) => reason);
      assert.ok(error instanceof OpsError, String(error));
      return error.message;
    };
    assert.match(await said({ cwd: '/no/such/place' }), /The directory \/no\/such\/place does not exist/);
    const text = path.join(shell.folder, 'text');
    await writeFile(text, '');
    assert.match(await said({ bash: text }), /text is set as the path of bash, but is no program/);
    assert.match(await said({ bash: '/bin/false' }), /Bash ended before the first command/);
    const message = await said({ environment: { TOKEN: 'abc\0def' } });
    assert.match(message, /"TOKEN"/);
    assert.doesNotMatch(message, /abc/);
    await assert.rejects(readFile(path.join(shell.folder, 'ran')), /ENOENT/);
  });

  it('runs nothing when there is nothing to run', async () => {
    assert.deepEqual((await shell.run([])).end, { kind: 'completed' });
    const cancelled = await shell.run(['touch ran'], { signal: AbortSignal.abort() });
    assert.deepEqual([cancelled.end, summary(cancelled)], [{ kind: 'cancelled' }, [['notRun']]]);
  });
});
