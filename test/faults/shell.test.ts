import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { BlockEvent } from '../../src/core/run/model.ts';
import { findBash } from '../../src/clients/shell/bash.ts';
import { eventually } from '../eventually.ts';
import { isRunning, ran, Shell, stdoutOf, summary } from '../live/support/shellBlocks.ts';

describe('a block in trouble', () => {
  let shell: Shell;

  before(async () => (shell = await Shell.create()));
  after(() => shell.remove());

  it('says that its shell was killed from outside, by what, and during what', async () => {
    const result = await shell.run(['echo before', 'echo during; kill -9 $$', 'touch never']);
    assert.deepEqual(result.end, { kind: 'killed', signal: 'SIGKILL', statementId: 's2' });
    assert.deepEqual(summary(result), [[0, 'before\n', ''], ['interrupted', 'during\n', ''], ['notRun']]);
    assert.equal(result.stateSaved, false);
  });

  it('does not take the end of a command for the end of its shell', async () => {
    const result = await shell.run(['sh -c "kill -9 \\$\\$"', 'echo after']);
    assert.deepEqual(
      summary(result).map(([code, stdout]) => [code, stdout]),
      [
        [137, ''],
        [0, 'after\n'],
      ],
    );
  });

  it('names what its killed shell left running', async () => {
    const result = await shell.run(['sleep 100 & echo $!; kill -9 $$']);
    const pid = Number(stdoutOf(result)[0]);
    try {
      assert.deepEqual(result.stillRunning, [{ pid, name: 'sleep' }]);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  it('takes 200 MB from one statement, in bounded memory, and the next one’s output apart', async () => {
    let events = 0;
    let shown = 0;
    const before = process.memoryUsage.rss();
    let most = before;
    const result = await shell.run(['head -c 200000000 /dev/zero | tr "\\0" "x"; echo; echo end', 'echo next'], {
      keepCharacters: 1_000,
      onEvent: (event: BlockEvent) => {
        most = Math.max(most, process.memoryUsage.rss());
        if (event.kind !== 'output') return;
        events += 1;
        shown += event.text.length;
      },
    });
    const { head, tail, omittedCharacters, bytes } = ran(result, 1).stdout;
    assert.equal(bytes, 200_000_005);
    assert.equal(head + tail, `${'x'.repeat(500)}${'x'.repeat(495)}\nend\n`);
    assert.equal(head.length + omittedCharacters + tail.length, bytes);
    assert.deepEqual(summary(result)[1], [0, 'next\n', '']);
    assert.ok(most - before < 150_000_000, `${Math.round((most - before) / 1e6)} MB more`);
    assert.ok(shown < 20_000_000 && events < 2_000, `${shown} characters in ${events} events were shown`);
  });

  it('takes more on both streams at once than any pipe holds', async () => {
    const result = await shell.run(['head -c 5000000 /dev/zero & head -c 5000000 /dev/zero >&2; wait', 'echo next']);
    const { stdout, stderr } = ran(result, 1);
    assert.deepEqual([stdout.bytes, stderr.bytes], [5_000_000, 5_000_000]);
    assert.equal(stdoutOf(result)[1], 'next\n');
  });

  it('takes binary output, and says so', async () => {
    const result = await shell.run(['printf "a\\xff\\x00b"', 'printf "\\xe2\\x9c"', 'echo text']);
    assert.deepEqual(
      [1, 2, 3].map((number) => [ran(result, number).stdout.binary, ran(result, number).stdout.bytes]),
      [
        [true, 4],
        [true, 2],
        [false, 5],
      ],
    );
  });

  it('keeps outputs without a newline at the end apart', async () => {
    assert.deepEqual(stdoutOf(await shell.run(['printf a', 'printf b', 'printf ""', 'printf c'])), ['a', 'b', '', 'c']);
  });

  it('does not wait for a command that became a daemon, says that it still writes, and leaves it alone', async () => {
    const begin = performance.now();
    const result = await shell.run([
      '(while sleep 0.1; do echo tick; echo tock >&2; echo x >>ticks; done) & echo $!',
      'echo after',
    ]);
    const pid = Number(stdoutOf(result)[0]?.split('\n')[0]);
    try {
      assert.ok(performance.now() - begin < 3_000);
      assert.equal(stdoutOf(result)[1], 'after\n');
      assert.deepEqual(result.end, { kind: 'completed' });
      assert.deepEqual(result.stillWriting, [{ statementId: 's1', streams: ['stdout', 'stderr'] }]);
      assert.ok(result.stillRunning.some((one) => one.pid === pid && one.name === 'bash'));
      const count = async (): Promise<number> => Number(stdoutOf(await shell.run(['wc -l <ticks']))[0]);
      const then = await count();
      await eventually(async () => assert.ok((await count()) > then + 3, 'it goes on'));
      assert.ok(isRunning(pid));
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  it('is not held up by a daemon that fills its pipe after the block', async () => {
    const result = await shell.run(['(sleep 0.5; head -c 300000 /dev/zero; echo x >wrote) & echo $!']);
    assert.equal(result.stillWriting.length, 1);
    const written = async (): Promise<string | undefined> => stdoutOf(await shell.run(['cat wrote']))[0];
    await eventually(async () => assert.equal(await written(), 'x\n'));
  });

  it('says nothing of a daemon that has its own output', async () => {
    const result = await shell.run(['sleep 5 >/dev/null 2>&1 & echo $!']);
    process.kill(Number(stdoutOf(result)[0]), 'SIGKILL');
    assert.deepEqual([result.stillWriting, result.stillRunning], [[], []]);
  });

  it('stops when its folder is removed from under it', async () => {
    const result = await shell.run(['rm -r "${BASH_SOURCE[0]%/*}"', 'touch never', 'touch never']);
    assert.deepEqual(
      result.statements.slice(1).map(({ kind }) => kind),
      ['notRun', 'notRun'],
    );
    assert.notEqual(result.end.kind, 'completed');
    assert.deepEqual(stdoutOf(await shell.run(['ls never 2>/dev/null'])), ['']);
  });

  it('is not mixed up with another that runs at the same time', async () => {
    const blocks = ['a', 'b', 'c'].map((name) =>
      shell.run([`for i in 1 2 3; do echo ${name}; sleep 0.05; done`, `echo ${name} end`]),
    );
    const results = (await Promise.all(blocks)).map(stdoutOf);
    assert.deepEqual(
      results,
      ['a', 'b', 'c'].map((name) => [`${name}\n`.repeat(3), `${name} end\n`]),
    );
  });

  it('leaves no descriptor open over many runs', async () => {
    const open = async (): Promise<number> =>
      Number(stdoutOf(await shell.run([`ls /proc/${process.pid}/fd | wc -l`]))[0]);
    await shell.run(['true']);
    const before = await open();
    for (let round = 0; round < 10; round++) await shell.run(['true', 'exit 1', 'true']);
    await pause(0);
    assert.ok((await open()) <= before + 1, `${await open()} open, ${before} before`);
  });
});

describe('where there is no bash', () => {
  const nowhere = { platform: 'linux', searchPath: '/nonexistent' } as const;

  it('says what to install', async () => {
    await assert.rejects(findBash(undefined, nowhere), (error: { message?: string; next?: string }) => {
      assert.match(error.message ?? '', /there is no bash in PATH; nothing was run/);
      assert.match(error.next ?? '', /Install bash/);
      return true;
    });
  });

  it('says what to install on Windows', async () => {
    await assert.rejects(findBash(undefined, { ...nowhere, platform: 'win32' }), (error: { next?: string }) => {
      assert.match(error.next ?? '', /wsl --install/);
      return true;
    });
  });
});
