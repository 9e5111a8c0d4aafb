import assert from 'node:assert/strict';
import { readExpectation, readExpectedBlock } from '../../../../../src/core/checklist/meaning/expectations/read.ts';
import { differenceOfOutput, judgeOutput } from '../../../../../src/core/checklist/meaning/judgeOutput.ts';
import type { CommandOutput, Expectation } from '../../../../../src/core/checklist/meaning/expectations/types.ts';

function expecting(phrase: string, command = 'some-command'): Expectation {
  const expectation = readExpectation(phrase, { command });
  if (expectation === undefined) throw new Error(`Nothing is expected: ${phrase}`);
  return expectation;
}

function output(stdout: string | Uint8Array, more: Partial<CommandOutput> = {}): CommandOutput {
  return { exitCode: 0, stdout, stderr: '', durationMs: 10, ...more };
}

const kindOf = (phrase: string, stdout: string, more: Partial<CommandOutput> = {}) =>
  judgeOutput(expecting(phrase, more.command), output(stdout, more)).kind;

describe('holding an output against what is expected', () => {
  it('compares text without regard to letter case, spacing and marks', () => {
    assert.equal(kindOf('PONG', 'PONG\n'), 'passed');
    assert.equal(kindOf('PONG', 'pong'), 'passed');
    assert.equal(kindOf('PONG', 'PING'), 'failed');
    assert.equal(kindOf('`✓ All checks passed!`', 'a\n  ✅  all   checks passed! \n'), 'passed');
    assert.equal(
      kindOf('"Cache initialized", "Redis connected", etc.', 'INFO redis connected\nINFO Cache Initialized'),
      'passed',
    );
    assert.equal(kindOf('"Cache initialized", "Redis connected", etc.', 'INFO redis connected'), 'failed');
    assert.equal(kindOf('e02850e, d838bb4, and what came before', 'd838bb4 b\ne02850e a\n'), 'passed');
    assert.equal(kindOf('Background saving ...', 'Background saving started'), 'passed');
    assert.equal(kindOf('..."source":"exact"...', '{"a": 1, "source": "exact", "b": 2}'), 'passed');
  });

  it('does not find a word inside of another', () => {
    assert.equal(kindOf('yes', 'appendonly\nyes'), 'passed');
    assert.equal(kindOf('yes', 'yesterday'), 'failed');
    assert.equal(kindOf('up', 'setup'), 'failed');
  });

  it('knows sizes in every spelling', () => {
    assert.equal(kindOf('`512mb`', 'maxmemory\n536870912'), 'passed');
    assert.equal(kindOf('`512mb`', 'maxmemory_human:512.00M'), 'passed');
    assert.equal(kindOf('`512mb`', 'maxmemory\n0'), 'failed');
  });

  it('compares JSON by its structure, with "..." for whatever else there is', () => {
    assert.equal(kindOf('{"status": "healthy", ...}', '{"uptime":5,"status":"healthy"}'), 'passed');
    assert.equal(kindOf('{"status": "healthy", ...}', '{"status":"ill"}'), 'failed');
    assert.equal(
      kindOf('{"title":"search engine","version":"..."}', '{"title":"search engine","version":"1.16.3"}'),
      'passed',
    );
    assert.equal(kindOf('{"total_entries": 0, "entries": {}}', '{"total_entries":0,"entries":{}}'), 'passed');
    assert.equal(kindOf('{"total_entries": 0, "entries": {}}', '{"total_entries":0,"entries":{"a":1}}'), 'failed');
    assert.equal(kindOf('[1, 2, ...]', '[2, 3, 1]'), 'passed');
    assert.equal(kindOf('[1, 2]', '[1, 2, 3]'), 'failed');
    assert.equal(kindOf('{"cleared":...}', '{"cleared":12}'), 'passed');
    assert.equal(kindOf('{"a": 1}', 'not JSON'), 'failed');
  });

  it('finds fields anywhere in an answer, and placeholders match anything', () => {
    const answer = '{"labels":{"job":"x"},"health":"up","lastScrape":"2025-01-01T00:00:00Z"}';
    assert.equal(kindOf('"health": "up", "lastScrape": "<recent timestamp>"', answer), 'passed');
    assert.equal(kindOf('"health": "up", "lastScrape": "<recent timestamp>"', `{"data":[{"x":${answer}}]}`), 'passed');
    assert.equal(
      kindOf('"health": "up", "lastScrape": "<recent timestamp>"', answer.replace('"up"', '"down"')),
      'failed',
    );
  });

  it('finds fields that a search cut out of an answer, and every one of them has to be as expected', () => {
    assert.equal(kindOf('"health":"up"', '"health":"up"\n'), 'passed');
    assert.equal(kindOf('"health":"up"', '"job":"x",\n"health": "up",\n'), 'passed');
    assert.equal(kindOf('"health":"up"', '"health":"down"\n"health":"up"\n'), 'failed');
    assert.equal(kindOf('"health":"up"', '"job":"x"\n'), 'failed');
    assert.equal(kindOf('"health":"up"', 'health is up\n'), 'failed');
  });

  it('compares times, ages and identifiers of an example by their type only', () => {
    const example = readExpectedBlock(
      '{\n  "hits": 2, // counted\n  "age_seconds": 120,\n  "last_accessed": "2025-12-13T10:30:00"\n}',
    );
    assert.ok(example?.kind === 'json');
    assert.equal(
      judgeOutput(example, output('{"hits":2,"age_seconds":7,"last_accessed":"2026-01-01T00:00:00"}')).kind,
      'passed',
    );
    assert.equal(
      judgeOutput(example, output('{"hits":3,"age_seconds":7,"last_accessed":"2026-01-01T00:00:00"}')).kind,
      'failed',
    );
    assert.equal(judgeOutput(example, output('{"hits":2,"age_seconds":"old","last_accessed":""}')).kind, 'failed');
  });

  it('knows a kind of output', () => {
    assert.equal(kindOf('JSON with collections list', '{"result":{"collections":[]}}'), 'passed');
    assert.equal(kindOf('JSON with collections list', '{"result":1}'), 'inconclusive');
    assert.equal(kindOf('JSON with collections list', '404 not found'), 'failed');
    assert.equal(
      kindOf('Prometheus metrics output with cache counters', '# HELP a\ntool_cache_hits_total{a="b"} 3\n'),
      'passed',
    );
    assert.equal(kindOf('Prometheus metrics output with cache counters', '<html>'), 'failed');
  });

  it('wants nothing, something, or the same on every line', () => {
    const grep = { command: 'docker-compose logs | grep -i error', exitCode: 1 };
    assert.equal(kindOf('empty', '', grep), 'passed');
    assert.equal(kindOf('empty', 'an error', { ...grep, exitCode: 0 }), 'failed');
    assert.equal(kindOf('empty', '', { command: 'cat missing', exitCode: 1 }), 'failed');
    assert.equal(kindOf('data', 'x'), 'passed');
    assert.equal(kindOf('data', ' \n'), 'failed');
    assert.equal(kindOf('all "Up"', 'NAME   COMMAND   STATE\n-----\na  x  Up\nb  x  Up 3 hours'), 'passed');
    assert.equal(kindOf('all "Up"', 'a  x  Up\nb  x  Exit 1'), 'failed');
    assert.equal(kindOf('all "Up"', ''), 'failed');
    assert.equal(kindOf('no errors', 'fine\n'), 'passed');
    assert.equal(kindOf('no errors', '0 errors\n'), 'inconclusive');
  });

  it('compares numbers and counts', () => {
    const zero: Expectation = { kind: 'number', comparator: '=', value: 0, text: 'none' };
    assert.equal(judgeOutput(zero, output('evicted_keys:0\n')).kind, 'passed');
    assert.equal(judgeOutput(zero, output('evicted_keys:7\n')).kind, 'failed');
    assert.equal(judgeOutput(zero, output('')).kind, 'failed');
    assert.equal(judgeOutput(zero, output('none')).kind, 'inconclusive');
    assert.equal(kindOf('> 0', 'cache_hits_total 12'), 'passed');
    assert.equal(kindOf('10+ new indexes listed', 'Created 12 new indexes'), 'passed');
    assert.equal(kindOf('10+ new indexes listed', 'Created 9 indexes'), 'failed');
    assert.equal(kindOf('10+ new indexes listed', 'a\nb'), 'inconclusive');
  });

  it('reads the status of a web request where it is shown', () => {
    const curl = { command: 'curl -i http://x' };
    assert.equal(kindOf('200', 'HTTP/1.1 200 OK\r\n\r\n{}', curl), 'passed');
    assert.equal(kindOf('200', 'HTTP/1.1 301 Moved\r\n\r\nHTTP/1.1 503 Busy\r\n', curl), 'failed');
    assert.equal(kindOf('200', '{}', { command: 'curl http://x' }), 'inconclusive');
    assert.equal(kindOf('200', '', { command: 'curl http://x', stderr: '< HTTP/2 200 \n' }), 'passed');
  });

  it('compares with the run before', () => {
    const faster = expecting('should be 20% faster!');
    assert.equal(judgeOutput(faster, output('', { durationMs: 70 }), output('', { durationMs: 100 })).kind, 'passed');
    assert.equal(judgeOutput(faster, output('', { durationMs: 90 }), output('', { durationMs: 100 })).kind, 'failed');
    assert.equal(judgeOutput(faster, output('')).kind, 'inconclusive');
    const shown = readExpectedBlock('Run 1 (cold): took 300s\nRun 2 (warm): took 242s  (20% faster!)');
    assert.ok(shown?.kind === 'relative');
    assert.equal(judgeOutput({ ...shown, byRatio: 0.15 }, output('took: 300s\ntook: 242s\n')).kind, 'passed');
    assert.equal(judgeOutput(shown, output('took: 300s\ntook: 290s\n')).kind, 'failed');
    const change: Expectation = {
      kind: 'change',
      field: 'hits',
      change: 'fromTo',
      from: 1,
      to: 2,
      text: 'from 1 to 2',
    };
    assert.equal(judgeOutput(change, output('{"a":{"hits":2}}'), output('{"a":{"hits":1}}')).kind, 'passed');
    assert.equal(judgeOutput(change, output('{"a":{"hits":1}}'), output('{"a":{"hits":1}}')).kind, 'failed');
    assert.equal(judgeOutput({ ...change, change: 'same' }, output('hits: 1'), output('hits: 1')).kind, 'passed');
    assert.equal(judgeOutput({ ...change, change: 'updated' }, output('hits: 1'), output('hits: 1')).kind, 'failed');
  });

  it('leaves to a person what a machine cannot judge', () => {
    for (const phrase of [
      'should have enough memory (2GB+ or so)',
      '0 hits and misses (or stale data)',
      'a long description of what one would then see in there',
    ]) {
      const expectation = expecting(phrase);
      assert.equal(expectation.kind, 'human', phrase);
      const verdict = judgeOutput(expectation, output('x'));
      assert.equal(verdict.kind, 'inconclusive');
      assert.ok(verdict.why?.includes(phrase));
    }
  });

  it('fails with the exit code, whatever was expected, and says what the command said', () => {
    assert.deepEqual(
      judgeOutput(expecting('PONG'), output('PONG', { exitCode: 1, stderr: 'a\nCould not connect\n' })),
      {
        kind: 'failed',
        why: 'it ended with exit code 1: Could not connect',
      },
    );
    assert.equal(judgeOutput(expecting('PONG'), output('PONG', { exitCode: undefined })).kind, 'failed');
    assert.equal(kindOf('PONG', ''), 'failed');
  });

  it('looks at both ends of what is too long, and says so', () => {
    const long = 'x\n'.repeat(3_000_000);
    const found = judgeOutput(expecting('PONG'), output(`PONG\n${long}`));
    assert.equal(found.kind, 'passed');
    assert.match(found.why ?? '', /512 KB/);
    const lost = judgeOutput(expecting('PONG'), output(`${long}PONG\n${long}`));
    assert.equal(lost.kind, 'inconclusive');
  });

  it('is not hurt by 200 MB, by bytes that are no text, and by colours', () => {
    const huge = new Uint8Array(200_000_000).fill(10);
    huge.set(new TextEncoder().encode('PONG'), 0);
    const start = performance.now();
    assert.equal(judgeOutput(expecting('PONG'), output(huge)).kind, 'passed');
    assert.ok(performance.now() - start < 2000);
    assert.equal(judgeOutput(expecting('PONG'), output(new Uint8Array([0, 255, 254, 80, 79]))).kind, 'failed');
    assert.equal(kindOf('PONG', '\u001b[32mPONG\u001b[0m\r\n'), 'passed');
    assert.ok(differenceOfOutput(expecting('PONG'), output(huge)) !== undefined);
  });
});

describe('the difference of an output', () => {
  it('lists what is missing, what is there and what is of no concern', () => {
    const text = readExpectedBlock('✅ FLAG=1\n✅ HOST configured');
    assert.ok(text !== undefined);
    assert.deepEqual(differenceOfOutput(text, output('checking\n✅ FLAG=1\n❌ HOST missing\n'))?.lines, [
      { kind: 'missing', text: 'HOST configured' },
      { kind: 'other', text: 'checking' },
      { kind: 'same', text: '✅ FLAG=1' },
      { kind: 'other', text: '❌ HOST missing' },
    ]);
    assert.deepEqual(differenceOfOutput(expecting('{"status":"ok", ...}'), output('{"status":"ill","a":1}'))?.lines, [
      { kind: 'missing', text: '  "status": "ok",' },
      { kind: 'same', text: '{' },
      { kind: 'other', text: '  "status": "ill",' },
      { kind: 'other', text: '  "a": 1' },
      { kind: 'same', text: '}' },
    ]);
    assert.deepEqual(differenceOfOutput(expecting('empty'), output('an error\n'))?.lines, [
      { kind: 'unexpected', text: 'an error' },
    ]);
  });

  it('shows no more than a person reads', () => {
    const difference = differenceOfOutput(expecting('PONG'), output('x\n'.repeat(5000)));
    assert.ok(difference !== undefined && difference.shortened);
    assert.ok(difference.lines.length < 300);
  });
});
