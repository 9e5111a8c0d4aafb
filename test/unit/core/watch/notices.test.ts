import assert from 'node:assert/strict';
import { messageOf } from '../../../../src/core/watch/messages.ts';
import { noticePauseMs, Notices } from '../../../../src/core/watch/notices.ts';
import type { Notice } from '../../../../src/core/watch/notices.ts';
import { rulesOf } from '../../../../src/core/watch/rulesOf.ts';
import { FakeClock } from '../fakeClock.ts';
import { environmentOf, everything } from './support.ts';

const environment = environmentOf({
  ...everything,
  alerts: [{ when: 'p95 > 100ms for 10m', severity: 'critical', message: 'Scale out.' }, 'memory > 90%', 'redis down'],
});
const rules = rulesOf(environment.settings);

function notice(index: number, kind: Notice['kind'] = 'fired', words = '412 ms'): Notice {
  const rule = rules[index];
  assert.ok(rule);
  return { kind, rule, words, value: undefined, sinceWallMs: Date.UTC(2026, 0, 1) };
}

describe('Notices of one environment', () => {
  const setUp = () => {
    const clock = new FakeClock();
    const told: string[] = [];
    const notices = new Notices(clock, (all) => told.push(all.map((one) => `${one.kind} ${one.rule.when}`).join(', ')));
    return { clock, told, notices };
  };

  it('are told at once, then at most one a minute, summed up', async () => {
    const { clock, told, notices } = setUp();
    notices.add([notice(0)]);
    assert.deepEqual(told, ['fired p95 > 100ms']);
    notices.add([notice(1)]);
    await clock.advance(30_000);
    notices.add([notice(2)]);
    assert.equal(told.length, 1);
    await clock.advance(noticePauseMs - 30_000);
    assert.deepEqual(told.slice(1), ['fired memory > 90%, fired redis down']);
    await clock.advance(noticePauseMs);
    notices.add([notice(0, 'recovered')]);
    assert.equal(told.length, 3);
  });

  it('leave out what came and went before anybody was told', async () => {
    const { clock, told, notices } = setUp();
    notices.add([notice(0)]);
    notices.add([notice(1)]);
    notices.add([notice(1, 'recovered')]);
    await clock.advance(10 * noticePauseMs);
    assert.deepEqual(told, ['fired p95 > 100ms']);
    assert.equal(clock.nextInMs, undefined, 'nothing is scheduled for nothing');
  });

  it('are not told after they were disposed', async () => {
    const { clock, told, notices } = setUp();
    notices.add([notice(0)]);
    notices.add([notice(1)]);
    notices.dispose();
    await clock.advance(10 * noticePauseMs);
    assert.equal(told.length, 1);
  });
});

describe('The message of an alert', () => {
  const now = Date.UTC(2026, 0, 1, 0, 12);
  const textOf = (...notices: Notice[]): string => messageOf(environment, undefined, notices, now).text;

  it('names environment and tier, how bad it is, what was read, and what to do', () => {
    assert.equal(textOf(notice(0)), 'shop (production): critical: p95 > 100ms for 10 min: 412 ms. Scale out.');
    assert.equal(messageOf(environment, undefined, [notice(0)], now).severity, 'critical');
  });

  it('says how long it lasted, and that it still does', () => {
    assert.equal(
      textOf(notice(0, 'recovered', '80 ms')),
      'shop (production): recovered: p95 > 100ms lasted 12 min; now 80 ms.',
    );
    assert.match(textOf(notice(0, 'reminded')), /412 ms, still, for 12 min\./);
  });

  it('sums up several, the worst first, recoveries last', () => {
    assert.equal(
      textOf(notice(2, 'recovered', 'healthy'), notice(1, 'fired', '95 %'), notice(0)),
      'shop (production): critical: p95 > 100ms (412 ms); warning: memory > 90% (95 %); recovered: redis down (healthy).',
    );
  });
});
