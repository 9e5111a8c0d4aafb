import assert from 'node:assert/strict';
import { reportedIn } from '../../../../src/core/flags/application.ts';
import { FlagBoard } from '../../../../src/core/flags/board.ts';
import type { FlagReading } from '../../../../src/core/flags/board.ts';
import { judgeFlat, readCounters } from '../../../../src/core/flags/counters.ts';
import { readFlagAnswer } from '../../../../src/core/flags/httpFlag.ts';
import { presentFlag, presentFlags } from '../../../../src/core/flags/present.ts';
import { parseMetrics } from '../../../../src/core/health/applicationMetrics.ts';
import { FakeClock, settled } from '../fakeClock.ts';
import { environmentOf } from '../operations/ports.ts';

const flags = { CACHE: { on: '1', off: '0' } };

describe('what the tree says of flags', () => {
  const environment = environmentOf({ flags });
  const reading = (desired: FlagReading['desired'], effective: FlagReading['effective']): FlagReading => ({
    name: 'CACHE',
    where: '.env',
    desired,
    effective,
  });
  const known = (value: string | undefined) => ({ kind: 'known' as const, value, by: 'the application' });
  const unknown = { kind: 'unknown' as const, why: 'it does not answer' };

  it('names desired and effective value in words, and says where they differ', () => {
    const words = (...given: Parameters<typeof reading>): string | undefined =>
      presentFlag(environment, 'CACHE', reading(...given)).description;
    assert.equal(words(known('1'), known('1')), 'on (1) · in effect');
    assert.equal(words(known('0'), known('1')), 'off (0) · runs with on (1)');
    assert.equal(words(known('maybe'), known('1')), 'maybe, neither on nor off · runs with on (1)');
    assert.equal(words(known(undefined), unknown), 'not set · not known what it runs with');
    assert.equal(words(unknown, known('0')), 'unknown · runs with off (0)');
    assert.match(presentFlag(environment, 'CACHE', reading(unknown, unknown)).tooltip ?? '', /it does not answer/);
    const row = presentFlags(environment, { readings: [reading(known('0'), known('1'))], readAtMs: 0 }, 0);
    assert.match(row.description ?? '', /^CACHE not in effect · 1 flag · read at/);
    assert.equal(presentFlags(environment, undefined, 0).description, '1 flag · not read yet');
  });

  it('is read when somebody looks, and not again while it is fresh', async () => {
    const clock = new FakeClock();
    let reads = 0;
    const board = new FlagBoard({ clock, onRead: () => undefined, read: () => Promise.resolve((reads++, [])) });
    assert.equal(board.reportOf(environment), undefined);
    board.want(environment);
    board.want(environment);
    await settled();
    assert.equal(reads, 1);
    board.want(environment);
    assert.equal(reads, 1);
    await clock.advance(11_000);
    board.want(environment);
    assert.equal(reads, 2);
    await board.refresh(environment);
    assert.equal(reads, 3);
    board.dispose();
  });

  it('says why when nothing could be read', async () => {
    const clock = new FakeClock();
    const read = (): Promise<never> => Promise.reject(new Error('no such folder'));
    const board = new FlagBoard({ clock, onRead: () => undefined, read });
    const [found] = (await board.refresh(environment)).readings;
    assert.match(presentFlag(environment, 'CACHE', found).tooltip ?? '', /Desired: unknown\. no such folder/);
  });
});

describe('what the metrics say of a flag', () => {
  const page = (exact: number, semantic: number, misses: number) =>
    parseMetrics(`hits{kind="exact"} ${exact}\nhits{kind="semantic"} ${semantic}\nmisses ${misses}\n`).samples;
  const { metrics } = environmentOf({ metrics: { hits: 'hits', misses: 'misses' } }).settings;
  const between = (before: readonly number[], after: readonly number[], counter?: string) => {
    const [one, two] = [before, after].map(([a = 0, b = 0, c = 0]) => readCounters(page(a, b, c), metrics, counter));
    assert.ok(one && two);
    return judgeFlat(one, two, 1);
  };

  it('hits that stand still while requests come in have stopped', () => {
    assert.equal(between([1, 1, 1], [1, 1, 9]).kind, 'passed');
    assert.equal(between([1, 1, 1], [2, 1, 9]).kind, 'failed');
    assert.equal(between([1, 1, 1], [9, 1, 9], 'hits{kind="semantic"}').kind, 'passed', 'the flag has its own counter');
  });

  it('without requests, or with counters that went back, it cannot be told', () => {
    assert.deepEqual(between([1, 1, 1], [1, 1, 1]), {
      kind: 'inconclusive',
      why: 'no request came in within 1.0 s, so there was nothing to hit',
    });
    assert.equal(between([5, 1, 1], [1, 1, 9]).kind, 'inconclusive');
    assert.equal(readCounters(parseMetrics('other 1\n').samples, metrics, undefined), undefined);
  });
});

describe('what is answered for a flag', () => {
  it('is found in the process’s own report, however deep', () => {
    assert.equal(reportedIn({ a: [{ flags: { CACHE: false } }] }, 'CACHE'), 'false');
    assert.equal(reportedIn({ CACHE: { nested: 1 } }, 'CACHE'), undefined);
    assert.equal(reportedIn('CACHE', 'CACHE'), undefined);
  });

  it('is set in the form it was answered in', () => {
    assert.deepEqual(readFlagAnswer('true', 'x').write('false'), { body: 'false', type: 'application/json' });
    assert.deepEqual(readFlagAnswer('"on"', 'x').write('off'), { body: '"off"', type: 'application/json' });
    assert.deepEqual(readFlagAnswer('on\n', 'x').write('off'), { body: 'off', type: 'text/plain' });
    assert.deepEqual(readFlagAnswer('{"value":1,"by":"me"}', 'x').write('0').body, '{"value":0,"by":"me"}');
    assert.throws(() => readFlagAnswer('<html>', 'x'), /a page/);
    assert.throws(() => readFlagAnswer('{"a":1}', 'x'), /names no value/);
  });
});
