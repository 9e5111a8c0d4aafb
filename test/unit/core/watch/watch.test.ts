import assert from 'node:assert/strict';
import { environmentHitRate } from '../../../../src/core/health/environmentHitRate.ts';
import type { ServiceId } from '../../../../src/core/health/monitorServices.ts';
import type { ServiceReport } from '../../../../src/core/health/reading.ts';
import type { HitRateSource } from '../../../../src/core/metrics/sourcedHitRate.ts';
import { episodesBetween, mostEpisodes, readEpisodes } from '../../../../src/core/watch/episode.ts';
import { phaseOf } from '../../../../src/core/watch/present.ts';
import { Bench, healthy } from './support.ts';

const full = ['memory > 90% for 1m'];

describe('The watch of an environment', () => {
  it('tells once when an alert fires and once when it has recovered, and keeps the episode', async () => {
    const bench = new Bench(full);
    await bench.pollFor(120_000, 95);
    assert.deepEqual(bench.said, ['fired warning']);
    await bench.pollFor(90_000, 50);
    assert.deepEqual(bench.said, ['fired warning', 'recovered warning']);
    const [episode, ...others] = bench.watch.kept.episodes;
    assert.deepEqual(others, []);
    assert.equal(episode?.words, '95 %');
    assert.equal(episode.firedAtMs - episode.startedAtMs, 60_000);
    assert.equal((episode.endedAtMs ?? 0) - episode.startedAtMs, 120_000);
  });

  it('only takes note of what is so at the first read', () => {
    const bench = new Bench(['memory > 90%']);
    bench.poll(95);
    assert.deepEqual(bench.said, []);
    assert.equal(phaseOf(bench.only()), 'firing');
    assert.equal(bench.watch.kept.episodes.length, 1);
  });

  it('says "no data" when reads fail, neither fired nor recovered', async () => {
    const bench = new Bench(full);
    await bench.pollFor(40_000, 95);
    await bench.pollFor(300_000, undefined);
    assert.deepEqual(bench.said, []);
    assert.equal(phaseOf(bench.only()), 'noData');
    assert.match(bench.only().state.noData?.why ?? '', /Redis timed out/);
  });

  it('says that it is not watched while nobody polls', async () => {
    const bench = new Bench(full);
    await bench.pollFor(40_000, 50);
    assert.equal(phaseOf(bench.only()), 'quiet');
    await bench.clock.advance(600_000);
    assert.equal(bench.only().state.noData?.why, 'not watched');
  });

  it('judges the hit rate by whichever source gives it, and not by the keyspace in its place', () => {
    const bench = new Bench(['hit rate < 60%']);
    const low = { kind: 'rate', ratio: 0.5, hits: 1, misses: 1, windowMs: 300_000 } as const;
    const from = (source: HitRateSource): ServiceReport => ({
      ...healthy,
      hitRates: [{ source, rate: low, parts: [], samples: 20, newestAtMs: 0 }],
    });
    const judge = (reports: Partial<Record<ServiceId, ServiceReport>>): void => {
      const all = new Map((['redis', 'prometheus'] as const).map((id) => [id, reports[id]]));
      const hitRate = () => environmentHitRate(bench.environment, all);
      bench.watch.read({ redis: undefined, hitRate, reportOf: (service) => reports[service] });
    };
    judge({ prometheus: { ...healthy, state: 'down', summary: 'timed out' }, redis: from('keyspace') });
    assert.equal(phaseOf(bench.only()), 'noData');
    assert.match(bench.only().state.noData?.why ?? '', /^Prometheus: timed out\. The keyspace hit rate/);
    judge({ prometheus: from('prometheus'), redis: from('keyspace') });
    assert.equal(phaseOf(bench.only()), 'firing');
  });

  it('judges each read once, however often it is asked', async () => {
    const bench = new Bench(full);
    bench.poll(95);
    const { state } = bench.only();
    const hitRate = () => assert.fail('No rule here is about it.');
    bench.watch.read({ redis: undefined, hitRate, reportOf: () => undefined });
    assert.deepEqual(bench.only().state, state);
  });

  it('goes on with an episode after a restart, without telling of it again', async () => {
    const bench = new Bench(full);
    await bench.pollFor(120_000, 95);
    bench.restart();
    assert.equal(phaseOf(bench.only()), 'firing');
    await bench.pollFor(120_000, 95);
    assert.deepEqual(bench.said, ['fired warning']);
    await bench.pollFor(90_000, 50);
    assert.deepEqual(bench.said, ['fired warning', 'recovered warning']);
    assert.equal(bench.watch.kept.episodes.length, 1);
  });

  it('counts no time across a restart', async () => {
    const bench = new Bench(full);
    await bench.pollFor(60_000, 95);
    bench.restart();
    await bench.pollFor(60_000, 95);
    assert.deepEqual(bench.said, []);
    await bench.pollFor(10_000, 95);
    assert.deepEqual(bench.said, ['fired warning']);
  });

  it('does not tell that something was over when the editor was started', async () => {
    const bench = new Bench(full);
    await bench.pollFor(120_000, 95);
    bench.restart();
    await bench.pollFor(120_000, 50);
    assert.deepEqual(bench.said, ['fired warning']);
    assert.equal(bench.watch.kept.episodes[0]?.ended, 'gone');
  });

  it('ends the episode of a rule that is no longer set', async () => {
    const bench = new Bench(full);
    await bench.pollFor(120_000, 95);
    const { episodes } = new Bench(['redis down'], bench.watch.kept).watch.kept;
    assert.equal(episodes[0]?.ended, 'unset');
  });

  it('says nothing of a warning while the same number is critical', async () => {
    const bench = new Bench([...full, { when: 'memory > 80% for 1m', severity: 'critical' }]);
    await bench.pollFor(120_000, 95);
    assert.deepEqual(bench.said, ['fired critical']);
    await bench.pollFor(120_000, 50);
    assert.deepEqual(bench.said, ['fired critical', 'recovered critical']);
  });

  it('tells of the warning when it is all that is left', async () => {
    const bench = new Bench(['memory > 50% for 1m', { when: 'memory > 90% for 1m', severity: 'critical' }]);
    await bench.pollFor(120_000, 95);
    await bench.pollFor(120_000, 70);
    assert.deepEqual(bench.said, ['fired critical', 'fired warning', 'recovered critical']);
    await bench.pollFor(120_000, 20);
    assert.deepEqual(bench.said.slice(3), ['recovered warning']);
  });
});

describe('A snoozed alert', () => {
  const hourMs = 3_600_000;

  it('is silent for an hour, and is told again if it still fires', async () => {
    const bench = new Bench(full);
    await bench.pollFor(120_000, 95);
    bench.watch.snooze(bench.only().rule.id, bench.clock.wallMs() + hourMs);
    await bench.pollFor(hourMs - 60_000, 95);
    assert.deepEqual(bench.said, ['fired warning']);
    assert.ok(bench.only().snoozedUntilMs);
    await bench.pollFor(120_000, 95);
    assert.deepEqual(bench.said, ['fired warning', 'reminded warning']);
  });

  it('stays so over a restart', async () => {
    const bench = new Bench(full);
    await bench.pollFor(120_000, 95);
    bench.watch.snooze(bench.only().rule.id, bench.clock.wallMs() + hourMs);
    bench.restart();
    assert.ok(bench.only().snoozedUntilMs);
  });

  it('that recovers is in the history, and the next episode is told', async () => {
    const bench = new Bench(full);
    await bench.pollFor(120_000, 95);
    bench.watch.snooze(bench.only().rule.id, bench.clock.wallMs() + hourMs);
    await bench.pollFor(90_000, 50);
    assert.deepEqual(bench.said, ['fired warning']);
    assert.equal(bench.watch.kept.episodes[0]?.ended, 'recovered');
    await bench.pollFor(90_000, 95);
    assert.deepEqual(bench.said, ['fired warning', 'fired warning']);
  });
});

describe('The history of episodes', () => {
  const episode = {
    rule: 'warning: a',
    when: 'a',
    severity: 'warning' as const,
    startedAtMs: 100,
    firedAtMs: 150,
    endedAtMs: 200,
    words: '1',
  };

  it('is bounded', async () => {
    const kept = { episodes: Array.from({ length: mostEpisodes }, () => episode), snoozed: {} };
    const bench = new Bench(full, kept);
    await bench.pollFor(120_000, 95);
    assert.equal(bench.watch.kept.episodes.length, mostEpisodes);
  });

  it('leaves out what it cannot read', () => {
    assert.deepEqual(readEpisodes([episode, { rule: 5 }, null]), [episode]);
    assert.deepEqual(readEpisodes('junk'), []);
  });

  it('gives those of a time span', () => {
    const open = { ...episode, startedAtMs: 400, endedAtMs: undefined };
    assert.deepEqual(episodesBetween([episode, open], 201, 399), []);
    assert.deepEqual(episodesBetween([episode, open], 150, 160), [episode]);
    assert.deepEqual(episodesBetween([episode, open], 5000, 6000), [open]);
  });
});
