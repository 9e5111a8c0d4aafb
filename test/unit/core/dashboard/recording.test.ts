import assert from 'node:assert/strict';
import { applicationPoll, Recording, tierShapes } from '../../../../src/core/dashboard/recording.ts';
import type { Poll } from '../../../../src/core/dashboard/recording.ts';

const start = Date.UTC(2026, 2, 4);
const poll = (atMs: number, hits: number, run = 'one'): Poll => ({
  service: 'redis',
  atMs: start + atMs,
  run,
  counters: { hits },
  gauges: { memory: hits * 2 },
});

describe('What the extension records by itself', () => {
  it('is kept every quarter of a minute, however often it is read', () => {
    const recording = Recording.empty();
    for (let second = 0; second <= 60; second += 5) recording.add(poll(second * 1000, second));
    const { atMs, values } = recording.points('redis', 'memory', 0);
    assert.deepEqual(
      atMs.map((at) => (at - start) / 1000),
      [0, 15, 30, 45, 60],
    );
    assert.deepEqual(values, [0, 30, 60, 90, 120]);
  });

  it('takes a restart for a mark and never for traffic', () => {
    const recording = Recording.empty();
    const told = [
      poll(0, 1_000_000),
      poll(15_000, 1_000_100),
      poll(30_000, 9_000_000, 'two'),
      poll(45_000, 9_000_050, 'two'),
    ];
    for (const one of told) recording.add(one);
    assert.deepEqual(recording.points('redis', 'hits', 0).values, [0, 100, 100, 150]);
    assert.deepEqual(recording.points('redis', 'restarts', 0).values, [0, 0, 1, 1]);
  });

  it('goes on after the editor was closed, and counts what happened meanwhile', () => {
    const before = Recording.empty();
    before.add(poll(0, 100));
    before.add(poll(15_000, 200));
    assert.ok(before.changed);
    const text = before.toText();
    assert.ok(!before.changed);
    const after = Recording.parse(text);
    after?.add(poll(60_000, 260));
    assert.deepEqual(after?.points('redis', 'hits', 0).values, [0, 100, 160]);
  });

  it('reads no file that is not one of its own', () => {
    for (const text of ['', '{', '{"version":2}', '{"version":1,"tracks":{"redis":{"tiers":"?"}}}'])
      assert.equal(Recording.parse(text), undefined, text);
  });

  it('stays within its bounds for months, and keeps thirty days roughly', function () {
    this.timeout(20_000);
    const recording = Recording.empty();
    const days = 40;
    for (let at = 0; at < days * 86_400_000; at += 15_000) recording.add(poll(at, at / 1000));
    const end = start + days * 86_400_000;
    assert.equal(recording.points('redis', 'hits', end - 3_600_000).atMs.length, 240);
    const month = recording.points('redis', 'hits', 0);
    assert.equal(month.atMs.length, tierShapes[1].most);
    assert.ok(Math.abs((end - (month.atMs[0] ?? 0)) / 86_400_000 - 30) < 0.1);
    assert.ok(recording.toText().length < 1_000_000, String(recording.toText().length));
  });

  it('takes the application’s own rates as lookups a second, by namespace', () => {
    const rate = { kind: 'rate', ratio: 0.75, hits: 45, misses: 15, windowMs: 60_000 } as const;
    const page = {
      source: 'metricsPage',
      rate,
      parts: [
        { kind: 'exact', name: 'exact', rate },
        { kind: 'namespace', name: 'search', rate },
        { kind: 'namespace', name: 'idle', rate: { kind: 'noTraffic', windowMs: 60_000 } },
      ],
      samples: 3,
      newestAtMs: start,
    } as const;
    assert.deepEqual(applicationPoll([page])?.gauges, {
      'hits/search': 0.75,
      'misses/search': 0.25,
      'hits/idle': 0,
      'misses/idle': 0,
    });
    assert.equal(applicationPoll([{ ...page, rate: { kind: 'noData', why: 'read only once so far' } }]), undefined);
  });
});
