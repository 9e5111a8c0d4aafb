import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BlockResult } from '../../src/core/run/model.ts';
import { isRunning, ran, Shell, stdoutOf, summary } from './support/shellBlocks.ts';

describe('a block that is stopped', () => {
  let shell: Shell;

  before(async () => (shell = await Shell.create()));
  after(() => shell.remove());

  /** Cancels once the statements have said that they are where the test wants them. */
  async function cancelAt(said: string, texts: readonly string[]): Promise<BlockResult> {
    const stop = new AbortController();
    return shell.run(texts, {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === 'output' && event.text.includes(said)) stop.abort();
      },
    });
  }

  function pidsIn(result: BlockResult): readonly number[] {
    return (stdoutOf(result)[0]?.match(/\d+/g) ?? []).map(Number);
  }

  it('ends with everything it started, also what went into a group or session of its own', async () => {
    const result = await cancelAt('ready', [
      'sleep 100 & echo $!; setsid sleep 100 & echo $!; set -m; sleep 100 & echo $!; echo ready; sleep 100',
      'touch never',
    ]);
    const pids = pidsIn(result);
    assert.equal(pids.length, 3);
    assert.deepEqual(pids.filter(isRunning), []);
    assert.deepEqual([result.end, result.stillRunning], [{ kind: 'cancelled' }, []]);
    assert.deepEqual(
      result.statements.map(({ kind }) => kind),
      ['interrupted', 'notRun'],
    );
    assert.ok(result.durationMs < 2_000, 'what ends when asked to is not waited for');
  });

  it('makes end what does not listen, after two seconds', async () => {
    const result = await cancelAt('ready', [
      'trap "" TERM; sh -c "trap \'\' TERM; echo \\$\\$; echo ready; sleep 100"',
    ]);
    assert.ok(result.durationMs >= 2_000, `${result.durationMs} ms`);
    assert.deepEqual(pidsIn(result).filter(isRunning), []);
    assert.deepEqual([result.end, result.stillRunning], [{ kind: 'cancelled' }, []]);
  });

  it('does not begin the next statement, even if the shell outlives the asking', async () => {
    const result = await cancelAt('ready', ['trap "echo asked" TERM', 'echo ready; sleep 100', 'touch never']);
    assert.equal(existsSync(path.join(shell.folder, 'never')), false);
    assert.deepEqual(result.end, { kind: 'cancelled' });
    assert.deepEqual(summary(result)[2], ['notRun']);
  });

  it('lets the document’s trap clean up', async () => {
    const result = await cancelAt('ready', ['trap "touch cleaned" EXIT; echo ready; sleep 100']);
    assert.equal(existsSync(path.join(shell.folder, 'cleaned')), true);
    assert.deepEqual(result.end, { kind: 'cancelled' });
  });

  it('keeps what was written until then, and the state', async () => {
    const result = await cancelAt('so far', ['x=1', 'echo so far; sleep 100']);
    assert.equal(ran(result, 2).stdout.head, 'so far\n');
    assert.deepEqual(stdoutOf(await shell.run(['echo $x'], { state: result.state })), ['1\n']);
  });

  it('says apart that its time was up', async () => {
    const result = await shell.run(['echo before', 'sleep 100', 'touch never'], { timeLimitMs: 400 });
    assert.deepEqual(result.end, { kind: 'timedOut', timeLimitMs: 400 });
    assert.deepEqual(
      result.statements.map(({ kind }) => kind),
      ['finished', 'interrupted', 'notRun'],
    );
    const { durationMs } = ran(result, 2);
    assert.ok(durationMs >= 200 && durationMs < 2_000, `${durationMs} ms`);
  });

  it('has no time limit that is too long to be waited for', async () => {
    const result = await shell.run(['sleep 0.1; echo done'], { timeLimitMs: 1e12 });
    assert.deepEqual(stdoutOf(result), ['done\n']);
  });
});
