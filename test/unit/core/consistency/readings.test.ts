import assert from 'node:assert/strict';
import { usualBudget } from '../../../../src/core/consistency/model.ts';
import type { ConsistencyCheck, KeysChecked, PointsChecked } from '../../../../src/core/consistency/model.ts';
import { consistencyReading, sizeTrouble } from '../../../../src/core/consistency/readings.ts';
import { consistencyReport } from '../../../../src/core/consistency/report.ts';

const hourMs = 3_600_000;
const points = (more: Partial<PointsChecked> = {}): PointsChecked => ({
  collection: 'answers',
  total: 50_000,
  sampled: 'random',
  looked: 1_000,
  withoutLink: 0,
  withoutKey: 0,
  changed: 0,
  unknown: 0,
  examples: [],
  ...more,
});
const keys = (more: Partial<KeysChecked> = {}): KeysChecked => ({
  prefix: 'cache:',
  namespace: undefined,
  looked: 1_000,
  complete: false,
  withoutPoint: 0,
  changed: 0,
  examples: [],
  ...more,
});
const check = (more: Partial<ConsistencyCheck> = {}): ConsistencyCheck => ({
  environment: 'shop',
  link: 'redis_key',
  startedAtMs: 0,
  tookMs: 1_500,
  budget: usualBudget,
  ended: 'complete',
  points: [points()],
  keys: [keys()],
  vectors: [],
  wantedSize: undefined,
  ...more,
});
const stateOf = (more: Partial<ConsistencyCheck>, limit?: number): string =>
  consistencyReading(check(more), hourMs, limit).state;

describe('the last consistency check as a reading', () => {
  it('is a fact until there was one', () => {
    const { value, state } = consistencyReading(undefined, 0);
    assert.deepEqual([value, state], ['not checked yet', 'fact']);
  });

  it('is healthy up to one in a hundred, or the limit of the settings', () => {
    assert.equal(stateOf({}), 'healthy');
    assert.equal(stateOf({ points: [points({ withoutKey: 10 })] }), 'healthy');
    assert.equal(stateOf({ points: [points({ withoutKey: 11 })] }), 'degraded');
    assert.equal(stateOf({ keys: [keys({ withoutPoint: 11 })] }), 'degraded');
    assert.equal(stateOf({ points: [points({ withoutKey: 11 })] }, 0.05), 'healthy');
    assert.equal(stateOf({ points: [points({ withoutKey: 1 })] }, 0), 'degraded');
  });

  it('does not take what nothing is known of for looked at', () => {
    assert.equal(stateOf({ points: [points({ unknown: 990, withoutKey: 1 })], keys: [] }), 'degraded');
    assert.equal(stateOf({ points: [points({ looked: 0 })], keys: [] }), 'fact');
  });

  it('is unknown where a part could not be read, unless the rest is bad enough', () => {
    const failure = { code: 'permission', message: 'Qdrant said no.', next: undefined } as const;
    const failed = points({ looked: 0, failure });
    assert.equal(stateOf({ points: [points(), failed] }), 'unknown');
    assert.equal(stateOf({ points: [points({ withoutKey: 500 }), failed] }), 'degraded');
    assert.match(consistencyReading(check({ points: [failed] }), hourMs).detail ?? '', /Qdrant said no\./);
  });

  it('claims nothing of now when it is more than a day old, and says its age', () => {
    const old = consistencyReading(check({ points: [points({ withoutKey: 500 })] }), 25 * hourMs);
    assert.equal(old.state, 'fact');
    assert.match(old.value, /; 1 d 1 h ago$/);
  });

  it('knows vectors that are not as long as they should be', () => {
    assert.equal(sizeTrouble([384], 384), undefined);
    assert.equal(sizeTrouble([512, 384], 384), undefined, 'one of several by name');
    assert.equal(sizeTrouble([384], undefined), undefined);
    assert.match(sizeTrouble([1536], 384) ?? '', /384/);
  });
});

describe('the report of a consistency check', () => {
  it('shows keys as they are, whatever is in them', () => {
    const examples = [{ point: '1', key: 'a`b|c\n# d' }];
    const text = consistencyReport(check({ points: [points({ withoutKey: 1, examples })] }), 'Now');
    assert.ok(text.includes('- point `1`: `aˋb\\|c\uFFFD# d`'), text);
  });

  it('says why keys were not looked at', () => {
    assert.match(
      consistencyReport(check({ keys: [] }), 'Now'),
      /Not looked at: the points’ keys have no prefix in common/,
    );
  });
});
